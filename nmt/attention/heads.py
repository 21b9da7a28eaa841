"""Several heads: the query asks several attentions at once, each on a projection of its own (Vaswani et al. 2017).

Letters: T queries, S keys, Q query width, K width of keys, values and result, H heads, W width of a head. Any leading
dimensions, after which the heads stand.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Attention, Memory
from nmt.attention.fused import FusedAttention
from nmt.attention.relation import Relation


class Merge(nn.Module, ABC):
    """How the contexts of the heads become one."""

    @abstractmethod
    def forward(self, contexts: Tensor) -> Tensor:
        """Shape: ``[..., H, T, W]`` -> ``[..., T, K]``."""


class Concatenate(Merge):
    """``[head_1; ...; head_H] W_o + b_o`` (Vaswani et al. 2017, 3.2.2)."""

    def __init__(self, *, heads: int, head_size: int, size: int) -> None:
        super().__init__()
        self.output = _linear(heads * head_size, size)

    def forward(self, contexts: Tensor) -> Tensor:
        return self.output(contexts.transpose(-3, -2).flatten(-2))


class Average(Merge):
    """``(1/H sum of head_h) W_o + b_o``: concatenation whose W_o repeats itself, divided by H."""

    def __init__(self, *, head_size: int, size: int) -> None:
        super().__init__()
        self.output = _linear(head_size, size)

    def forward(self, contexts: Tensor) -> Tensor:
        return self.output(contexts.mean(dim=-3))


class Heads(nn.Module):
    """The same attention H times side by side: queries, keys and values are projected to W for each head.

    The heads share the parameters of the score and the window, if these have any; what tells heads apart are their
    projections. Reported weights are the mean of the heads'; log-probability and entropy their sum. ``size`` is the
    width of the result, that of the keys unless given. A ``relation`` tells queries and keys of one side their places.
    """

    def __init__(
        self,
        *,
        attention: Attention | FusedAttention,
        merge: Merge,
        query_size: int,
        key_size: int,
        heads: int,
        head_size: int,
        size: int | None = None,
        relation: Relation | None = None,
    ) -> None:
        super().__init__()
        self.attention, self.merge, self.relation = attention, merge, relation
        self.query = _linear(query_size, heads * head_size)
        self.key = _linear(key_size, heads * head_size) if attention.reads_keys else None
        self.value = _linear(key_size, heads * head_size)
        self.heads, self.context_size = heads, key_size if size is None else size
        self.silent = frozenset[int]()

    @property
    def max_source(self) -> int | None:
        """The most keys that can be attended to; None: any number."""
        return self.attention.max_source

    def remember(self, states: Tensor, mask: Tensor, lengths: Tensor, *, first: int = 0) -> Memory:
        """``first`` is the place of the first state, which a relation goes by.

        Shape: states ``[..., S, K]``, mask ``[..., S]``, lengths ``[...]``.
        """
        values = self._split(self.value(states))
        keys = values if self.key is None else self._split(self.key(states))
        if self.relation is not None:
            keys = self.relation.move(keys, torch.arange(first, first + keys.size(-2), device=keys.device))
        return self.attention.remember(keys, mask.unsqueeze(-2), lengths.unsqueeze(-1), values=values)

    def forward(
        self,
        query: Tensor,
        memory: Memory,
        *,
        position: int | Tensor,
        coverage: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Attended:
        """Shape: query ``[..., T, Q]``; ``coverage`` and ``bias`` ``[..., T, S]`` are the same for all heads."""
        asked = self._split(self.query(query))
        if bias is not None:
            bias = bias.unsqueeze(-3)
        if self.relation is not None:
            places = torch.as_tensor(position, device=query.device).view(-1)
            near = self.relation.bias(asked, places, memory.keys.size(-2))
            bias = near if bias is None or near is None else bias + near
            asked = self.relation.move(asked, places)
        attended = self.attention(
            asked,
            memory,
            position=position,
            coverage=None if coverage is None else coverage.unsqueeze(-3),
            bias=bias,
        )
        weights, log_prob, entropy = attended.weights, attended.log_prob, attended.entropy
        return Attended(
            self.merge(self._heard(attended.context)),
            None if weights is None else weights.mean(dim=-3),
            None if log_prob is None else log_prob.sum(dim=-2),
            None if entropy is None else entropy.sum(dim=-2),
        )

    def _heard(self, contexts: Tensor) -> Tensor:
        """The contexts, but zeros of the heads that were silenced. Shape: ``[..., H, T, W]``."""
        if not self.silent:
            return contexts
        heard = [float(head not in self.silent) for head in range(self.heads)]
        return contexts * contexts.new_tensor(heard).view(-1, 1, 1)

    def _split(self, states: Tensor) -> Tensor:
        """Shape: ``[..., T, H*W]`` -> ``[..., H, T, W]``."""
        return states.view(*states.shape[:-1], self.heads, -1).transpose(-3, -2).contiguous()


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
