"""A contradiction between keys that are each right on their own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A contradiction: the path of the key to change, the cause and the way out."""

    path: tuple[str, ...]
    what: str
    hint: str = ""
