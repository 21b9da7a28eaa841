"""Which training pairs are left out, and why. Validation and test sets are never filtered."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Reason = Literal["blank", "long", "ratio"]
REASONS: tuple[Reason, ...] = ("blank", "long", "ratio")


@dataclass
class Ratios:
    """The typical source characters per target character of a corpus.

    It is the median, so that one line of a megabyte does not make every other pair look out of proportion;
    taken from a histogram of logarithms in steps of one percent, so that it needs no memory for each pair.
    """

    histogram: Counter[int] = field(default_factory=Counter)

    def add(self, source: str, target: str) -> None:
        """Counts one pair of texts, neither of them empty."""
        self.histogram[round(100 * math.log(len(source) / len(target)))] += 1

    def typical(self) -> float:
        """The (lower) median; 1 when there are no pairs."""
        left = (self.histogram.total() + 1) // 2
        for step in sorted(self.histogram):
            left -= self.histogram[step]
            if left <= 0:
                return math.exp(step / 100)
        return 1.0


@dataclass(frozen=True)
class Filter:
    """Drops pairs with a blank side, an over-long side, or sides whose lengths do not belong together.

    ``max_length`` counts pieces. ``max_ratio`` compares characters, relative to ``typical``, the source
    characters per target character of the whole corpus, so that one bound serves en-de and en-zh alike.
    """

    max_length: int
    max_ratio: float
    typical: float

    def reason(
        self, source: str, target: str, source_ids: Sequence[int], target_ids: Sequence[int]
    ) -> Reason | None:
        """Why a pair of normalised texts and their ids is dropped; None when it is kept."""
        if not source_ids or not target_ids:
            return "blank"
        if max(len(source_ids), len(target_ids)) > self.max_length:
            return "long"
        ratio = len(source) / (len(target) * self.typical)
        if not 1 / self.max_ratio <= ratio <= self.max_ratio:
            return "ratio"
        return None
