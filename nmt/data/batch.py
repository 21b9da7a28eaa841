"""A batch as the model sees it: padded tensors, sources ended by EOS, targets shifted by one.

Letters: B rows, S source length with EOS, T target length with EOS (or with BOS).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from nmt.data.noise import Noise
from nmt.data.order import Ints
from nmt.data.table import Table
from nmt.text.special import BOS, EOS, PAD

Tokens = Sequence[int] | npt.NDArray[np.int32]


@dataclass(frozen=True)
class Batch:
    """Padded pairs; ``target_out`` is what is predicted after ``target_in``."""

    source: torch.Tensor  # [B, S] long: x, EOS
    source_lengths: torch.Tensor  # [B] long, EOS counted
    target_in: torch.Tensor  # [B, T] long: BOS, y
    target_out: torch.Tensor  # [B, T] long: y, EOS
    target_lengths: torch.Tensor  # [B] long, EOS counted
    rows: Ints  # [B] where the pairs stand in their table

    @property
    def padded_length(self) -> int:
        """The longer padded side."""
        return max(self.source.shape[1], self.target_in.shape[1])

    @property
    def target_mask(self) -> torch.Tensor:
        """Where ``target_out`` is real. Shape: [B, T]."""
        return self.target_out != PAD

    @property
    def tokens(self) -> int:
        """Real target tokens, end symbols included."""
        return int(self.target_lengths.sum())

    @property
    def cells(self) -> int:
        """Rows times the longer padded side: the batch's size in tokens, padding included."""
        return len(self.rows) * self.padded_length

    @property
    def volume(self) -> int:
        """Rows times source times target length: what attention to the source takes memory for."""
        return len(self.rows) * self.source.shape[1] * self.target_in.shape[1]

    def halves(self) -> tuple["Batch", "Batch"]:
        """The same pairs in two batches of half as many rows, without the padding that neither needs."""
        middle = len(self.rows) // 2
        return self._cut(slice(None, middle)), self._cut(slice(middle, None))

    def twice(self) -> "Batch":
        """The same pairs, and behind them all of them again."""
        tensors = (self.source, self.source_lengths, self.target_in, self.target_out, self.target_lengths)
        source, source_lengths, target_in, target_out, target_lengths = (
            torch.cat([tensor, tensor]) for tensor in tensors
        )
        rows = np.concatenate([self.rows, self.rows])
        return Batch(source, source_lengths, target_in, target_out, target_lengths, rows)

    def _cut(self, rows: slice) -> "Batch":
        source_lengths, target_lengths = self.source_lengths[rows], self.target_lengths[rows]
        width, height = int(source_lengths.max()), int(target_lengths.max())
        return Batch(
            source=self.source[rows, :width],
            source_lengths=source_lengths,
            target_in=self.target_in[rows, :height],
            target_out=self.target_out[rows, :height],
            target_lengths=target_lengths,
            rows=self.rows[rows],
        )

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        tensors = (self.source, self.source_lengths, self.target_in, self.target_out, self.target_lengths)
        source, source_lengths, target_in, target_out, target_lengths = (
            tensor.to(device, non_blocking=True) for tensor in tensors
        )
        return Batch(source, source_lengths, target_in, target_out, target_lengths, self.rows)


def make_batch(rows: Ints, table: Table, noise: Noise | None = None, epoch: int = 0) -> Batch:
    """The pairs of a table at ``rows``, padded; with ``noise``, as this epoch sees them."""
    if noise is None:
        return collate([table.source(row) for row in rows], [table.target(row) for row in rows], rows)
    seen = [noise.pair(table, int(row), epoch) for row in rows]
    read = [pair.target_in for pair in seen]
    return collate([pair.source for pair in seen], [pair.target for pair in seen], rows, read)


def collate(
    sources: Sequence[Tokens],
    targets: Sequence[Tokens],
    rows: Ints | None = None,
    read: Sequence[Tokens] | None = None,
) -> Batch:
    """Pads pairs of ids without special tokens.

    ``rows`` are their numbers, 0 to B-1 when not given; ``read`` is what the decoder reads of the targets, when
    that is not the targets themselves.
    """
    source, source_lengths = pad_sources(sources)
    target_out, target_lengths = _pad(targets, EOS, last=True)
    target_in, _ = _pad(targets if read is None else read, BOS, last=False)
    numbers = np.arange(len(sources), dtype=np.int32) if rows is None else rows
    return Batch(source, source_lengths, target_in, target_out, target_lengths, numbers)


def pad_sources(sources: Sequence[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
    """Sources, ended by EOS and padded, and their lengths with it. Shape: [B, S] and [B], long."""
    return _pad(sources, EOS, last=True)


def _pad(sequences: Sequence[Tokens], special: int, *, last: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences with ``special`` last or first in each, padded; and their lengths with it."""
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences)) + 1
    padded = np.full((len(sequences), int(lengths.max(initial=1))), PAD, dtype=np.int64)
    place = np.arange(padded.shape[1])
    if last:
        real = place < lengths[:, None] - 1
        padded[np.arange(len(sequences)), lengths - 1] = special
    else:
        real = (place > 0) & (place < lengths[:, None])
        padded[:, 0] = special
    if len(sequences):
        padded[real] = np.concatenate(sequences)  # both run row by row
    return torch.from_numpy(padded), torch.from_numpy(lengths)
