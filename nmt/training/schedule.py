"""Learning-rate schedules: pure functions of the step, so that nothing of them needs saving.

Each is a callable ``(step from 1) -> factor`` that multiplies the optimiser's configured rate.
"""

from dataclasses import dataclass
from typing import Protocol


class Schedule(Protocol):
    """The contract of every schedule."""

    def __call__(self, step: int) -> float:
        """The factor for this step, counted from 1."""


@dataclass(frozen=True)
class Constant:
    """Linear warm-up, then 1."""

    warmup: int = 0

    def __call__(self, step: int) -> float:
        return min(1.0, step / self.warmup) if self.warmup else 1.0


@dataclass(frozen=True)
class Noam:
    """``d^-0.5 min(t^-0.5, t w^-1.5)`` (Vaswani et al. 2017, eq. 3)."""

    model_size: int
    warmup: int

    def __call__(self, step: int) -> float:
        return self.model_size**-0.5 * min(step**-0.5, step * self.warmup**-1.5)


@dataclass(frozen=True)
class InverseSqrt:
    """Linear warm-up to 1, then ``sqrt(warmup / t)``: Noam with the peak in the configured rate."""

    warmup: int

    def __call__(self, step: int) -> float:
        warmup = max(self.warmup, 1)
        return min(step / warmup, (warmup / step) ** 0.5)
