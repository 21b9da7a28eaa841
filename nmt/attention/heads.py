"""Several heads: the query asks several attentions at once, each on a projection of its own (Vaswani et al. 2017).

Letters: T queries, S keys, Q query width, K width of keys, values and result, H heads, W width of a head. Any leading
dimensions, after which the heads stand.
"""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from nmt.attention.attention import Attended, Attention, Memory


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
    projections. Reported weights are the mean of the heads'; log-probability and entropy their sum.
    """

    def __init__(
        self,
        *,
        attention: Attention,
        merge: Merge,
        query_size: int,
        key_size: int,
        heads: int,
        head_size: int,
    ) -> None:
        super().__init__()
        self.attention, self.merge = attention, merge
        self.query = _linear(query_size, heads * head_size)
        self.key = _linear(key_size, heads * head_size) if attention.score.reads_keys else None
        self.value = _linear(key_size, heads * head_size)
        self.heads, self.context_size = heads, key_size

    def remember(self, states: Tensor, mask: Tensor, lengths: Tensor) -> Memory:
        """Shape: states ``[..., S, K]``, mask ``[..., S]``, lengths ``[...]``."""
        values = self._split(self.value(states))
        keys = values if self.key is None else self._split(self.key(states))
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
        attended = self.attention(
            self._split(self.query(query)),
            memory,
            position=position,
            coverage=None if coverage is None else coverage.unsqueeze(-3),
            bias=None if bias is None else bias.unsqueeze(-3),
        )
        weights, log_prob, entropy = attended.weights, attended.log_prob, attended.entropy
        return Attended(
            self.merge(attended.context),
            None if weights is None else weights.mean(dim=-3),
            None if log_prob is None else log_prob.sum(dim=-2),
            None if entropy is None else entropy.sum(dim=-2),
        )

    def _split(self, states: Tensor) -> Tensor:
        """Shape: ``[..., T, H*W]`` -> ``[..., H, T, W]``."""
        return states.view(*states.shape[:-1], self.heads, -1).transpose(-3, -2).contiguous()


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
