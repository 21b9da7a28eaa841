"""How long the sources of a corpus typically are, for one character of target."""

import math
from collections import Counter
from dataclasses import dataclass, field


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
