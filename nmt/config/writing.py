"""An experiment as YAML text: resolved, or with its keys explained.

The emitter is our own because it writes in schema order, with a comment beside each key, and only shapes that
``reader`` reads back equal.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import EllipsisType
from typing import Any

from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from nmt.config.experiment import Experiment
from nmt.config.section import Section
from nmt.config.shape import sections, tag, words

_COMMENT_COLUMN = 36


def render(experiment: Experiment, *, comments: bool) -> str:
    """Every key in schema order, on request each with its one-line meaning, choices and alternatives."""
    return "\n".join(_mapping(_fields(experiment), 0, comments=comments)) + "\n"


def scalar(value: str | float | None) -> str:
    """One value as YAML 1.2 writes it; text is quoted where it would read as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value if _is_plain(value) else _quoted(value)
        case _:
            return repr(value)


@cache
def _is_plain(text: str) -> bool:
    """Whether YAML reads the bare text back as that very text."""
    if (
        not text.isascii()
        or not text.replace("_", "").replace("/", "").replace(".", "").replace("-", "").isalnum()
    ):
        return False
    node = YAML(typ="safe", pure=True).compose(text)
    return bool(node.tag == "tag:yaml.org,2002:str" and node.value == text)


def _quoted(text: str) -> str:
    plain = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(plain)}"'


Entries = Mapping[str, tuple[Any, FieldInfo | None]]


def _fields(section: Section) -> Entries:
    return {name: (getattr(section, name), field) for name, field in type(section).model_fields.items()}


def _mapping(entries: Entries, depth: int, *, comments: bool) -> Iterator[str]:
    """The lines of a mapping in block style."""
    indent = "  " * depth
    for name, (value, field) in entries.items():
        key = f"{indent}{scalar(name)}:"
        note = _meaning(field) if comments and field else ""
        match value:
            case Section():
                if comments and depth == 0:
                    yield ""
                yield _noted(key, note)
                yield from _mapping(_fields(value), depth + 1, comments=comments)
            case dict() if value:
                yield _noted(key, note)
                yield from _mapping({k: (v, None) for k, v in value.items()}, depth + 1, comments=comments)
            case (Section(), *_):
                yield _noted(key, note)
                yield from (f"{indent}  - {flow(item)}" for item in value)
            case _:
                yield _noted(f"{key} {flow(value)}", note)
        if comments and field:
            yield from (f"{indent}  # or {other}" for other in _others(value, field))


def _noted(line: str, note: str) -> str:
    return f"{line:<{_COMMENT_COLUMN}}  # {note}" if note else line


def _meaning(field: FieldInfo) -> str:
    choices = words(field.annotation)
    chosen_by_word = len(choices) > 1 and not sections(field.annotation)
    return (field.description or "") + (f" [{' | '.join(choices)}]" if chosen_by_word else "")


def _others(value: Any, field: FieldInfo) -> Iterator[str]:
    """The variants that the value does not take, a line each; those told by their keys without the keys of all."""
    variants = sections(field.annotation)
    if isinstance(value, Section):
        yield from words(field.annotation)
    for other in variants:
        if type(value) is not other and (len(variants) > 1 or not isinstance(value, Section)):
            shared = {} if tag(other) else type(value).model_fields if isinstance(value, Section) else {}
            yield flow(
                {
                    name: _placeholder(field) if field.is_required() else field.default
                    for name, field in other.model_fields.items()
                    if name not in shared or shared[name].default != field.default
                }
            )


def _placeholder(field: FieldInfo) -> Any:
    """What stands for a required value in an alternative: a number, a file name, or an elided section."""
    if sections(field.annotation):
        return ...
    return "N" if field.annotation is int else "FILE"


def flow(value: Any) -> str:
    """A value on one line, as in ``{type: adam, betas: [0.9, 0.999]}``."""
    match value:
        case Section():
            return flow({name: getattr(value, name) for name in type(value).model_fields})
        case dict():
            return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
        case EllipsisType():
            return "{...}"
        case tuple():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case _:
            return scalar(value)
