"""The two texts of a record whose sides have names.

A side that is null, or that a later record lacks, is a blank one. A name may lead inwards: ``translation.en`` is
``{"translation": {"en": ...}}``, as the hub keeps its pairs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from nmt.errors import NmtError

WHICH = "source: and target: of the corpus say which two"
_LINE_ENDS = str.maketrans("\r\n", "  ")


def as_line(text: str | None) -> str:
    """A text without line ends, as it is one line everywhere else; "" where there is none."""
    return text.translate(_LINE_ENDS) if text else ""


def require(record: Mapping[str, Any], key: str, place: str) -> None:
    """Raises NmtError where a record, the first of its file, lacks a key; it names those that are there."""
    if key not in (there := list(_keys(record))):
        raise NmtError(place, f"has no key {key!r}, only {', '.join(there) or 'none at all'}", WHICH)


def text_at(record: Mapping[str, Any], key: str, place: str) -> str:
    """The text at a key, "" where there is none.

    Raises:
        NmtError: something else than text is there, or text that no file of UTF-8 can hold.
    """
    value = _find(record, key)
    if not isinstance(value, str | None):
        raise NmtError(place, f"expected text at {key!r}, found {_kind(value)}")
    if value and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise NmtError(place, f"the text at {key!r} holds half a surrogate pair")
    return as_line(value)


def _find(value: Any, key: str) -> Any:
    """What a dotted key leads to; a key that itself has dots is found too."""
    if not isinstance(value, Mapping):
        return None
    if key in value:
        return value[key]
    head, _, rest = key.partition(".")
    return _find(value.get(head), rest) if rest else None


def _keys(record: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """All names that lead to a value, dotted."""
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
