"""The loop: what happens at which step, and that accumulating changes nothing but memory."""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch

from nmt.data.batch import Batch, collate
from nmt.data.loader import Cursor
from nmt.errors import NmtError
from nmt.training.events import Event, Finished, Logged, SaveDue, Stepped, Validated
from nmt.training.loop import Plan, train
from nmt.training.objective import Objective
from nmt.training.progress import Progress
from nmt.training.schedule import Constant, Schedule
from nmt.training.validation import Validation

PLAN = Plan(
    max_steps=4,
    max_seconds=None,
    accumulate=1,
    clip_norm=1e9,
    log_every=1000,
    validate_every=1000,
    save_every=1000,
    best="loss",
    patience=None,
)


def numbered(batches: Iterator[Batch]) -> Iterator[tuple[Cursor, Batch]]:
    return ((Cursor(0, number), batch) for number, batch in enumerate(batches, start=1))


def go(
    objective: Objective,
    batches: Iterator[Batch],
    plan: Plan = PLAN,
    *,
    schedule: Schedule | None = None,
    progress: Progress | None = None,
    losses: Iterator[float] | None = None,
    stop: Callable[[], int | None] = lambda: None,
    lr: float = 0.1,
) -> list[Event]:
    """The events of a training with plain gradient descent; validations find these losses, or ever lower ones."""
    losses = itertools.count(9.0, -1.0) if losses is None else losses
    return list(
        train(
            objective,
            batches=numbered(batches),
            optimizer=torch.optim.SGD(objective.parameters(), lr=lr),
            schedule=schedule or Constant(),
            plan=plan,
            progress=progress or Progress(),
            validate=lambda: Validation(next(losses)),
            precision=contextlib.nullcontext,
            stop=stop,
        )
    )


def steps(events: list[Event], kind: type[Event]) -> list[int]:
    return [event.step for event in events if isinstance(event, kind)]


@pytest.fixture
def endless(make_batch) -> Iterator[Batch]:
    return (make_batch(seed=seed) for seed in itertools.count())


def test_everything_comes_at_its_step_and_once(make_objective, endless):
    plan = replace(PLAN, max_steps=7, log_every=2, validate_every=3, save_every=4)
    falling = iter([5.0, 6.0, 7.0])
    events = go(make_objective(), endless, plan, losses=falling)
    assert steps(events, Stepped) == [1, 2, 3, 4, 5, 6, 7]
    assert steps(events, Logged) == [2, 4, 6]
    assert [(event.step, event.improved) for event in events if isinstance(event, Validated)] == [
        (3, True),
        (6, False),
        (7, False),
    ]
    # Before the first step, at every fourth, after a better model, and at the end.
    assert steps(events, SaveDue) == [3, 4, 7]
    assert events[-1] == Finished(7, "max_steps")


def test_the_cursor_and_the_rate_follow_the_steps(make_objective, endless):
    progress = Progress()
    plan = replace(PLAN, accumulate=3, log_every=1)
    events = go(make_objective(), endless, plan, schedule=Constant(warmup=8), progress=progress)
    assert (progress.step, progress.epoch, progress.index) == (4, 0, 12)
    assert [event.lr for event in events if isinstance(event, Logged)] == pytest.approx(
        [0.1 * step / 8 for step in (1, 2, 3, 4)]
    )


def test_accumulating_equals_one_large_batch(make_objective, make_batch):
    """To 1e-12 in float64, with batches of unequal numbers of tokens."""
    parts = [make_batch(seed=seed, pairs=seed + 2) for seed in range(4)]
    whole = collate(*(joined(parts, side) for side in ("source", "target_out")))
    plan = replace(PLAN, max_steps=1)
    apart, together = make_objective().double(), make_objective().double()
    go(apart, iter(parts), replace(plan, accumulate=4))
    go(together, iter([whole]), plan)
    moved = [(parameter - start).abs().max() for parameter, start in zip(
        together.parameters(), make_objective().double().parameters(), strict=True
    )]  # fmt: skip
    assert max(moved) > 1e-3
    for one, other in zip(apart.parameters(), together.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def joined(parts: list[Batch], side: str) -> list[list[int]]:
    """The sentences of several batches, without their end symbols."""
    lengths = {"source": "source_lengths", "target_out": "target_lengths"}[side]
    return [
        row[: length - 1].tolist()
        for part in parts
        for row, length in zip(getattr(part, side), getattr(part, lengths), strict=True)
    ]


def test_the_gradient_is_clipped(make_objective, make_batch):
    before, objective = make_objective(), make_objective()
    events = go(
        objective,
        iter([make_batch(seed=1)]),
        replace(PLAN, max_steps=1, clip_norm=0.01, log_every=1),
        lr=1.0,
    )
    pairs = zip(before.parameters(), objective.parameters(), strict=True)
    moved = math.sqrt(sum((one - other).square().sum().item() for one, other in pairs))
    assert moved == pytest.approx(0.01, rel=1e-3)
    assert next(event for event in events if isinstance(event, Logged)).grad_norm > 0.1  # as it was before


def test_the_log_tells_means_since_the_last_line(make_objective, make_batch):
    batches = [make_batch(seed=seed, pairs=seed + 1) for seed in range(4)]
    events = go(make_objective(), iter(batches), replace(PLAN, log_every=2), lr=1e-12)
    objective = make_objective()
    logged = [event.nll for event in events if isinstance(event, Logged)]
    for pair, found in zip((batches[:2], batches[2:]), logged, strict=True):
        total = sum(objective(batch).sums.item() for batch in pair)
        assert found == pytest.approx(total / sum(batch.tokens for batch in pair), rel=1e-6)


def test_it_stops_when_validations_no_longer_improve(make_objective, endless):
    plan = replace(PLAN, max_steps=100, validate_every=2, patience=2)
    progress = Progress()
    events = go(make_objective(), endless, plan, progress=progress, losses=iter([3.0, 2.0, 2.0, 2.5]))
    assert events[-1] == Finished(8, "early stopping")
    assert (progress.best, progress.best_step, progress.finished) == (-2.0, 4, "early stopping")


def test_it_stops_when_the_time_is_up_and_validates_first(make_objective, endless):
    events = go(make_objective(), endless, replace(PLAN, max_steps=10**6, max_seconds=0.05))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason == "max_seconds"
    assert steps(events, Validated) == steps(events, SaveDue) == [last.step]


def test_a_signal_saves_and_leaves_the_validation_owed(make_objective, endless):
    progress, plan = Progress(), replace(PLAN, validate_every=3)
    events = go(
        make_objective(), endless, plan, progress=progress, stop=lambda: 15 if progress.step == 3 else None
    )
    assert steps(events, SaveDue) == [3]
    assert steps(events, Validated) == []
    assert events[-1] == Finished(3, "signal 15", 15)
    after = go(make_objective(), endless, plan, progress=progress)
    assert steps(after, Validated) == [3, 4]


def test_a_finished_run_does_nothing_more(make_objective, endless):
    progress = Progress()
    go(make_objective(), endless, progress=progress)
    assert go(make_objective(), endless, progress=progress) == [Finished(4, "max_steps")]


def test_a_loss_that_is_no_number_ends_the_run_before_it_is_saved(make_objective, endless):
    events = []
    objective = make_objective()
    stream = train(
        objective,
        batches=numbered(endless),
        optimizer=torch.optim.SGD(objective.parameters(), lr=1e30),
        schedule=Constant(),
        plan=replace(PLAN, max_steps=50, save_every=5),
        progress=Progress(),
        validate=lambda: Validation(1.0),
        precision=contextlib.nullcontext,
        stop=lambda: None,
    )
    with pytest.raises(NmtError, match=r"step 5: the loss is no longer finite"):
        events.extend(stream)
    assert steps(events, SaveDue) == []
