"""Where a training stands: everything a resumed run needs beside weights, optimiser and random numbers."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Window:
    """Sums since the last log line; they are part of the state so that a resumed run logs the same figures."""

    loss: float = 0.0
    nll: float = 0.0
    norm: float = 0.0
    tokens: int = 0
    steps: int = 0


@dataclass
class Progress:
    """step: updates made; (epoch, index): the next batch; best: the greatest figure of a validation, at best_step;
    stale: validations since; validated: the step of the last one; seconds: training time over all sittings."""

    step: int = 0
    epoch: int = 0
    index: int = 0
    best: float | None = None
    best_step: int = 0
    stale: int = 0
    validated: int = 0
    seconds: float = 0.0
    finished: str = ""
    window: Window = field(default_factory=Window)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "Progress":
        """The inverse of :meth:`as_dict`."""
        return Progress(**{**values, "window": Window(**values["window"])})

    def judge(self, figure: float) -> bool:
        """Takes note of a validation's figure (greater is better); True where it is the best so far."""
        self.validated = self.step
        if not figure > (-math.inf if self.best is None else self.best):  # so put that NaN is never the best
            self.stale += 1
            return False
        self.best, self.best_step, self.stale = figure, self.step, 0
        return True
