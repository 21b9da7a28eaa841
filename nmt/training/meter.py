"""The clock of a training, and the sums of its log window."""

import time
from dataclasses import dataclass, field

from nmt.training.events import Logged
from nmt.training.progress import Progress, Window
from nmt.training.update import Made


@dataclass
class Meter:
    """Brings the seconds and the window of ``progress`` up to date.

    longest: seconds that a step, a validation and a save took at the most in this sitting. What remains to be done
    when the time is up is one of each.
    """

    progress: Progress
    longest: dict[str, float] = field(default_factory=dict)
    mark: float = field(default_factory=time.perf_counter)
    tokens: int = 0  # of this sitting's updates since the last log line
    busy: float = 0.0  # seconds of the same

    @property
    def reserve(self) -> float:
        """Seconds to keep for ending in time."""
        return sum(self.longest.values())

    def spent(self, on: str) -> float:
        """Adds the time since the last call to the training's, as time spent on something; returns it."""
        now = time.perf_counter()
        passed, self.mark = now - self.mark, now
        self.progress.seconds += passed
        self.longest[on] = max(self.longest.get(on, 0.0), passed)
        return passed

    def add(self, made: Made) -> None:
        """Takes note of an update, made or not."""
        self.tokens += made.tokens
        self.busy += self.spent("step")
        window = self.progress.window
        if made.wrong:
            window.skipped += 1
            return
        window.loss, window.nll, window.norm = (
            window.loss + made.loss,
            window.nll + made.nll,
            window.norm + made.norm,
        )
        window.norms = {name: window.norms.get(name, 0.0) + norm for name, norm in made.norms.items()}
        window.tokens += made.tokens
        window.steps += 1

    def logged(self, *, lr: float) -> Logged | None:
        """The means of the window, which begins anew; None where it had no update to tell of."""
        window = self.progress.window
        if not window.steps:
            return None
        event = Logged(
            step=self.progress.step,
            epoch=self.progress.epoch,
            loss=window.loss / window.tokens,
            nll=window.nll / window.tokens,
            lr=lr,
            grad_norm=window.norm / window.steps,
            norms={name: norm / window.steps for name, norm in window.norms.items()},
            skipped=window.skipped,
            tokens_per_second=self.tokens / max(self.busy, 1e-9),
            seconds=self.progress.seconds,
        )
        self.progress.window, self.tokens, self.busy = Window(), 0, 0.0
        return event
