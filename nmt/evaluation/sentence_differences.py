"""The sentences on which two systems differ most: what a score over a whole text does not show."""

from dataclasses import dataclass

from nmt.evaluation.metrics import Measurement


@dataclass(frozen=True)
class SentenceDifference:
    """A line (from 0) and what the baseline and a system score on it."""

    line: int
    baseline: float
    score: float

    @property
    def difference(self) -> float:
        """How much the system scores above the baseline; below zero it loses."""
        return self.score - self.baseline


def most_different(
    baseline: Measurement, system: Measurement, lines: int, show: int
) -> list[SentenceDifference]:
    """The ``show`` sentences that gain most, the greatest gain first, then those that lose most, greatest loss first.

    Of equal ones the earlier come first; sentences without a difference are never among them.
    """
    scores = [
        SentenceDifference(line, baseline.score_of([line]), system.score_of([line])) for line in range(lines)
    ]
    gains = sorted((one for one in scores if one.difference > 0), key=lambda one: -one.difference)
    losses = sorted((one for one in scores if one.difference < 0), key=lambda one: one.difference)
    return [*gains[:show], *losses[:show]]
