"""A training as a person sees it: a bar on a terminal, otherwise a plain line now and then. All on stderr."""

import sys
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from nmt.training.events import Event, Finished, Logged, Skipped, Split, Stepped, Validated

BETWEEN = 10.0  # seconds between plain lines


class Progress:
    """Draws the events of a training."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.said_at = 0.0
        self.score = ""  # of the last validation
        self.bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=self.console,
            disable=quiet or not self.console.is_terminal,
        )
        self.task = self.bar.add_task("training", total=None, figures="", start=True)

    def __enter__(self) -> "Progress":
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.bar.stop()

    def say(self, line: str) -> None:
        """A sentence of the run."""
        if not self.quiet:
            self.console.print(line, markup=False)

    def listen(self, event: Event) -> None:
        """Draws one event."""
        match event:
            case Stepped(step=step, max_steps=most):
                self.bar.update(self.task, completed=step, total=most)
            case Logged():
                figures = f"loss {event.loss:.3f}  lr {event.lr:.2e}  {event.tokens_per_second:,.0f} tokens/s"
                self.bar.update(self.task, figures=f"{figures}{self.score}")
                if not self.console.is_terminal and time.monotonic() - self.said_at > BETWEEN:
                    self.said_at = time.monotonic()
                    self.say(f"step {event.step}  {figures}  {event.seconds:.0f} s")
            case Validated(validation=validation):
                scores = "  ".join(f"{name} {score:.2f}" for name, score in validation.scores.items())
                self.score = f"  {scores}"
                mark = "  (best so far)" if event.improved else ""
                self.say(
                    f"step {event.step}  validation loss {validation.loss:.3f}  {scores}{mark}  {event.seconds:.0f} s"
                )
                for notice in validation.notices:
                    self.say(f"  notice: {notice}")
                for sample in validation.samples:
                    self.say(f"  {sample.source}\n    -> {sample.translation}\n    =  {sample.reference}")
            case Skipped(step=step, why=why, lines=lines):
                self.say(f"step {step}  skipped: {why}; its batch: {_few(lines)}")
            case Split(step=step, parts=parts, dropped=dropped):
                done = f"done in {parts} parts" if parts > 1 else ""
                left = f"without {_few(dropped)}, too long even alone" if dropped else ""
                self.say(f"step {step}  out of memory: {', '.join(filter(None, (done, left)))}")
            case Finished():
                self.bar.update(self.task, completed=event.step)


def _few(lines: Sequence[str]) -> str:
    """The first of many; ``metrics.jsonl`` has them all."""
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return ", ".join(lines[:3]) + more
