"""Updates of an experiment made for measuring: of its largest batch, and of batches from all over an epoch."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nmt.config.experiment import Experiment
from nmt.data.batch import Batch, make_batch
from nmt.data.order import Ints, Order
from nmt.data.table import Table
from nmt.machine import free_memory, held_memory
from nmt.stages.assemble import Learner, precision
from nmt.training.budget import Budget
from nmt.training.build import half_precision
from nmt.training.ema import Ema
from nmt.training.footprint import Memory, measure_memory, measure_seconds
from nmt.training.gradients import parts_of
from nmt.training.update import Made, update

Update = Callable[[Sequence[Batch]], Made]

GROUPS = 24  # timed at most


def room() -> float:
    """Bytes that this process has and may take; without end where the system does not tell."""
    free, held = free_memory(), held_memory()
    return float("inf") if free is None or held is None else float(free + held)


def update_of(experiment: Experiment, learner: Learner) -> Update:
    """The update that this training makes at every step."""
    learner.objective.train()
    training, parts, budget = experiment.training, parts_of(learner.objective), Budget()
    if training.ema is not None:
        Ema(learner.model, training.ema, learner.optimizer)  # which holds it, by its hook

    def make(batches: Sequence[Batch]) -> Made:
        return update(
            learner.objective,
            batches,
            learner.optimizer,
            model_parts=parts,
            budget=budget,
            clip_norm=training.clip_norm,
            precision=precision(half_precision(training)),
        )

    return make


def memory_of(make: Update, table: Table, rows: Ints, *, accumulate: int) -> Memory | None:
    """The memory of an update on slices of a batch, its longest pairs first; accumulated gradients included."""
    longest_first = rows[::-1]

    def on_slice(count: int) -> None:
        make([make_batch(longest_first[:count], table)] * min(accumulate, 2))

    return measure_memory(on_slice, len(rows), free=room())


def seconds_of(make: Update, table: Table, order: Order, *, accumulate: int, budget: float) -> float:
    """Seconds of an update, over batches of all lengths that the epoch has."""
    return measure_seconds(make, _spread(table, order, accumulate), budget=budget)


def largest(table: Table, order: Order) -> Ints:
    """The rows of the first epoch's batch that needs most memory, by ``Batch.volume`` told from lengths alone."""
    return max(_epoch(order), key=lambda rows: len(rows) * np.prod(_padded(table, rows)))


def _spread(table: Table, order: Order, accumulate: int) -> Iterator[Sequence[Batch]]:
    """Groups of batches from places all over the epoch in order of length, spread evenly wherever they are cut."""
    by_length = sorted(_epoch(order), key=lambda rows: _padded(table, rows))
    for number in range(GROUPS + 1):
        places = (van_der_corput(number * accumulate + one + 1) for one in range(accumulate))
        yield [make_batch(by_length[int(place * len(by_length))], table) for place in places]


def _epoch(order: Order) -> list[Ints]:
    return [order.batch(0, number) for number in range(order.batches(0))]


def _padded(table: Table, rows: Ints) -> tuple[int, int]:
    """Source and target length of a batch, with EOS or BOS."""
    return int(table.source_lengths[rows].max()) + 1, int(table.target_lengths[rows].max()) + 1


def van_der_corput(number: int) -> float:
    """The ``number``-th place, from 1, of a sequence that is even at any length: 1/2, 1/4, 3/4, 1/8, 5/8, ..."""
    place, part = 0.0, 0.5
    while number:
        place += part * (number % 2)
        number, part = number // 2, part / 2
    return place
