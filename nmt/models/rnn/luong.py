"""Luong's order: the cell makes h_t first, h_t asks, and state and context are fused; the result may be fed back.

Letters: B sentences, R rows, S source and T target length, E embedding, H hidden, G gates, D width of the fused output.
"""

from dataclasses import replace

import torch
from torch import Tensor

from nmt.attention.attention import Attended, Memory
from nmt.models.rnn.cell import LayerState
from nmt.models.rnn.decoder import Layers, Products, RnnDecoder, RnnState, by_step, joined
from nmt.models.rnn.per_step import per_step


class Luong(RnnDecoder):
    """Luong et al. 2015, section 3; with input feeding (3.3) the cell also sees the fused output of the step before.

    Without input feeding nothing that attention says enters the recurrence: the layers run over the whole target, one
    call each, and all targets ask at once, unless coverage makes them wait for one another.
    """

    def forward(self, memory: Memory, state: RnnState, target_in: Tensor) -> tuple[Tensor, Attended]:
        embedded = self.dropout(self.embedding(target_in))
        inputs, products = self.embedded_gates(embedded), self._products(per_step)
        bias = self._guide(memory, target_in)
        if products.context is not None:
            return self._feed(memory, state, embedded, inputs, bias, products)
        top = self._whole(state.layers, inputs, products)
        if state.coverage is None:
            places = torch.arange(top.size(1), device=top.device)
            seen = self.attention(top, memory, position=places, bias=bias)
        else:
            seen = self._one_by_one(memory, state.coverage, top, bias)
        return self.dropout(self.fuse(self.dropout(top), embedded, seen.context)), seen

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> tuple[Tensor, RnnState, Attended]:
        embedded = self.embedding(tokens)
        products = self._products(lambda linear: linear)
        inputs, bias = self.embedded_gates(embedded), self._guide(memory, self._by_sentence(memory, tokens))
        state, attended = self._advance(memory, state, embedded, inputs, bias, products)
        assert state.fed is not None
        return state.fed, state, attended

    def _feed(
        self,
        memory: Memory,
        state: RnnState,
        embedded: Tensor,
        inputs: Tensor,
        bias: Tensor | None,
        products: Products,
    ) -> tuple[Tensor, Attended]:
        """Step by step. Shape: embedded ``[B, T, E]``, inputs ``[B, T, G*H]``, bias ``[B, T, S]``."""
        outputs, steps = [], []
        guides = by_step(bias, embedded.size(1))
        for word, share, guide in zip(embedded.unbind(dim=1), inputs.unbind(dim=1), guides, strict=True):
            state, attended = self._advance(memory, state, word, share, guide, products)
            assert state.fed is not None
            outputs.append(state.fed)
            steps.append(attended)
        return self.dropout(torch.stack(outputs, dim=1)), joined(steps)

    def _advance(
        self,
        memory: Memory,
        state: RnnState,
        embedded: Tensor,
        inputs: Tensor,
        bias: Tensor | None,
        products: Products,
    ) -> tuple[RnnState, Attended]:
        """Shape: embedded ``[R, E]``, inputs ``[R, G*H]``, its share of the lowest layer's gates; bias
        ``[B, R/B, S]``."""
        if (
            products.context is not None and state.fed is not None
        ):  # before the first step there is nothing to feed
            inputs = inputs + products.context(state.fed)
        layers = self._recur(state.layers, inputs, products)
        top = self._top(layers)
        attended = self._attend(memory, top, state.position, state.coverage, bias)
        return replace(
            state,
            layers=layers,
            position=state.position + 1,
            fed=self.fuse(self.dropout(top), embedded, attended.context.flatten(0, 1)),
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

    def _one_by_one(
        self, memory: Memory, coverage: Tensor | None, top: Tensor, bias: Tensor | None
    ) -> Attended:
        """Each target waits for what those before it were given. Shape: top ``[B, T, H]``, coverage ``[B, S]``."""
        steps, given = list[Attended](), coverage
        guides = by_step(bias, top.size(1))
        for place, (query, guide) in enumerate(zip(top.unbind(dim=1), guides, strict=True)):
            steps.append(self._attend(memory, query, place, given, guide))
            given = self._cover(given, steps[-1])
        return joined(steps)
