"""Bahdanau's decoder: score with s_{t-1}, update the state with the context, read out.

Letters: B sentences, R rows (hypotheses, R/B to a sentence), S source and T target length, E embedding, H hidden,
K context width, G gates, D readout width.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Attention, Memory
from nmt.attention.fuse import Fuse
from nmt.models.rnn.bridge import InitialState
from nmt.models.rnn.cell import Cell, LayerState
from nmt.models.rnn.encoder import Encoded
from nmt.models.rnn.fixed import FixedVector
from nmt.models.rnn.per_step import per_step

Product = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class RnnState:
    """layers: per decoder layer its cell's tensors, ``[R, H]`` each; position: the next target place, from 0."""

    layers: tuple[LayerState, ...]
    position: int


class Products(NamedTuple):
    """The matrix products of one step: the context's share of the gates, each cell's recurrent one, and each upper
    layer's input."""

    context: Product
    recurrent: tuple[Product, ...]
    layers: tuple[Product, ...]


class RnnDecoder(nn.Module):
    """An attentive recurrent decoder (Bahdanau et al. 2015, appendix A.2.2), any number of layers deep.

    The context enters the lowest layer; the query is the top layer's state. All that does not depend on the
    recurrence, the embeddings' share of the gates and the readout, is computed for all steps in one product.
    """

    def __init__(
        self,
        *,
        embedding: nn.Embedding,
        cells: list[Cell],
        hidden: int,
        attention: Attention | FixedVector,
        fuse: Fuse,
        initial: list[InitialState],
        dropout: float,
    ) -> None:
        super().__init__()
        self.gates = cells[0].gates
        gates = self.gates * hidden
        self.embedding, self.attention, self.fuse = embedding, attention, fuse
        self.cells, self.initial = nn.ModuleList(cells), nn.ModuleList(initial)
        self.embedded_gates = nn.Linear(embedding.embedding_dim, gates)
        self.context_gates = nn.Linear(attention.context_size, gates, bias=False)
        self.layer_gates = nn.ModuleList(nn.Linear(hidden, gates) for _ in cells[1:])
        self.dropout = nn.Dropout(dropout)
        for linear in self.input_maps:
            for gate in linear.weight.data.chunk(self.gates):
                nn.init.xavier_uniform_(gate)
        for linear in (self.embedded_gates, *self.layer_gates):
            nn.init.zeros_(linear.bias)

    def begin(self, encoded: Encoded, mask: Tensor, lengths: Tensor) -> tuple[Memory, RnnState]:
        """Shape: mask ``[B, S]``, lengths ``[B]`` -> memory and state of B rows."""
        memory = self.attention.remember(encoded.annotations, mask, lengths)
        depth = len(encoded.finals)
        # A decoder deeper than the encoder starts its upper layers from the encoder's top.
        sources = [min(layer, depth - 1) for layer in range(len(self.cells))]
        layers = tuple(
            self._first_state(initial, encoded.finals[source], cell)
            for initial, source, cell in zip(
                cast(Iterable[InitialState], self.initial), sources, self._cells, strict=True
            )
        )
        return memory, RnnState(layers, position=0)

    def _first_state(self, initial: InitialState, final: Tensor, cell: Cell) -> LayerState:
        """The cell's output from the encoder; what else an LSTM remembers begins at zero."""
        output = initial(final)
        return (output, *(torch.zeros_like(output) for _ in range(cell.tensors - 1)))

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Tensor | None]:
        """Teacher forcing. Shape: target_in ``[B, T]`` -> readouts ``[B, T, D]``, weights ``[B, T, S]``."""
        embedded = self.dropout(self.embedding(target_in))
        inputs = self.embedded_gates(embedded)
        products = self._products(per_step)
        tops, contexts, weights = [], [], []
        for step in inputs.unbind(dim=1):
            state, attended = self._advance(memory, state, step, products)
            tops.append(state.layers[-1][0])
            contexts.append(attended.context.squeeze(1))
            weights.append(attended.weights)
        readouts = self._read(torch.stack(tops, dim=1), embedded, torch.stack(contexts, dim=1))
        seen = [matrix for matrix in weights if matrix is not None]
        return readouts, torch.cat(seen, dim=1) if seen else None

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        """One token for each row. Shape: tokens ``[R]`` -> readouts ``[R, D]``."""
        embedded = self.embedding(tokens)
        products = self._products(lambda linear: linear)
        state, attended = self._advance(memory, state, self.embedded_gates(embedded), products)
        return self._read(state.layers[-1][0], embedded, attended.context.flatten(0, 1)), state, attended

    @property
    def input_maps(self) -> tuple[nn.Linear, ...]:
        """What gives each cell its input's share of the gates."""
        layers = cast(Iterable[nn.Linear], self.layer_gates)
        return self.embedded_gates, self.context_gates, *layers

    @property
    def _cells(self) -> Iterable[Cell]:
        return cast(Iterable[Cell], self.cells)

    def _products(self, prepare: Callable[[nn.Linear], Product]) -> Products:
        return Products(
            context=prepare(self.context_gates),
            recurrent=tuple(prepare(cell.recurrent) for cell in self._cells),
            layers=tuple(prepare(gates) for gates in cast(Iterable[nn.Linear], self.layer_gates)),
        )

    def _advance(
        self, memory: Memory, state: RnnState, inputs: Tensor, products: Products
    ) -> tuple[RnnState, Attended]:
        """Shape: inputs ``[R, G*H]``, the embedded tokens' share of the lowest layer's gates."""
        # [R, H] -> [B, R/B, H]: the hypotheses of a sentence are the queries that share its memory.
        top = state.layers[-1][0]
        query = top.view(memory.mask.size(0), -1, top.size(-1))
        attended = self.attention(query, memory, position=state.position)
        inputs = inputs + products.context(attended.context.flatten(0, 1))
        layers: list[LayerState] = []
        for depth, (cell, previous) in enumerate(zip(self.cells, state.layers, strict=True)):
            if depth > 0:
                inputs = products.layers[depth - 1](self.dropout(layers[-1][0]))
            layers.append(cell(inputs, products.recurrent[depth](previous[0]), previous))
        return replace(state, layers=tuple(layers), position=state.position + 1), attended

    def _read(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        return self.dropout(self.fuse(self.dropout(state), embedded, context))
