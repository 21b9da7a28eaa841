"""Luong's order: the cell makes h_t first, h_t asks, and state and context are fused; the result may be fed back.

Letters: B sentences, T target length, H hidden, G gates.
"""

from dataclasses import replace

import torch
from torch import Tensor

from nmt.attention.attention import Attended, Memory
from nmt.models.rnn.cell import LayerState
from nmt.models.rnn.decoder import Layers, Products, RnnDecoder, RnnState, Words, joined
from nmt.models.rnn.per_step import per_step


class Luong(RnnDecoder):
    """Luong et al. 2015, section 3; with input feeding (3.3) the cell also sees the fused output of the step before.

    Without input feeding nothing that attention says enters the recurrence: the layers run over the whole target, one
    call each, and all targets ask at once, unless coverage makes them wait for one another.
    """

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Attended]:
        words, products = self._words(memory, target_in), self._products(per_step)
        if products.context is not None:
            return self._feed(memory, state, words, products)
        top = self._whole(state.layers, words.gates, products)
        if state.coverage is None:
            places = torch.arange(top.size(1), device=top.device)
            seen = self.attention(top, memory, position=places, bias=words.bias)
        else:
            seen = self._one_by_one(memory, state, words, top)
        return self.dropout(self.fuse(self.dropout(top), words.embedded, seen.context)), seen

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        products = self._products(lambda linear: linear)
        state, attended = self._advance(memory, state, self._words(memory, tokens), products)
        assert state.fed is not None
        return state.fed, state, attended

    def _feed(
        self, memory: Memory, state: RnnState, words: Words, products: Products
    ) -> tuple[Tensor, Attended]:
        """Step by step."""
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

    def _whole(self, layers: Layers, inputs: Tensor, products: Products) -> Tensor:
        """Every layer over the whole target. Shape: inputs ``[B, T, G*H]`` -> ``[B, T, H]``."""
        below: list[LayerState] = []
        for depth, (cell, state) in enumerate(zip(self._cells, layers, strict=True)):
            if depth > 0:
                inputs = self.layer_gates[depth - 1](self.dropout(self._top(below)))
            outputs = []
            for step in inputs.unbind(dim=1):
                state = cell(step, products.recurrent[depth](state[0]), state)
                outputs.append(state[0])
            below.append((torch.stack(outputs, dim=1),))
        return self._top(below)

    def _one_by_one(self, memory: Memory, state: RnnState, words: Words, top: Tensor) -> Attended:
        """Each target waits for what those before it were given. Shape: top ``[B, T, H]``."""
        steps = []
        for word, query in zip(words.steps(), top.unbind(dim=1), strict=True):
            attended = self._attend(memory, query, state, word.bias)
            coverage = self._cover(state.coverage, attended)
            state = replace(state, position=state.position + 1, coverage=coverage)
            steps.append(attended)
        return joined(steps)
