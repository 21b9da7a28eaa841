"""The recurrent encoder: embeddings to annotations, in one or both directions.

Letters: B sentences, S source length, I input width, H hidden width per direction, K annotation width (H, or 2H when
bidirectional), G gates.

Nothing is packed: the backward direction reads each sentence reversed within its own length, so that in both
directions padding comes last, where it cannot reach a real place.
"""

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from nmt.attention.dropout import Dropout
from nmt.models.encoder_decoder import Encoded, Encoder
from nmt.models.rnn.cell import Cell
from nmt.models.rnn.sequence import read


class Direction(nn.Module):
    """One layer read in one direction."""

    def __init__(self, *, cell: Cell, input_size: int, hidden: int) -> None:
        super().__init__()
        self.cell, self.hidden = cell, hidden
        self.inputs = nn.Linear(input_size, cell.gates * hidden)
        nn.init.zeros_(self.inputs.bias)
        for gate in self.inputs.weight.data.chunk(cell.gates):
            nn.init.xavier_uniform_(gate)

    def forward(self, inputs: Tensor) -> Tensor:
        """Shape: ``[B, S, I]`` -> ``[B, S, H]``."""
        state = tuple(inputs.new_zeros(inputs.size(0), self.hidden) for _ in range(self.cell.tensors))
        return read(self.cell, self.inputs, inputs, state)


class RnnEncoder(Encoder):
    """Stacked GRU or LSTM over embedded source tokens (Bahdanau et al. 2015, section 3.2).

    ``layers`` holds for each layer its forward direction and, where there is one, its backward direction. With
    ``residual`` each layer but the first adds what it read to what it says (Wu et al. 2016, eq. 6).
    """

    def __init__(
        self,
        *,
        embedding: nn.Embedding,
        layers: list[list[Direction]],
        dropout: float,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.residual, self.max_length = residual, None
        self.embedding = embedding
        self.dropout = Dropout(dropout)
        self.layers = nn.ModuleList(nn.ModuleList(directions) for directions in layers)
        self.output_size = sum(direction.hidden for direction in layers[-1])

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Shape: source ``[B, S]``, lengths ``[B]``."""
        states = self.embedding(source)
        backwards = reversal(lengths, source.size(1))
        last = (lengths - 1).clamp(min=0).view(-1, 1, 1)
        finals: list[Tensor] = []
        for layer in self.layers:
            inputs = self.dropout(states)
            sides, ends = [], []
            for side, direction in enumerate(cast(Iterable[Direction], layer)):
                read = direction(_reorder(inputs, backwards) if side else inputs)
                ends.append(read.gather(1, last.expand(-1, 1, read.size(-1))).squeeze(1))
                sides.append(_reorder(read, backwards) if side else read)
            said = torch.cat(sides, dim=-1)
            states = said + states if self.residual and finals else said
            finals.append(torch.cat(ends, dim=-1))
        return Encoded(states, tuple(finals))


def reversal(lengths: Tensor, size: int) -> Tensor:
    """The places ``[B, size]`` that turn each sentence round within its length; padding stays. Its own inverse."""
    places = torch.arange(size, device=lengths.device)
    turned = lengths.unsqueeze(1) - 1 - places
    return torch.where(turned >= 0, turned, places)


def _reorder(states: Tensor, places: Tensor) -> Tensor:
    """Shape: states ``[B, S, I]``, places ``[B, S]``."""
    return states.gather(1, places.unsqueeze(-1).expand_as(states))
