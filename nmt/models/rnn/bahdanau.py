"""Bahdanau's order: s_{t-1} asks, the context enters the cell, and the fused output reads both.

Letters: B sentences, R rows, T target length, H hidden, D width of the fused output.
"""

from dataclasses import replace

import torch
from torch import Tensor

from nmt.attention.attention import Attended, Memory
from nmt.models.rnn.decoder import Products, RnnDecoder, RnnState, Words, joined
from nmt.models.rnn.per_step import per_step


class Bahdanau(RnnDecoder):
    """Bahdanau et al. 2015, appendix A.2.2: ``c_t`` from ``s_{t-1}``, ``s_t = f(s_{t-1}, y_{t-1}, c_t)``, readout.

    The fused outputs of all steps are taken in one product.
    """

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Attended]:
        words, products = self._words(memory, target_in), self._products(per_step)
        tops, steps = [], []
        for word in words.steps():
            state, attended = self._advance(memory, state, word, products)
            tops.append(self._top(state.layers))
            steps.append(attended)
        seen = joined(steps)
        return self._read(torch.stack(tops, dim=1), words.embedded, seen.context), seen

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        word, products = self._words(memory, tokens), self._products(lambda linear: linear)
        state, attended = self._advance(memory, state, word, products)
        context = attended.context.flatten(0, 1)
        return self._read(self._top(state.layers), word.embedded, context), state, attended

    def _advance(
        self, memory: Memory, state: RnnState, word: Words, products: Products
    ) -> tuple[RnnState, Attended]:
        attended = self._attend(memory, self._top(state.layers), state, word.bias)
        assert products.context is not None
        inputs = word.gates + products.context(attended.context.flatten(0, 1))
        return replace(
            state,
            layers=self._recur(state.layers, inputs, products),
            position=state.position + 1,
            coverage=self._cover(state.coverage, attended),
        ), attended

    def _read(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        return self.dropout(self.fuse(self.dropout(state), embedded, context))
