"""Bahdanau's order: s_{t-1} asks, the context enters the cell, and the fused output reads both.

Letters: B sentences, R rows, T target length, H hidden, G gates, D width of the fused output.
"""

from dataclasses import replace

import torch
from torch import Tensor

from nmt.attention.attention import Attended, Memory
from nmt.models.rnn.decoder import Products, RnnDecoder, RnnState, by_step, joined
from nmt.models.rnn.per_step import per_step


class Bahdanau(RnnDecoder):
    """Bahdanau et al. 2015, appendix A.2.2: ``c_t`` from ``s_{t-1}``, ``s_t = f(s_{t-1}, y_{t-1}, c_t)``, readout.

    The fused outputs of all steps are taken in one product.
    """

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Attended]:
        embedded = self.dropout(self.embedding(target_in))
        products = self._products(per_step)
        tops, steps = [], []
        guides = by_step(self._guide(memory, target_in), target_in.size(1))
        for inputs, bias in zip(self.embedded_gates(embedded).unbind(dim=1), guides, strict=True):
            state, attended = self._advance(memory, state, inputs, bias, products)
            tops.append(self._top(state.layers))
            steps.append(attended)
        seen = joined(steps)
        return self._read(torch.stack(tops, dim=1), embedded, seen.context), seen

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        embedded = self.embedding(tokens)
        products = self._products(lambda linear: linear)
        bias = self._guide(memory, self._by_sentence(memory, tokens))
        state, attended = self._advance(memory, state, self.embedded_gates(embedded), bias, products)
        return self._read(self._top(state.layers), embedded, attended.context.flatten(0, 1)), state, attended

    def _advance(
        self, memory: Memory, state: RnnState, inputs: Tensor, bias: Tensor | None, products: Products
    ) -> tuple[RnnState, Attended]:
        """Shape: inputs ``[R, G*H]``, the embedded tokens' share of the lowest layer's gates; bias ``[B, R/B, S]``."""
        attended = self._attend(memory, self._top(state.layers), state.position, state.coverage, bias)
        assert products.context is not None
        inputs = inputs + products.context(attended.context.flatten(0, 1))
        return replace(
            state,
            layers=self._recur(state.layers, inputs, products),
            position=state.position + 1,
            coverage=self._cover(state.coverage, attended),
        ), attended

    def _read(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        return self.dropout(self.fuse(self.dropout(state), embedded, context))
