"""The training loop: a generator of events, in order, once."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor, nn

from nmt.data.batch import Batch
from nmt.data.loader import Cursor
from nmt.errors import NmtError
from nmt.training.events import Event, Finished, Logged, SaveDue, Stepped, Validated
from nmt.training.objective import Objective
from nmt.training.progress import Progress, Window
from nmt.training.schedule import Schedule
from nmt.training.validation import Validate


@dataclass(frozen=True)
class Plan:
    """When to do what, in steps; ``patience`` in validations."""

    max_steps: int
    max_seconds: float | None
    accumulate: int
    clip_norm: float
    log_every: int
    validate_every: int
    save_every: int
    best: str
    patience: int | None


def train(
    objective: Objective,
    *,
    batches: Iterator[tuple[Cursor, Batch]],
    optimizer: torch.optim.Optimizer,
    schedule: Schedule,
    plan: Plan,
    progress: Progress,
    validate: Validate,
    precision: Callable[[], AbstractContextManager[None]],
    stop: Callable[[], int | None],
) -> Iterator[Event]:
    """Trains from where ``progress`` stands, and keeps it up to date.

    ``stop`` is asked before every step for the number of a signal that wants the run to end; a validation that is
    due then is owed, and made when the run is resumed. A checkpoint may be written while a :class:`SaveDue` is being
    handled, and only then. The loss is a sum over tokens, divided by the tokens of all accumulated batches, so that
    accumulating equals one large batch.

    Raises:
        NmtError: the loss or its gradient is no longer finite; what was saved before is.
    """
    meter = _Meter(progress)
    rates = [group["lr"] for group in optimizer.param_groups]
    objective.train()
    began = progress.step
    saved = progress.step, progress.validated  # what is known to be on disk
    while True:
        signal, over, improved = stop(), _over(plan, progress), False
        if signal is None and _validation_due(plan, progress, over):
            validation = validate()
            improved = progress.judge(validation.figure(plan.best))
            meter.pause()
            yield Validated(progress.step, validation, improved, progress.seconds)
            over = _over(plan, progress)
        ended = over or signal is not None
        wanted = ended or improved or progress.step == began or progress.step % plan.save_every == 0
        if wanted and saved != (progress.step, progress.validated):
            saved = progress.step, progress.validated
            progress.finished = over
            meter.pause()
            yield SaveDue(progress.step)
        if ended:
            yield Finished(progress.step, over if signal is None else f"signal {signal}", signal)
            return
        factor = schedule(progress.step + 1)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        tokens = _update(
            objective, islice(batches, plan.accumulate), optimizer, plan, progress, meter, precision
        )
        yield Stepped(progress.step, plan.max_steps, tokens)
        if progress.step % plan.log_every == 0:
            yield meter.logged(lr=rates[0] * factor)


def _update(
    objective: Objective,
    items: Iterator[tuple[Cursor, Batch]],
    optimizer: torch.optim.Optimizer,
    plan: Plan,
    progress: Progress,
    meter: "_Meter",
    precision: Callable[[], AbstractContextManager[None]],
) -> int:
    """One optimiser step over the accumulated batches; returns their target tokens."""
    meter.begin_step()
    group = list(items)
    tokens = sum(batch.tokens for _, batch in group)
    total, nll = torch.zeros(()), torch.zeros(())
    for _, batch in group:
        with precision():
            loss = objective(batch)
        (loss.sums / tokens).backward()
        total, nll = total + loss.sums.detach(), nll + loss.parts["nll"]
    norm = nn.utils.clip_grad_norm_(objective.parameters(), plan.clip_norm)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    progress.step += 1
    progress.epoch, progress.index = group[-1][0]
    meter.end_step(total, nll, norm, tokens)
    return tokens


def _validation_due(plan: Plan, progress: Progress, over: str) -> bool:
    """At every so many steps and at the end, unless it was made before the run was interrupted."""
    return progress.step > progress.validated and (bool(over) or progress.step % plan.validate_every == 0)


def _over(plan: Plan, progress: Progress) -> str:
    """Why training is over, or nothing."""
    if progress.step >= plan.max_steps:
        return "max_steps"
    if plan.max_seconds is not None and progress.seconds >= plan.max_seconds:
        return "max_seconds"
    if plan.patience is not None and progress.stale >= plan.patience:
        return "early stopping"
    return ""


class _Meter:
    """Sums of the log window, kept on the device until they are read, and the clock."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.sums: Tensor | None = None  # [3]: loss, nll, gradient norm since they were last read
        self.mark = time.perf_counter()
        self.tokens, self.busy = 0, 0.0  # of this sitting's updates since the last log line

    def begin_step(self) -> None:
        """What follows, waiting for data included, is an update's time."""
        self.tick()

    def end_step(self, loss: Tensor, nll: Tensor, norm: Tensor, tokens: int) -> None:
        """Adds one update, without waiting for the device."""
        new = torch.stack((loss.double(), nll.double(), norm.double()))
        self.sums = new if self.sums is None else self.sums + new
        self.progress.window.tokens += tokens
        self.progress.window.steps += 1
        self.tokens += tokens
        self.busy += self.tick()

    def pause(self) -> None:
        """Brings progress up to date, so that it can be saved; here alone the loop waits for the device."""
        self.tick()
        if self.sums is not None:
            window = self.progress.window
            loss, nll, norm = self.sums.tolist()
            if not math.isfinite(loss + norm):
                hint = "a lower training.optimizer.lr, or training.precision: fp32"
                raise NmtError(f"step {self.progress.step}", "the loss is no longer finite", hint)
            window.loss, window.nll, window.norm = window.loss + loss, window.nll + nll, window.norm + norm
            self.sums = None

    def logged(self, *, lr: float) -> Logged:
        """The means of the window, which begins anew."""
        self.pause()
        window = self.progress.window
        event = Logged(
            step=self.progress.step,
            epoch=self.progress.epoch,
            loss=window.loss / window.tokens,
            nll=window.nll / window.tokens,
            lr=lr,
            grad_norm=window.norm / window.steps,
            tokens_per_second=self.tokens / max(self.busy, 1e-9),
            seconds=self.progress.seconds,
        )
        self.progress.window, self.tokens, self.busy = Window(), 0, 0.0
        return event

    def tick(self) -> float:
        """Adds the time since the last tick to the training's time, and returns it."""
        now = time.perf_counter()
        passed, self.mark = now - self.mark, now
        self.progress.seconds += passed
        return passed
