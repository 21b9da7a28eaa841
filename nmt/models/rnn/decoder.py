"""What every attentive recurrent decoder shares: cells in layers, an attention, a fusion, and the state between steps.

Letters: B sentences, R rows (hypotheses, R/B to a sentence), S source and T target length, E embedding, H hidden,
K context width, G gates, D width of the fused output.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Attention, Memory
from nmt.attention.dropout import Dropout
from nmt.attention.fuse import Fuse
from nmt.attention.heads import Heads
from nmt.attention.lexicon import Lexicon
from nmt.models.encoder_decoder import Decoder, Sources
from nmt.models.rnn.bridge import InitialState
from nmt.models.rnn.cell import Cell, LayerState
from nmt.models.rnn.fixed import FixedVector

Product = Callable[[Tensor], Tensor]
Layers = tuple[LayerState, ...]


@dataclass(frozen=True)
class RnnState:
    """layers: per decoder layer its cell's tensors, ``[R, H]`` each; position: the next target place, from 0; fed: the
    step before's fused output ``[R, D]``, and coverage: the weight that each place was given so far ``[R, S]``, where
    the decoder goes by them."""

    layers: Layers
    position: int
    fed: Tensor | None = None
    coverage: Tensor | None = None


class Words(NamedTuple):
    """What enters at one step ``[R, ...]``, or at all steps ``[B, T, ...]``: the embedded tokens, their share of the
    lowest layer's gates, and what the lexicon adds to the scores then, ``[B, R/B, S]`` or ``[B, T, S]``."""

    embedded: Tensor
    gates: Tensor
    bias: Tensor | None

    def steps(self) -> Iterator["Words"]:
        """Those of each step."""
        biases = by_step(self.bias, self.embedded.size(1))
        for embedded, gates, bias in zip(self.embedded.unbind(1), self.gates.unbind(1), biases, strict=True):
            yield Words(embedded, gates, bias)


class Products(NamedTuple):
    """The matrix products of one step: what attention adds to the lowest gates (None: nothing), each cell's recurrent
    one, and each upper layer's input."""

    context: Product | None
    recurrent: tuple[Product, ...]
    layers: tuple[Product, ...]


class RnnDecoder(Decoder):
    """An attentive recurrent decoder, any number of layers deep; its two orders are :class:`Bahdanau` and
    :class:`Luong`.

    With ``residual`` each upper layer adds what it read to what it says (Wu et al. 2016, eq. 6). All that does not
    depend on the recurrence is computed for all steps in one product. ``joined_size`` is the width of what attention
    adds to the lowest layer's input, 0 for nothing.
    """

    def __init__(
        self,
        *,
        embedding: nn.Embedding,
        cells: list[Cell],
        hidden: int,
        attention: Attention | Heads | FixedVector,
        fuse: Fuse,
        initial: list[InitialState],
        dropout: float,
        joined_size: int,
        residual: bool = False,
        coverage: bool = False,
        lexicon: Lexicon | None = None,
    ) -> None:
        super().__init__()
        self.gates, self.residual, self.coverage = cells[0].gates, residual, coverage
        self.output_size, self.max_length = fuse.output_size, None
        gates = self.gates * hidden
        self.embedding, self.attention, self.fuse, self.lexicon = embedding, attention, fuse, lexicon
        self.cells, self.initial = nn.ModuleList(cells), nn.ModuleList(initial)
        self.embedded_gates = nn.Linear(embedding.embedding_dim, gates)
        self.context_gates = nn.Linear(joined_size, gates, bias=False) if joined_size else None
        self.layer_gates = nn.ModuleList(nn.Linear(hidden, gates) for _ in cells[1:])
        self.dropout = Dropout(dropout)
        for linear in self.input_maps:
            for gate in linear.weight.data.chunk(self.gates):
                nn.init.xavier_uniform_(gate)
        for linear in (self.embedded_gates, *self.layer_gates):
            nn.init.zeros_(linear.bias)

    @property
    def max_source(self) -> int | None:
        """The longest source that it can attend to, its end symbol included; None: any."""
        return self.attention.max_source

    def begin(self, sources: Sources) -> tuple[Memory, RnnState]:
        """Memory and state of B rows; the memory has the pieces themselves where a lexicon looks them up."""
        finals, mask = sources.encoded.finals, sources.mask
        memory = self.attention.remember(sources.encoded.annotations, mask, sources.lengths)
        if self.lexicon is not None:
            memory = replace(memory, source=sources.pieces)
        depth = len(finals)
        # A decoder deeper than the encoder starts its upper layers from the encoder's top.
        below = [min(layer, depth - 1) for layer in range(len(self.cells))]
        layers = tuple(
            self._first_state(initial, finals[source], cell)
            for initial, source, cell in zip(
                cast(Iterable[InitialState], self.initial), below, self._cells, strict=True
            )
        )
        coverage = torch.zeros(mask.shape, device=mask.device) if self.coverage else None
        return memory, RnnState(layers, position=0, coverage=coverage)

    def _first_state(self, initial: InitialState, final: Tensor, cell: Cell) -> LayerState:
        """The cell's output from the encoder; what else an LSTM remembers begins at zero."""
        output = initial(final)
        return (output, *(torch.zeros_like(output) for _ in range(cell.tensors - 1)))

    @property
    def input_maps(self) -> tuple[nn.Linear, ...]:
        """What gives each cell its input's share of the gates."""
        maps = (self.embedded_gates, self.context_gates, *cast(Iterable[nn.Linear], self.layer_gates))
        return tuple(one for one in maps if one is not None)

    @property
    def _cells(self) -> Iterable[Cell]:
        return cast(Iterable[Cell], self.cells)

    def _products(self, prepare: Callable[[nn.Linear], Product]) -> Products:
        return Products(
            context=None if self.context_gates is None else prepare(self.context_gates),
            recurrent=tuple(prepare(cell.recurrent) for cell in self._cells),
            layers=tuple(prepare(gates) for gates in cast(Iterable[nn.Linear], self.layer_gates)),
        )

    def _recur(self, layers: Layers, inputs: Tensor, products: Products) -> Layers:
        """One step of every cell. Shape: inputs ``[R, G*H]``, the whole input's share of the lowest layer's gates."""
        after: list[LayerState] = []
        for depth, (cell, previous) in enumerate(zip(self._cells, layers, strict=True)):
            if depth > 0:
                inputs = products.layers[depth - 1](self.dropout(self._top(after)))
            after.append(cell(inputs, products.recurrent[depth](previous[0]), previous))
        return tuple(after)

    def _top(self, layers: Layers | list[LayerState]) -> Tensor:
        """What the layers say together ``[R, H]``: the highest, or with residual connections their sum."""
        if not self.residual:
            return layers[-1][0]
        return torch.stack([layer[0] for layer in layers]).sum(dim=0)

    def _words(self, memory: Memory, tokens: Tensor) -> Words:
        """Shape: tokens ``[R]`` for one step, ``[B, T]`` for all."""
        embedded = self.dropout(self.embedding(tokens))
        return Words(embedded, self.embedded_gates(embedded), self._guide(memory, tokens))

    def _guide(self, memory: Memory, tokens: Tensor) -> Tensor | None:
        """What the lexicon adds to the scores. Shape: tokens ``[R]`` or ``[B, T]`` -> ``[B, R/B or T, S]``."""
        if self.lexicon is None or memory.source is None:
            return None
        return self.lexicon(memory.source, tokens.view(memory.mask.size(0), -1))

    def _attend(self, memory: Memory, query: Tensor, state: RnnState, bias: Tensor | None) -> Attended:
        """One query for each row, at the place and with the coverage of ``state``. Shape: query ``[R, H]``, bias
        ``[B, R/B, S]`` -> ``[B, R/B, ...]``: the hypotheses of a sentence are the queries that share its memory."""
        coverage = state.coverage
        return self.attention(
            self._by_sentence(memory, query),
            memory,
            position=state.position,
            coverage=None if coverage is None else self._by_sentence(memory, coverage),
            bias=bias,
        )

    def _by_sentence(self, memory: Memory, rows: Tensor) -> Tensor:
        """Shape: ``[R, ...]`` -> ``[B, R/B, ...]``."""
        return rows.view(memory.mask.size(0), -1, *rows.shape[1:])

    def _cover(self, coverage: Tensor | None, attended: Attended) -> Tensor | None:
        """The coverage after one step more."""
        if coverage is None or attended.weights is None:
            return None
        return coverage + attended.weights.flatten(0, 1)


def by_step(bias: Tensor | None, count: int) -> Iterable[Tensor | None]:
    """The bias at each of ``count`` steps. Shape: ``[B, T, S]`` -> T of ``[B, 1, S]``."""
    return [None] * count if bias is None else torch.split(bias, 1, dim=1)


def joined(steps: list[Attended]) -> Attended:
    """What was attended to step by step, ``[B, 1, ...]`` each, as one ``[B, T, ...]``."""
    contexts, *others = ([one for one in column if one is not None] for column in zip(*steps, strict=True))
    return Attended(
        torch.cat(contexts, dim=1), *(torch.cat(column, dim=1) if column else None for column in others)
    )
