"""Questions about the schema itself: which sections may stand at a key, and which of them a mapping means."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from nmt.config.section import Section


def sections(annotation: Any) -> list[type[Section]]:
    """The section classes that an annotation allows: all variants of a union."""
    return [part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, Section)]


def words(annotation: Any) -> tuple[str, ...]:
    """The words that an annotation allows, () where it is no choice of words."""
    return tuple(
        word for part in _parts(annotation) if get_origin(part) is Literal for word in get_args(part)
    )


def may_be_null(annotation: Any) -> bool:
    """Whether nothing may stand there."""
    return type(None) in _parts(annotation)


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation without its ``Annotated`` and its unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def tag(section: type[Section]) -> str | None:
    """The one ``type`` of a variant; None for a section that has none, or several."""
    field = section.model_fields.get("type")
    choices = words(field.annotation) if field else ()
    return choices[0] if len(choices) == 1 else None


def variant(candidates: Sequence[type[Section]], mapping: Mapping[str, Any]) -> type[Section] | None:
    """The one section that a mapping stands for.

    Told by its ``type``; else by a key that only one of them has; else by having all that only one requires.
    """
    if len(candidates) == 1:
        return candidates[0]
    tagged = {tag(candidate): candidate for candidate in candidates}
    if None not in tagged:
        kind = mapping.get("type")
        return tagged.get(kind) if isinstance(kind, str) else None
    owners = set[type[Section]]()
    for key in mapping:
        having = [candidate for candidate in candidates if key in candidate.model_fields]
        if len(having) == 1:
            owners.add(having[0])
    if not owners:
        owners = {
            candidate
            for candidate in candidates
            if (needs := required(candidate)) and needs <= mapping.keys()
        }
    return owners.pop() if len(owners) == 1 else None


def required(section: type[Section]) -> set[str]:
    """The keys of a section that have no default."""
    return {name for name, field in section.model_fields.items() if field.is_required()}


def child(annotation: Any, key: str, mapping: Mapping[str, Any]) -> Any:
    """The annotation at ``key`` of a mapping, or list, that stands where ``annotation`` does; None where unknown."""
    for part in _parts(annotation):
        if get_origin(part) is dict:
            return get_args(part)[1]
        if get_origin(part) is tuple and key.isdecimal():
            return get_args(part)[0]
    candidates = sections(annotation)
    chosen = variant(candidates, mapping)
    for candidate in [chosen] if chosen else candidates:
        if key in candidate.model_fields:
            return candidate.model_fields[key].annotation
    return None


def homes(annotation: Any, key: str, path: str = "") -> Iterator[str]:
    """The dotted paths of all sections, anywhere below, that have ``key``."""
    for section in sections(annotation):
        if key in section.model_fields:
            yield path
        for name, field in section.model_fields.items():
            yield from homes(field.annotation, key, f"{path}.{name}" if path else name)
