"""What is drawn anew each time that training sees a pair: its pieces, and which of them the model may not read.

All draws are a pure function of (seed, epoch, row), so that they are the same in any batch, thread, process or
resumed run. A row that a weighted corpus shows twice in one epoch is drawn alike both times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nmt.data.table import Ids, Table
from nmt.text.special import UNK

Sample = Callable[[str, int], list[int]]
"""From a text and the seed of the draw to ids: subword sampling."""

_DRAWS = 0x6E6F697365  # keeps these streams apart from the order's, which have the same seed and epoch


class Noisy(NamedTuple):
    """A pair as it is seen this time: ``target_in`` is read by the decoder, ``target`` is what it must say."""

    source: Ids
    target_in: Ids
    target: Ids


@dataclass(frozen=True)
class Noise:
    """Subword sampling (Kudo 2018, Provilkov et al. 2020) and word dropout.

    Word dropout hides a piece behind the unknown piece with some probability: of the target as Bowman et al. 2016
    ("Generating Sentences from a Continuous Space"), of the source alike. Special tokens are not pieces and stay.
    A side that is drawn in more than ``longest`` pieces keeps the best ones, as the filter of lengths saw them.
    """

    seed: int
    sample_source: Sample | None = None
    sample_target: Sample | None = None
    drop_source: float = 0.0
    drop_target: float = 0.0
    longest: int | None = None

    def pair(self, table: Table, row: int, epoch: int) -> Noisy:
        """A row of a table as an epoch sees it; a table holds its texts where a side is sampled."""
        sequence = np.random.SeedSequence([self.seed, epoch, row], spawn_key=(_DRAWS,))
        source_seed, target_seed, *rest = (int(word) for word in sequence.generate_state(4))
        source, target = table.source(row), table.target(row)
        if self.sample_source or self.sample_target:
            source_text, target_text = table.texts(row)
            if self.sample_source:
                source = self._drawn(self.sample_source(source_text, source_seed), source)
            if self.sample_target:
                target = self._drawn(self.sample_target(target_text, target_seed), target)
        if not (self.drop_source or self.drop_target):
            return Noisy(source, target, target)
        generator = np.random.Generator(np.random.PCG64(rest))
        source = _hide(source, generator.random(len(source)) < self.drop_source)
        target_in = _hide(target, generator.random(len(target)) < self.drop_target)
        return Noisy(source, target_in, target)

    def _drawn(self, drawn: list[int], best: Ids) -> Ids:
        fits = self.longest is None or len(drawn) <= self.longest
        return np.array(drawn, dtype=np.int32) if fits else best


def _hide(ids: Ids, where: np.ndarray) -> Ids:
    return np.where(where, np.int32(UNK), ids)
