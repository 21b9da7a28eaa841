"""Embeddings that know their places: where a side of a Transformer begins."""

import math

from torch import Tensor, nn

from nmt.attention.dropout import Dropout
from nmt.models.positions import Positions


class Placed(nn.Module):
    """``dropout(sqrt(D) * E[y] + place)`` (Vaswani et al. 2017, sections 3.4 and 3.5).

    The embeddings begin as N(0, 1/D), as an output layer that shares them should, and are brought to the size of the
    waves here.
    """

    def __init__(self, *, positions: Positions, size: int, dropout: float) -> None:
        super().__init__()
        self.positions, self.scale, self.dropout = positions, math.sqrt(size), Dropout(dropout)

    def forward(self, embedded: Tensor, *, first: int = 0) -> Tensor:
        """Shape: embedded ``[..., T, D]``, the first of which stands at place ``first``."""
        return self.dropout(self.positions(embedded * self.scale, first=first))
