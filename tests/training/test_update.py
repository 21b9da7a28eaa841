"""One update: what is left behind by a batch that did not fit into memory, and by a step that was not made."""

import contextlib
import math

import pytest
import torch

from nmt.training.budget import Budget
from nmt.training.gradients import parts_of
from nmt.training.objective import Objective, Part, Term
from nmt.training.update import Made, update

ROWS = 4


class Counting(Term):
    """Remembers how many rows it saw; memory runs out at more than ``fits``, and the loss is ``loss``."""

    name = "counting"

    def __init__(self, *, fits: int = ROWS, loss: float = 0.0) -> None:
        super().__init__()
        self.fits, self.loss = fits, loss
        self.register_buffer("rows", torch.tensor(0))

    def forward(self, told):
        self.rows += len(told.batch.rows)
        if len(told.batch.rows) > self.fits:
            raise MemoryError
        return Part(torch.tensor(self.loss), torch.tensor(0.0))


@pytest.fixture
def make_update(make_objective, make_batch):
    def made(counting: Counting) -> Made:
        objective = Objective(make_objective().model, [counting])
        batches = [make_batch(seed=1, pairs=2), make_batch(seed=2, pairs=ROWS)]
        return update(
            objective,
            batches,
            torch.optim.SGD(objective.parameters(), lr=0.1),
            model_parts=parts_of(objective),
            budget=Budget(objective.parameters()),
            clip_norm=1.0,
            precision=contextlib.nullcontext,
        )

    return made


def test_what_terms_remember_counts_each_row_once_however_often_memory_ran_out(make_update):
    counting = Counting(fits=1)
    assert make_update(counting).parts == 2 + ROWS
    assert counting.rows == 2 + ROWS


def test_a_step_that_is_not_made_leaves_nothing_with_the_terms(make_update):
    counting = Counting(loss=math.nan)
    assert make_update(counting).wrong
    assert counting.rows == 0
