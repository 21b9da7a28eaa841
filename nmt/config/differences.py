"""What would make a resumed run another experiment."""

from collections.abc import Iterator
from typing import Any

from nmt.config.experiment import Experiment
from nmt.config.schedule import Cosine, InverseSqrt, Linear, Plateau
from nmt.config.section import Section, is_free
from nmt.config.shape import required
from nmt.config.training import Training
from nmt.config.writing import scalar


def identity_differences(old: Experiment, new: Experiment) -> list[str]:
    """The identity keys that differ, each as ``model.hidden: 512 -> 256``; free keys may differ silently."""
    return list(_section(old, new, "", _read_by_the_schedule(old.training)))


def _read_by_the_schedule(training: Training) -> frozenset[str]:
    """Free keys that are not free here: another value would move the learning rate of the steps to come."""
    match training.schedule:
        case Cosine(steps=None) | Linear(steps=None):
            return frozenset({"training.max_steps"})
        case InverseSqrt(steps=None, decay=decay) if decay:
            return frozenset({"training.max_steps"})
        case Plateau():
            return frozenset({"training.validate_every", "data.validation"})
        case _:
            return frozenset()


def _section(old: Section, new: Section, path: str, bound: frozenset[str]) -> Iterator[str]:
    """The differences of two sections of one class; ``bound`` are paths of free keys that count all the same."""
    for name, field in type(old).model_fields.items():
        inner = f"{path}.{name}" if path else name
        if inner in bound or not is_free(field):
            yield from _value(getattr(old, name), getattr(new, name), inner, bound)


def _value(old: Any, new: Any, path: str, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(old, Section) and type(old) is type(new):
        yield from _section(old, new, path, bound)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _alike(old, new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _section(one, other, f"{path}[{number}]", bound)
    elif old != new:
        where = f"{path}.type" if all(_is_tagged(value) for value in (old, new)) else path
        yield f"{where}: {_short(old)} -> {_short(new)}"


def _alike(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Whether two lists hold the same sections one by one."""
    sections = all(isinstance(item, Section) for item in old)
    return sections and [type(item) for item in old] == [type(item) for item in new]


def _is_tagged(value: Any) -> bool:
    return isinstance(value, Section) and "type" in type(value).model_fields


def _short(value: Any) -> str:
    """A value in a word or two: the type of a section, or its keys."""
    match value:
        case Section() if _is_tagged(value):
            return str(value.model_dump()["type"])
        case Section():
            needed = required(type(value))
            keys = [name for name in type(value).model_fields if name in needed or not needed]
            return "{" + ", ".join(keys) + "}"
        case tuple():
            return "[" + ", ".join(map(_short, value)) + "]"
        case _:
            return scalar(value)
