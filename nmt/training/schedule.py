"""Learning-rate schedules: pure functions of the step and of the validations so far, so that nothing needs saving.

Each is a callable ``(step from 1, figures) -> factor`` that multiplies the optimiser's configured rate; figures are
those of the validations so far, oldest first, greater is better.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Schedule(Protocol):
    """The contract of every schedule."""

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        """The factor for this step, counted from 1."""


@dataclass(frozen=True)
class Constant:
    """Linear warm-up, then 1."""

    warmup: int = 0

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        return _rise(step, self.warmup)


@dataclass(frozen=True)
class Noam:
    """``d^-0.5 min(t^-0.5, t w^-1.5)`` (Vaswani et al. 2017, eq. 3)."""

    model_size: int
    warmup: int

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        return self.model_size**-0.5 * min(step**-0.5, step * self.warmup**-1.5)


@dataclass(frozen=True)
class InverseSqrt:
    """Linear warm-up to 1, then ``sqrt(warmup / t)``: Noam with the peak in the configured rate.

    Over the share ``decay`` of ``steps`` that comes last, the root is multiplied by a straight line from 1 down to
    ``least`` at ``steps``, and no lower: the cooldown of Zhai et al. 2022, "Scaling Vision Transformers".
    """

    warmup: int
    steps: int = 1
    decay: float = 0.0
    least: float = 0.0

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        warmup = max(self.warmup, 1)
        root = min(step / warmup, (warmup / step) ** 0.5)
        begin = self.steps - self.decay * self.steps
        if not self.decay or step <= begin:
            return root
        return root * (1 - (1 - self.least) * _travelled(step, begin, self.steps))


@dataclass(frozen=True)
class Cosine:
    """Linear warm-up to 1, then half a cosine down to ``least`` at ``steps``, and no lower
    (Loshchilov and Hutter 2017, eq. 5, without restarts)."""

    steps: int
    warmup: int = 0
    least: float = 0.0

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        if step <= self.warmup:
            return _rise(step, self.warmup)
        height = (1 + math.cos(math.pi * _travelled(step, self.warmup, self.steps))) / 2
        return self.least + (1 - self.least) * height


@dataclass(frozen=True)
class Linear:
    """Linear warm-up to 1, then a straight line down to ``least`` at ``steps``, and no lower."""

    steps: int
    warmup: int = 0
    least: float = 0.0

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        if step <= self.warmup:
            return _rise(step, self.warmup)
        return 1 - (1 - self.least) * _travelled(step, self.warmup, self.steps)


@dataclass(frozen=True)
class Exponential:
    """``gamma^n``, n the number of whole ``every`` steps that were made."""

    gamma: float
    every: int

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        return self.gamma ** ((step - 1) // self.every)


@dataclass(frozen=True)
class Luong:
    """1 for ``start`` steps, 1/2 for the next ``every``, 1/4 for the next, and so on (Luong et al. 2015, section 4.1).

    The paper counts epochs: 12 of them, halving after each from the 8th on.
    """

    start: int
    every: int

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        return 0.5 ** max(0, 1 + (step - self.start - 1) // self.every)


@dataclass(frozen=True)
class Plateau:
    """Linear warm-up, then ``factor`` times itself whenever ``patience`` validations in a row were no better, by more
    than ``threshold``, than the best before them; never under ``least``.

    This is torch's ``ReduceLROnPlateau(mode="max", threshold_mode="abs")``, whose patience counts one less: the
    validations that are still forgiven.
    """

    factor: float
    patience: int
    threshold: float = 0.0
    least: float = 0.0
    warmup: int = 0

    def __call__(self, step: int, figures: Sequence[float] = ()) -> float:
        best, stale, fallen = -math.inf, 0, 1.0
        for figure in figures:
            better = figure > best + self.threshold  # so put that NaN is never better
            best, stale = (figure, 0) if better else (best, stale + 1)
            if stale == self.patience:
                fallen, stale = max(fallen * self.factor, self.least), 0
        return _rise(step, self.warmup) * fallen


def _rise(step: int, warmup: int) -> float:
    """``t / w`` up to 1."""
    return min(1.0, step / warmup) if warmup else 1.0


def _travelled(step: int, begin: float, steps: int) -> float:
    """The share of the way from where the fall begins to ``steps``."""
    return min(1.0, (step - begin) / (steps - begin))
