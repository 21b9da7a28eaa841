"""The loop: what happens at which step, and that accumulating changes nothing but memory."""

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from nmt.data.batch import Batch, collate
from nmt.data.loader import Cursor
from nmt.errors import NmtError
from nmt.training.events import Event, Finished, Logged, SaveDue, Skipped, Split, Stepped, Validated
from nmt.training.loop import Plan, train
from nmt.training.objective import Loss, Objective
from nmt.training.progress import Progress
from nmt.training.schedule import Constant, Schedule
from nmt.training.signals import Asked
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
    keep_best=1,
    patience=None,
    max_skipped=3,
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
    ask: Callable[[Event, Asked], None] = lambda event, asked: None,
    lr: float = 0.1,
) -> list[Event]:
    """The events of a training with plain gradient descent; validations find these losses, or ever lower ones.
    ``ask`` may ask for something after each event."""
    losses = itertools.count(9.0, -1.0) if losses is None else losses
    asked, events = Asked(), []
    for event in train(
        objective,
        batches=numbered(batches),
        optimizer=torch.optim.SGD(objective.parameters(), lr=lr),
        schedule=schedule or Constant(),
        plan=plan,
        progress=progress or Progress(),
        validate=lambda: Validation(next(losses)),
        precision=contextlib.nullcontext,
        asked=asked,
        place=lambda row: f"text:{row + 1}",
    ):
        events.append(event)
        ask(event, asked)
    return events


def only(kind: type[Event], ask: Callable[[Event, Asked], None]) -> Callable[[Event, Asked], None]:
    return lambda event, asked: ask(event, asked) if isinstance(event, kind) else None


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
    assert steps(events, SaveDue) == [0, 3, 4, 7]
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
    assert (max(progress.figures), progress.best_step, progress.finished) == (-2.0, 4, "early stopping")


def test_it_stops_when_the_time_is_up_and_validates_first(make_objective, endless):
    events = go(make_objective(), endless, replace(PLAN, max_steps=10**6, max_seconds=0.05))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason == "max_seconds"
    assert steps(events, Validated) == [last.step]
    assert steps(events, SaveDue) == [0, last.step]


def test_a_signal_saves_and_leaves_the_validation_owed(make_objective, endless):
    progress, plan = Progress(), replace(PLAN, validate_every=3)

    def stop(event: Event, asked: Asked) -> None:
        asked.stop = 15 if event.step == 3 else None

    events = go(make_objective(), endless, plan, progress=progress, ask=only(Stepped, stop))
    assert steps(events, SaveDue) == [0, 3]
    assert steps(events, Validated) == []
    assert events[-1] == Finished(3, "signal 15", 15)
    after = go(make_objective(), endless, plan, progress=progress)
    assert steps(after, Validated) == [3, 4]


def test_a_finished_run_does_nothing_more(make_objective, endless):
    progress = Progress()
    go(make_objective(), endless, progress=progress)
    assert go(make_objective(), endless, progress=progress) == [Finished(4, "max_steps")]


class Faulty(Objective):
    """An objective whose loss, or whose gradient alone, is no number in some passes, counted from 1."""

    def __init__(
        self, whole: Objective, *, losses: Collection[int] = (), gradients: Collection[int] = ()
    ) -> None:
        super().__init__(whole.model, list(whole.terms.values()))
        self.losses, self.gradients, self.passes = losses, gradients, 0

    def forward(self, batch: Batch) -> Loss:
        self.passes += 1
        loss = super().forward(batch)
        if self.passes in self.losses:
            return loss._replace(sums=loss.sums * math.nan)
        if self.passes in self.gradients:
            loss.sums.register_hook(lambda grad: grad * math.inf)
        return loss


def test_an_update_that_is_not_finite_is_skipped_and_named(make_objective, make_batch):
    batches = [make_batch(seed=seed) for seed in range(6)]
    plan = replace(PLAN, max_steps=6, log_every=6)
    progress = Progress()
    faulty = Faulty(make_objective(), losses=[2], gradients=[3, 5])
    events = go(faulty, iter(batches), plan, progress=progress)
    lines = ("text:1", "text:2", "text:3", "text:4")
    assert [event for event in events if isinstance(event, Skipped)] == [
        Skipped(2, "the loss is not finite", lines),
        Skipped(3, "the gradient is not finite", lines),
        Skipped(5, "the gradient is not finite", lines),
    ]
    assert (progress.skipped, progress.streak, progress.index) == (3, 0, 6)
    # What was skipped left no trace: not in the weights, and not in the means.
    whole = make_objective()
    only_good = go(whole, iter([batches[0], batches[3], batches[5]]), replace(plan, max_steps=3, log_every=3))
    for one, other in zip(faulty.parameters(), whole.parameters(), strict=True):
        assert torch.equal(one, other)
    (logged,), (expected,) = (
        [event for event in some if isinstance(event, Logged)] for some in (events, only_good)
    )
    assert (logged.loss, logged.grad_norm, logged.skipped) == (expected.loss, expected.grad_norm, 3)


def test_too_many_in_a_row_end_the_run_and_nothing_of_them_is_saved(make_objective, endless):
    plan = replace(PLAN, max_steps=50, save_every=1, max_skipped=3)
    progress, seen = Progress(), list[Event]()
    faulty = Faulty(make_objective(), losses=[2, 4, 5, 6])
    with pytest.raises(NmtError, match=r"step 6: the loss is not finite, 3 times in a row"):
        go(faulty, endless, plan, progress=progress, ask=lambda event, _: seen.append(event))
    assert steps(seen, SaveDue) == [0, 1, 3]


def test_a_rate_that_ruins_the_weights_ends_the_run(make_objective, endless):
    seen = list[Event]()
    plan = replace(PLAN, max_steps=50, save_every=5, max_skipped=10)
    with pytest.raises(NmtError, match=r"a lower training\.optimizer\.lr"):
        go(make_objective(), endless, plan, lr=1e30, ask=lambda event, _: seen.append(event))
    assert steps(seen, SaveDue) == [0]


def test_a_signal_waits_until_the_weights_are_known_to_be_good(make_objective, endless):
    def stop(event: Event, asked: Asked) -> None:
        asked.stop = 2 if event.step >= 2 else None

    faulty = Faulty(make_objective(), losses=[2, 3])
    events = go(faulty, endless, ask=only(Stepped, stop))
    assert steps(events, SaveDue) == [0, 4]
    assert events[-1] == Finished(4, "signal 2", 2)


def test_a_checkpoint_that_is_due_while_updates_are_skipped_is_made_after_them(make_objective, endless):
    faulty = Faulty(make_objective(), losses=[4, 5])
    events = go(faulty, endless, replace(PLAN, max_steps=9, save_every=4))
    assert steps(events, SaveDue) == [0, 6, 8, 9]


def test_a_checkpoint_that_is_asked_for_is_made_and_the_run_goes_on(make_objective, endless):
    def save(event: Event, asked: Asked) -> None:
        asked.save = event.step == 2

    events = go(make_objective(), endless, ask=only(Stepped, save))
    assert steps(events, SaveDue) == [0, 2, 4]


class Small(Objective):
    """An objective that runs out of memory for batches of more than so many tokens, padding included."""

    def __init__(self, whole: Objective, *, cells: int) -> None:
        super().__init__(whole.model, list(whole.terms.values()))
        self.cells = cells

    def forward(self, batch: Batch) -> Loss:
        loss = super().forward(batch)
        if batch.cells > self.cells:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
        return loss


def test_a_batch_that_does_not_fit_is_done_in_parts_with_the_same_result(make_objective, make_batch):
    batches = [make_batch(seed=seed, pairs=9) for seed in range(4)]
    whole, small = make_objective().double(), Small(make_objective().double(), cells=20)
    go(whole, iter(batches), replace(PLAN, max_steps=2, accumulate=2))
    events = go(small, iter(batches), replace(PLAN, max_steps=2, accumulate=2))
    assert steps(events, Split) == [1, 2]
    assert all(event.parts > 4 and not event.dropped for event in events if isinstance(event, Split))
    for one, other in zip(small.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_a_sentence_that_does_not_fit_even_alone_is_named_and_the_rest_is_learnt(make_objective):
    short, long = [[5, 6, 7]] * 3, [[4] * 40]
    small = Small(make_objective(), cells=20)
    events = go(small, iter([collate(short + long, short + long)]), replace(PLAN, max_steps=1))
    (split,) = (event for event in events if isinstance(event, Split))
    assert split.dropped == ("text:4",)
    whole = make_objective()
    go(whole, iter([collate(short, short)]), replace(PLAN, max_steps=1))
    for one, other in zip(small.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)


def test_where_nothing_of_a_batch_fits_the_update_is_skipped(make_objective, make_batch):
    events = go(
        Small(make_objective(), cells=1), iter([make_batch(seed=1, pairs=2)]), replace(PLAN, max_steps=1)
    )
    assert [event.why for event in events if isinstance(event, Skipped)] == [
        "nothing of the batch fits into memory"
    ]


def test_another_error_is_not_taken_for_a_lack_of_memory(make_objective, make_batch):
    class Broken(Objective):
        def forward(self, batch: Batch) -> Loss:
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    objective = make_objective()
    with pytest.raises(RuntimeError, match="shapes"):
        go(Broken(objective.model, list(objective.terms.values())), iter([make_batch(seed=1)]))


def test_the_time_for_a_last_validation_and_save_is_kept(make_objective, endless):
    """A validation takes a fifth of a second here; so the steps end that much before the limit."""
    progress = Progress()
    objective = make_objective()

    def slow() -> Validation:
        time.sleep(0.2)
        return Validation(1.0)

    events = list(
        train(
            objective,
            batches=numbered(endless),
            optimizer=torch.optim.SGD(objective.parameters(), lr=1e-3),
            schedule=Constant(),
            plan=replace(PLAN, max_steps=10**6, max_seconds=1.5, validate_every=1),
            progress=progress,
            validate=slow,
            precision=contextlib.nullcontext,
            asked=Asked(),
            place=str,
        )
    )
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "max_seconds"
    assert len(steps(events, Validated)) > 1
    assert progress.seconds < 1.5


def test_four_accumulated_batches_of_1024_tokens_give_the_gradient_of_4096(make_objective):
    """In float32, without dropout, to 1e-6."""
    generator = np.random.default_rng(1)
    pairs = [generator.integers(4, 12, size=15).tolist() for _ in range(256)]
    parts = [collate(pairs[start : start + 64], pairs[start : start + 64]) for start in range(0, 256, 64)]
    assert [part.cells for part in parts] == [1024] * 4
    gradients = []
    for batches in (parts, [collate(pairs, pairs)]):
        objective = make_objective()
        start = [parameter.detach().clone() for parameter in objective.parameters()]
        go(objective, iter(batches), replace(PLAN, max_steps=1, accumulate=len(batches)), lr=1.0)
        pairs_of = zip(start, objective.parameters(), strict=True)
        gradients.append([before - after.detach() for before, after in pairs_of])
    assert max(one.abs().max().item() for one in gradients[1]) > 1e-2
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
