"""``training.batch_tokens: auto``: measured once, when a run begins, and a number ever after."""

from pathlib import Path

import torch

from nmt.bundle import open_bundle
from nmt.config.experiment import Experiment
from nmt.data.order import Order
from nmt.data.table import Table
from nmt.stages.assemble import assemble
from nmt.stages.measure import largest, memory_of, room, update_of
from nmt.text.files import Tokenizers
from nmt.training.footprint import CEILING, fitting_tokens


def as_stored(experiment: Experiment, checkpoint: Path) -> Experiment:
    """For ``auto``, the number that the run began with."""
    if experiment.training.batch_tokens != "auto":
        return experiment
    return _with(experiment, open_bundle(checkpoint).experiment.training.batch_tokens)


def settled(experiment: Experiment, tokenizers: Tokenizers, table: Table) -> tuple[Experiment, int]:
    """The experiment with its number of batch tokens, and that number; ``auto`` is measured on a model of its own.

    Raises:
        NmtError: there is no room for the smallest batch.
    """
    tokens = experiment.training.batch_tokens
    if tokens != "auto":
        return experiment, tokens
    with torch.random.fork_rng(devices=[]):
        tokens = _measured(experiment, tokenizers, table)
    return _with(experiment, tokens), tokens


def _measured(experiment: Experiment, tokenizers: Tokenizers, table: Table) -> int:
    """By the memory of updates on the longest pairs there are."""
    training = experiment.training
    order = Order(table.source_lengths, table.target_lengths, batch_tokens=CEILING, seed=training.seed)
    rows = largest(table, order)
    update = update_of(experiment, assemble(experiment, tokenizers))
    memory = memory_of(update, table, rows, accumulate=training.accumulate)
    if memory is None:
        return CEILING
    longer = max(int(lengths[rows].max()) + 1 for lengths in (table.source_lengths, table.target_lengths))
    return fitting_tokens(fixed=memory.fixed, per_token=memory.per_row / longer, room=room())


def _with(experiment: Experiment, batch_tokens: int | str) -> Experiment:
    training = experiment.training.model_copy(update={"batch_tokens": batch_tokens})
    return experiment.model_copy(update={"training": training})
