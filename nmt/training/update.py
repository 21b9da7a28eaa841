"""One update: the gradient of all accumulated batches, and a step of the optimiser where it is finite.

A batch that does not fit into memory is halved and the whole gradient taken again. Losses are sums over tokens,
divided by the tokens of the whole, so that neither halving nor accumulating changes the mathematics; only the masks of
dropout are others.
"""

import gc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from math import isfinite

import torch

from nmt.data.batch import Batch
from nmt.machine import out_of_memory, return_memory
from nmt.training.budget import Budget
from nmt.training.gradients import Parts, clip_and_measure, scale
from nmt.training.objective import Objective
from nmt.training.ranks import ALONE, Ranks

Precision = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Made:
    """What came of an update. loss, nll: sums over ``tokens``; norm: of the gradient before clipping; norms: by part.
    parts: batches it took, counted as of one process; dropped: rows of the table that do not fit into memory even
    alone."""

    loss: float
    nll: float
    norm: float
    norms: dict[str, float]
    tokens: int
    parts: int
    dropped: tuple[int, ...]

    @property
    def wrong(self) -> str:
        """Why the step was not made, or nothing."""
        if not self.tokens:
            return "nothing of the batch fits into memory"
        if not isfinite(self.loss):
            return "the loss is not finite"
        return "" if isfinite(self.norm) else "the gradient is not finite"


def update(
    objective: Objective,
    batches: Sequence[Batch],
    optimizer: torch.optim.Optimizer,
    *,
    model_parts: Parts,
    budget: Budget,
    clip_norm: float,
    precision: Precision,
    ranks: Ranks = ALONE,
) -> Made:
    """One step of the optimiser, or none where loss or gradient are not finite: then everything stays as it was.

    ``batches`` hold this process's rows, perhaps none; the step is that of the rows of all ``ranks``. What a term of
    the objective remembers counts each batch once, however often memory ran out on the way.
    """
    parts, dropped = [batch for batch in batches if len(batch.rows)], list[int]()
    (tokens,) = ranks.total([_tokens(parts)])
    remembered = {name: tensor.clone() for name, tensor in objective.terms.state_dict().items()}
    while isinstance(sums := _gradient(objective, parts, tokens, precision, budget), int):
        objective.terms.load_state_dict(remembered)
        optimizer.zero_grad(set_to_none=True)
        gc.collect()
        return_memory()
        parts, dropped = _smaller(parts, sums, dropped)
    more = len(parts) - sum(len(batch.rows) > 0 for batch in batches)
    loss, nll, left, split, lost = ranks.total([*sums, _tokens(parts), more, len(dropped)])
    learning = [parameter for some in model_parts.values() for parameter in some]
    ranks.share(learning)
    if lost and left:  # what was dropped is not to count among the tokens
        scale(learning, tokens / left)
    norm, norms = clip_and_measure(model_parts, clip_norm)
    made = Made(
        loss,
        nll,
        norm=norm.item(),
        norms={name: one.item() for name, one in norms.items()},
        tokens=int(left),
        parts=len(batches) + int(split),
        dropped=tuple(chain(*ranks.each(dropped))) if lost else (),
    )
    ranks.copy(objective.terms.state_dict().values())
    if made.wrong:
        objective.terms.load_state_dict(remembered)
    else:
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return made


def _gradient(
    objective: Objective, batches: Sequence[Batch], tokens: float, precision: Precision, budget: Budget
) -> tuple[float, float] | int:
    """Accumulates the gradient of the loss over ``tokens``; the sums of loss and nll, or the batch at which memory ran
    out."""
    done, total, nll = 0, 0.0, 0.0
    try:
        for batch in batches:
            with budget.watching(batch):
                with precision():
                    loss = objective(batch)
                (loss.sums / tokens).backward()
            total, nll = total + loss.sums.item(), nll + loss.parts["nll"].item()
            done += 1
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        return done
    return total, nll


def _tokens(batches: Sequence[Batch]) -> int:
    return sum(batch.tokens for batch in batches)


def _smaller(batches: Sequence[Batch], place: int, dropped: list[int]) -> tuple[list[Batch], list[int]]:
    """The batches with one of them halved, or dropped where it is a single row."""
    before, batch, after = batches[:place], batches[place], batches[place + 1 :]
    if len(batch.rows) > 1:
        return [*before, *batch.halves(), *after], dropped
    return [*before, *after], [*dropped, int(batch.rows[0])]
