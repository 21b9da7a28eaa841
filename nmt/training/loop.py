"""The training loop: a generator of events, in order, once."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import torch

from nmt.data.batch import Batch
from nmt.data.loader import Cursor
from nmt.errors import NmtError
from nmt.training.budget import Budget
from nmt.training.events import Event, Finished, SaveDue, Skipped, Split, Stepped, Validated
from nmt.training.gradients import parts_of
from nmt.training.meter import Meter
from nmt.training.objective import Objective
from nmt.training.progress import Progress
from nmt.training.ranks import ALONE, Ranks
from nmt.training.schedule import Schedule
from nmt.training.signals import Asked
from nmt.training.update import Made, Precision, update
from nmt.training.validation import Validate


@dataclass(frozen=True)
class Plan:
    """When to do what, in steps; ``patience`` in validations, ``keep_best`` in checkpoints, ``max_skipped`` in steps in
    a row."""

    max_steps: int
    max_seconds: float | None
    accumulate: int
    clip_norm: float
    log_every: int
    validate_every: int
    save_every: int
    best: str
    keep_best: int
    patience: int | None
    max_skipped: int


def train(
    objective: Objective,
    *,
    batches: Iterator[tuple[Cursor, Batch]],
    optimizer: torch.optim.Optimizer,
    schedule: Schedule,
    plan: Plan,
    progress: Progress,
    validate: Validate,
    precision: Precision,
    asked: Asked,
    place: Callable[[int], str],
    ranks: Ranks = ALONE,
) -> Iterator[Event]:
    """Trains from where ``progress`` stands, and keeps it up to date.

    ``asked`` is looked at before every step; a validation that is due when it wants the run to end is owed, and made
    when the run is resumed. A checkpoint may be written while a :class:`SaveDue` is being handled, and only then. While
    updates are being skipped the weights may be ruined already, so that nothing is saved unless a validation at the end
    proves them sound. ``place`` names a row of the training data, as ``file:line``. Each of ``ranks`` has the same
    events at the same steps.

    Raises:
        NmtError: ``plan.max_skipped`` updates in a row had a loss or a gradient that was not finite, or the run would
            end with weights that such updates ruined.
    """
    budget = Budget(objective.parameters(), processes=ranks.here)
    meter, model_parts = Meter(progress), parts_of(objective)
    rates = [group["lr"] for group in optimizer.param_groups]
    objective.train()
    saved = (progress.step, progress.validated) if progress.step else None  # what is known to be on disk
    wrong = ""  # with the last update
    while True:
        sound = not progress.streak
        stop, save, late = ranks.highest([asked.stop or 0, asked.save, _late(plan, progress, meter)])
        signal = int(stop) if stop and sound else None
        over, kept = _over(plan, progress, late), False
        if (sound or over) and signal is None and _validation_due(plan, progress, over):
            validation = validate()
            sound = sound or math.isfinite(validation.loss)
            kept = progress.judge(validation.figure(plan.best), keep=plan.keep_best)
            meter.spent("validation")
            yield Validated(progress.step, validation, progress.best_step == progress.step, progress.seconds)
            over = _over(plan, progress, *ranks.highest([_late(plan, progress, meter)]))
        ended = bool(over) or signal is not None
        wanted = ended or kept or save or progress.step % plan.save_every == 0
        if wanted and not sound:
            asked.save = True  # as soon as it may be
        if wanted and sound and saved != (progress.step, progress.validated):
            saved, asked.save = (progress.step, progress.validated), False
            progress.finished = over
            meter.spent("step")
            yield SaveDue(progress.step)
            meter.spent("save")
        if ended and not sound:
            raise _given_up(progress, wrong)
        if ended:
            yield Finished(progress.step, over if signal is None else f"signal {signal}", signal)
            return
        lr = _set_rate(optimizer, rates, schedule(progress.offset + progress.step + 1, progress.figures))
        items = list(islice(batches, plan.accumulate))
        given = [batch for _, batch in items]
        objective.step = progress.step
        made = update(
            objective,
            given,
            optimizer,
            model_parts=model_parts,
            budget=budget,
            clip_norm=plan.clip_norm,
            precision=precision,
            ranks=ranks,
        )
        progress.advance(items[-1][0], skipped=bool(made.wrong))
        wrong = made.wrong
        meter.add(made)
        yield from _troubles(made, given, progress, place, ranks)
        if progress.streak >= plan.max_skipped:
            raise _given_up(progress, wrong)
        yield Stepped(progress.step, plan.max_steps, made.tokens)
        if progress.step % plan.log_every == 0 and (logged := meter.logged(lr=lr)):
            yield logged


def _set_rate(optimizer: torch.optim.Optimizer, rates: list[float], factor: float) -> float:
    """Gives each group of parameters its configured rate times a factor; returns the first group's."""
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * factor
    return rates[0] * factor


def _troubles(
    made: Made, batches: list[Batch], progress: Progress, place: Callable[[int], str], ranks: Ranks
) -> Iterator[Event]:
    """What was wrong with an update."""
    if made.parts > len(batches) or made.dropped:
        yield Split(progress.step, made.parts, tuple(map(place, made.dropped)))
    if made.wrong:
        rows = ranks.each([int(row) for batch in batches for row in batch.rows])
        lines = tuple(map(place, chain(*rows)))
        yield Skipped(progress.step, made.wrong, lines)


def _given_up(progress: Progress, wrong: str) -> NmtError:
    times = f"{progress.streak} times in a row" if progress.streak > 1 else "nor is that of the validation"
    what = f"{wrong}, {times}; the last checkpoint is from before"
    return NmtError(
        f"step {progress.step}", what, "a lower training.optimizer.lr, or training.precision: fp32"
    )


def _validation_due(plan: Plan, progress: Progress, over: str) -> bool:
    """At every so many steps and at the end, unless it was made before the run was interrupted."""
    return progress.step > progress.validated and (bool(over) or progress.step % plan.validate_every == 0)


def _late(plan: Plan, progress: Progress, meter: Meter) -> bool:
    """Whether what must still be done would take the rest of the time."""
    return plan.max_seconds is not None and progress.seconds + meter.reserve >= plan.max_seconds


def _over(plan: Plan, progress: Progress, late: float) -> str:
    """Why training is over, or nothing."""
    if progress.step >= plan.max_steps:
        return "max_steps"
    if late:
        return "max_seconds"
    if plan.patience is not None and progress.stale >= plan.patience:
        return "early stopping"
    return ""
