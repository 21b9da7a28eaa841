"""Sentences by length: attention was invented because scores fell with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nmt.evaluation.lengths import Unit, length, unit_of

BOUNDS: dict[Unit, tuple[int, ...]] = {
    "words": (5, 10, 15, 20, 30, 40, 60),
    "characters": (10, 20, 30, 40, 60, 80, 120),
}
"""The longest of each bucket but the last, which is open."""

ENOUGH = 20
"""A score of fewer sentences says little, so smaller buckets join their neighbour."""


@dataclass(frozen=True)
class Bucket:
    """Line numbers (from 0) of sentences with ``first`` to ``last`` units, both included."""

    first: int
    last: int
    unit: Unit
    lines: tuple[int, ...]


def buckets(lines: Sequence[str], enough: int = ENOUGH) -> list[Bucket]:
    """Sort lines by length into buckets of at least ``enough`` (fewer only where there are fewer in all).

    The bounds are fixed, so that two models, and two test sets, can be compared; the outermost are the true
    extremes.
    """
    unit = unit_of(lines)
    sizes = [length(line, unit) for line in lines]
    groups: list[tuple[int, list[int]]] = []  # the upper bound and the lines of each
    lower, pending = -1, list[int]()
    for upper in (*BOUNDS[unit], max(sizes, default=0)):
        pending += [line for line, size in enumerate(sizes) if lower < size <= upper]
        lower = max(lower, upper)
        if len(pending) >= enough:
            groups.append((lower, pending))
            pending = []
    if pending:
        groups = [*groups[:-1], (lower, (groups[-1][1] if groups else []) + pending)]
    return _named(groups, sizes, unit)


def _named(groups: list[tuple[int, list[int]]], sizes: list[int], unit: Unit) -> list[Bucket]:
    """Give each group its range: from where the one before it ended."""
    result: list[Bucket] = []
    first = min(sizes, default=0)
    for upper, lines in groups:
        last = min(upper, max(sizes))
        result.append(Bucket(first, last, unit, tuple(sorted(lines))))
        first = last + 1
    return result
