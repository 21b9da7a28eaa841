"""Luong's order: the cell makes h_t first, h_t asks, and state and context are fused; the result may be fed back.

Letters: B sentences, T target length, H hidden, G gates.
"""

from dataclasses import replace

import torch
from torch import Tensor

from nmt.attention.attention import Attended, Memory
from nmt.models.rnn.cell import LayerState
from nmt.models.rnn.decoder import Layers, Products, RnnDecoder, RnnState, Words, by_step, joined
from nmt.models.rnn.per_step import per_step
from nmt.models.rnn.sequence import read


class Luong(RnnDecoder):
    """Luong et al. 2015, section 3; with input feeding (3.3) the cell also sees the fused output of the step before.

    Without input feeding nothing that attention says enters the recurrence: the layers run over the whole target, one
    call each, and all targets ask at once, unless coverage makes them wait for one another.
    """

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Attended]:
        if self.context_gates is not None:
            return self._feed(memory, state, self._words(memory, target_in))
        embedded, bias = self.dropout(self.embedding(target_in)), self._guide(memory, target_in)
        top = self._whole(state.layers, embedded)
        if state.coverage is None:
            places = torch.arange(top.size(1), device=top.device)
            seen = self.attention(top, memory, position=places, bias=bias)
        else:
            seen = self._one_by_one(memory, state, top, bias)
        return self.dropout(self.fuse(self.dropout(top), embedded, seen.context)), seen

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        products = self._products(lambda linear: linear)
        state, attended = self._advance(memory, state, self._words(memory, tokens), products)
        assert state.fed is not None
        return state.fed, state, attended

    def _feed(self, memory: Memory, state: RnnState, words: Words) -> tuple[Tensor, Attended]:
        """Step by step."""
        products = self._products(per_step)
        outputs, steps = [], []
        for word in words.steps():
            state, attended = self._advance(memory, state, word, products)
            assert state.fed is not None
            outputs.append(state.fed)
            steps.append(attended)
        return self.dropout(torch.stack(outputs, dim=1)), joined(steps)

    def _advance(
        self, memory: Memory, state: RnnState, word: Words, products: Products
    ) -> tuple[RnnState, Attended]:
        inputs = word.gates
        if products.context is not None and state.fed is not None:  # None before the first step
            inputs = inputs + products.context(state.fed)
        layers = self._recur(state.layers, inputs, products)
        top = self._top(layers)
        attended = self._attend(memory, top, state, word.bias)
        return replace(
            state,
            layers=layers,
            position=state.position + 1,
            fed=self.fuse(self.dropout(top), word.embedded, attended.context.flatten(0, 1)),
            coverage=self._cover(state.coverage, attended),
        ), attended

    def _whole(self, layers: Layers, embedded: Tensor) -> Tensor:
        """Every layer over the whole target. Shape: embedded ``[B, T, E]`` -> ``[B, T, H]``."""
        below: list[LayerState] = []
        for cell, inputs, state in zip(self._cells, self.input_maps, layers, strict=True):
            sequence = self.dropout(self._top(below)) if below else embedded
            below.append((read(cell, inputs, sequence, state),))
        return self._top(below)

    def _one_by_one(self, memory: Memory, state: RnnState, top: Tensor, bias: Tensor | None) -> Attended:
        """Each target waits for what those before it were given. Shape: top ``[B, T, H]``, bias ``[B, T, S]``."""
        steps = []
        for query, guide in zip(top.unbind(dim=1), by_step(bias, top.size(1)), strict=True):
            attended = self._attend(memory, query, state, guide)
            coverage = self._cover(state.coverage, attended)
            state = replace(state, position=state.position + 1, coverage=coverage)
            steps.append(attended)
        return joined(steps)
