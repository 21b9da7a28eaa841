"""Where a training stands: everything a resumed run needs beside weights, optimiser and random numbers."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Window:
    """Sums since the last log line; they are part of the state so that a resumed run logs the same figures.

    steps: updates that were made, skipped: those that were not; norms: of the gradient, by part of the model.
    """

    loss: float = 0.0
    nll: float = 0.0
    norm: float = 0.0
    norms: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    steps: int = 0
    skipped: int = 0


@dataclass
class Progress:
    """step: updates tried; (epoch, index): the next batch; seconds: training time over all sittings; finished: why.

    history: the figure of each validation and its step, greater is better, None where it was no finite number.
    skipped: updates that were not made, streak: those in a row until now. offset: steps that the schedule had behind it
    when the run began.
    """

    step: int = 0
    epoch: int = 0
    index: int = 0
    seconds: float = 0.0
    finished: str = ""
    history: list[tuple[int, float | None]] = field(default_factory=list)
    skipped: int = 0
    streak: int = 0
    offset: int = 0
    window: Window = field(default_factory=Window)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "Progress":
        """The inverse of :meth:`as_dict`."""
        history = [(step, figure) for step, figure in values["history"]]
        return Progress(**{**values, "history": history, "window": Window(**values["window"])})

    def advance(self, cursor: tuple[int, int], *, skipped: bool) -> None:
        """Takes note of an update that was tried; ``cursor`` is where the next batch is."""
        self.step += 1
        self.epoch, self.index = cursor
        self.skipped += skipped
        self.streak = self.streak + 1 if skipped else 0

    def judge(self, figure: float, *, keep: int = 1) -> bool:
        """Takes note of a validation's figure (greater is better); True where it is one of the ``keep`` best."""
        self.history.append((self.step, figure if math.isfinite(figure) else None))
        return self.step in self.best_steps(keep)

    def best_steps(self, count: int) -> list[int]:
        """The steps of the best validations, the best first; of equals the earlier."""
        known = [(figure, step) for step, figure in self.history if figure is not None]
        return [step for _, step in sorted(known, key=lambda pair: (-pair[0], pair[1]))[:count]]

    @property
    def best_step(self) -> int | None:
        """The step of the best validation, or None where there was none."""
        return next(iter(self.best_steps(1)), None)

    @property
    def stale(self) -> int:
        """Validations since the best; all of them where none was a number."""
        steps = [step for step, _ in self.history]
        return len(steps) - (steps.index(self.best_step) + 1 if self.best_step is not None else 0)

    @property
    def validated(self) -> int:
        """The step of the last validation, 0 before the first."""
        return self.history[-1][0] if self.history else 0

    @property
    def figures(self) -> list[float]:
        """Of all validations, oldest first: what a schedule may go by."""
        return [-math.inf if figure is None else figure for _, figure in self.history]
