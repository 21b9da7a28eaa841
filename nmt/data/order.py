"""Which pairs make which batch: a pure function of (seed, epoch, number), the same on any machine.

Permute the pairs, sort them in pools so that equals meet, cut the pools by the token budget, permute the
batches.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]

POOL = 128  # batches that are sorted together: more means less padding, fewer means more chance
WINDOW = 4096  # rows looked at for one batch, and so its most
SLACK = 0.3  # share of the budget that a batch may leave unused to keep sentences of other lengths out


class Plan(NamedTuple):
    """One epoch: batch i is ``rows[starts[shuffled[i]] : starts[shuffled[i] + 1]]``."""

    epoch: int
    rows: Ints
    starts: Ints
    shuffled: Ints


class Order:
    """The batches of every epoch. Each pair comes exactly once an epoch; holds twelve bytes a pair.

    A batch has at most ``batch_tokens`` tokens, which are its rows times its longer padded side (source and
    EOS, or target and BOS); a pair that is larger alone is a batch of its own.
    """

    def __init__(self, source_lengths: Ints, target_lengths: Ints, *, batch_tokens: int, seed: int) -> None:
        """Takes the lengths of the pairs, without special tokens. Shape: [pairs] each.

        Raises:
            ValueError: no pairs, or lengths that do not belong together.
        """
        if not len(source_lengths) or len(source_lengths) != len(target_lengths):
            raise ValueError(f"lengths of {len(source_lengths)} sources and {len(target_lengths)} targets")
        self._source_lengths = source_lengths
        self._target_lengths = target_lengths
        self._batch_tokens = batch_tokens
        self._seed = seed
        self._plan = self._planned(0)

    def batches(self, epoch: int) -> int:
        """How many batches an epoch has."""
        return len(self._of(epoch).shuffled)

    def batch(self, epoch: int, number: int) -> Ints:
        """The rows of one batch, longest last. Shape: [rows]."""
        plan = self._of(epoch)
        here = plan.shuffled[number]
        return plan.rows[plan.starts[here] : plan.starts[here + 1]]

    def _of(self, epoch: int) -> Plan:
        """The plan of an epoch; only the last one asked for is kept."""
        plan = self._plan
        if plan.epoch != epoch:
            plan = self._plan = self._planned(epoch)
        return plan

    def _planned(self, epoch: int) -> Plan:
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self._seed, epoch])))
        rows = np.arange(len(self._source_lengths), dtype=np.int32)
        generator.shuffle(rows)
        starts: list[int] = []
        for begin in range(0, len(rows), self._pool):
            pool = rows[begin : begin + self._pool]
            source, target = self._source_lengths[pool], self._target_lengths[pool]
            by_length = _snake(source, target)
            pool[:] = pool[by_length]
            cuts = _cut(source[by_length] + 1, target[by_length] + 1, self._batch_tokens)
            starts.extend(begin + cut for cut in cuts)
        shuffled = generator.permutation(len(starts)).astype(np.int32)
        return Plan(epoch, rows, np.array([*starts, len(rows)], dtype=np.int32), shuffled)

    @cached_property
    def _pool(self) -> int:
        """Pairs in a pool."""
        tokens = sum(
            int(lengths.sum(dtype=np.int64)) for lengths in (self._source_lengths, self._target_lengths)
        )
        typical = tokens / (2 * len(self._source_lengths)) + 1
        return max(1, int(POOL * self._batch_tokens / typical))


def rank_rows(rows: Ints, rank: int, world: int) -> Ints:
    """The rows of a batch that process ``rank`` of ``world`` takes: each row once, lengths spread evenly."""
    return rows[rank::world]


def _snake(source: Ints, target: Ints) -> npt.NDArray[np.intp]:
    """Sorts by the longer side, and among equals by the difference of the sides, up and down in turn.

    The turning keeps both sides of neighbours alike where the longer side changes in the middle of a batch.
    The sort is stable, so pairs of the same lengths stay in the order of the permutation.
    """
    longer = np.maximum(source, target)
    difference = source - target
    return np.lexsort((np.where(longer % 2, difference, -difference), longer))


def _cut(source: Ints, target: Ints, batch_tokens: int) -> list[int]:
    """Where batches begin in rows of these padded lengths, which are sorted by the longer.

    Each batch is as large as the budget allows, or up to ``SLACK`` smaller where that saves padding.
    """
    longer = np.maximum(source, target)
    sizes = np.arange(1, WINDOW + 1)
    starts, here = [], 0
    while here < len(longer):
        starts.append(here)
        window = longer[here : here + WINDOW]
        most = max(1, int(np.searchsorted(window * sizes[: len(window)], batch_tokens, side="right")))
        if here + most < len(longer):
            most = _best_size(source[here : here + most], target[here : here + most])
        here += most
    return starts


def _best_size(source: Ints, target: Ints) -> int:
    """How many of these rows to take: by the share of real tokens and, a tenth as much, by fullness."""
    most = len(source)
    sizes = np.arange(1, most + 1)
    cells = sizes * (np.maximum.accumulate(source) + np.maximum.accumulate(target))
    worth = np.cumsum(source + target, dtype=np.int64) / cells + 0.1 * sizes / most
    least = max(1, int(most * (1 - SLACK)))
    return least + int(np.argmax(worth[least - 1 :]))
