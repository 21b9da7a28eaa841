"""Which pairs make which batch: a pure function of (seed, epoch, number), the same on any machine.

Choose the pairs (each once, or as often as its corpus's weight says), permute them, sort them in pools so that
equals meet, cut the pools by the token budget, permute the batches.
"""

from collections.abc import Generator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]

POOL = 128  # batches that are sorted together: more means less padding, fewer means more chance
WINDOW = 4096  # rows looked at for one batch, and so its most
SLACK = 0.3  # share of the budget that a batch may leave unused to keep sentences of other lengths out


class Share(NamedTuple):
    """A corpus of the table: so many rows after those of the corpora before, each ``weight`` times an epoch."""

    rows: int
    weight: float = 1.0


class Plan(NamedTuple):
    """One epoch: batch i is ``rows[starts[shuffled[i]] : starts[shuffled[i] + 1]]``."""

    rows: Ints
    starts: Ints
    shuffled: Ints


Planning = Generator[None, None, Plan]
"""A plan in the making, a pool with each step."""


class Order:
    """The batches of every epoch. Each pair comes exactly once an epoch, or as its corpus's share says.

    A batch has at most ``batch_tokens`` tokens, which are its rows times its longer padded side (source and
    EOS, or target and BOS); a pair that is larger alone is a batch of its own.

    Holds sixteen bytes a pair: two lengths, this epoch's plan and, once it was asked to ``plan_ahead``, the next
    one's; and sixteen for each batch. To take part of a corpus needs four more while a plan is begun.
    """

    def __init__(
        self,
        source_lengths: Ints,
        target_lengths: Ints,
        *,
        batch_tokens: int,
        seed: int,
        shares: Sequence[Share] = (),
    ) -> None:
        """Takes the lengths of the pairs, without special tokens, and the corpora they are of. Shape: [pairs] each.

        Raises:
            ValueError: no pairs, or lengths or shares that do not belong together.
        """
        pairs = len(source_lengths)
        if not pairs or pairs != len(target_lengths):
            raise ValueError(f"lengths of {pairs} sources and {len(target_lengths)} targets")
        if shares and sum(share.rows for share in shares) != pairs:
            raise ValueError(f"shares of {sum(share.rows for share in shares)} pairs and lengths of {pairs}")
        self._source_lengths = source_lengths
        self._target_lengths = target_lengths
        self._batch_tokens = batch_tokens
        self._seed = seed
        self._shares = shares or (Share(pairs),)
        self._epoch = -1
        self._plan: Plan | None = None
        self._next: Planning | Plan | None = None

    def batches(self, epoch: int) -> int:
        """How many batches an epoch has."""
        return len(self._of(epoch).shuffled)

    def batch(self, epoch: int, number: int) -> Ints:
        """The rows of one batch, longest last. Shape: [rows]."""
        plan = self._of(epoch)
        here = plan.shuffled[number]
        return plan.rows[plan.starts[here] : plan.starts[here + 1]]

    def plan_ahead(self) -> None:
        """A pool's worth of work on the epoch after the one last asked for.

        Called after each batch it spares the stall at the border of the epochs; it never changes what is planned.
        """
        if self._next is None:
            self._next = self._planning(self._epoch + 1)
        if isinstance(self._next, Generator):
            self._next = _step(self._next)

    def _of(self, epoch: int) -> Plan:
        """The plan of an epoch; kept are the last one asked for and, perhaps, its successor."""
        if self._plan is None or epoch != self._epoch:
            following = self._next if epoch == self._epoch + 1 else None
            self._plan = self._next = None  # gone before another one is made
            making = following or self._planning(epoch)
            while isinstance(making, Generator):
                making = _step(making)
            self._plan, self._epoch = making, epoch
        return self._plan

    def _planning(self, epoch: int) -> Planning:
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self._seed, epoch])))
        rows = self._chosen(epoch)
        generator.shuffle(rows)
        starts = []
        for begin in range(0, len(rows), self._pool):
            yield
            pool = rows[begin : begin + self._pool]
            source, target = self._source_lengths[pool], self._target_lengths[pool]
            by_length = _snake(source, target)
            pool[:] = pool[by_length]
            cuts = _cut(source[by_length] + 1, target[by_length] + 1, self._batch_tokens)
            starts.append(np.array(cuts, dtype=np.int32) + np.int32(begin))
        starts.append(np.array([len(rows)], dtype=np.int32))
        batches = np.concatenate(starts)
        shuffled = np.arange(len(batches) - 1, dtype=np.int32)
        generator.shuffle(shuffled)
        return Plan(rows, batches, shuffled)

    def _chosen(self, epoch: int) -> Ints:
        """The rows of an epoch, corpus by corpus: all of them as often as the weight is whole, then some.

        Which ones goes round in a circle, a fixed permutation of the corpus, so that over the epochs none comes
        more than once more often than another.
        """
        parts = [(share.rows, int(share.weight), _some(share)) for share in self._shares]
        rows = np.empty(sum(pairs * whole + some for pairs, whole, some in parts), dtype=np.int32)
        here = begin = 0
        for number, (pairs, whole, some) in enumerate(parts):
            for _ in range(whole):
                _count(rows[here : here + pairs], begin)
                here += pairs
            if some:
                circle = np.arange(begin, begin + pairs, dtype=np.int32)
                seeds = np.random.SeedSequence(self._seed, spawn_key=(number,))
                np.random.Generator(np.random.PCG64(seeds)).shuffle(circle)
                first = epoch * some % pairs
                until_its_end = circle[first : first + some]
                rows[here : here + len(until_its_end)] = until_its_end
                rows[here + len(until_its_end) : here + some] = circle[: some - len(until_its_end)]
                here += some
            begin += pairs
        return rows

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


def _step(planning: Planning) -> Planning | Plan:
    """The same planning a step further, or the plan that it came to."""
    try:
        next(planning)
    except StopIteration as done:
        plan: Plan = done.value
        return plan
    return planning


def _some(share: Share) -> int:
    """How many pairs the part of a weight after the point stands for; one at least where there is such a part."""
    part = share.weight - int(share.weight)
    return min(share.rows, max(1, round(part * share.rows))) if part else 0


def _count(rows: Ints, begin: int) -> None:
    """Writes ``begin``, ``begin + 1`` ... without a second array as large."""
    for start in range(0, len(rows), WINDOW):
        some = rows[start : start + WINDOW]
        some[:] = np.arange(begin + start, begin + start + len(some), dtype=np.int32)


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
