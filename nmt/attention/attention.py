"""Attention = score . window . align . weighted sum (Bahdanau et al. 2015; Luong et al. 2015).

Letters: T queries, S keys, Q query width, K width of keys and values. Any leading dimensions; in a beam the
hypotheses of a sentence are simply its T queries, so that what is remembered of a sentence is never copied.

>>> from nmt.attention.align import Soft
>>> from nmt.attention.mask import padding_mask
>>> from nmt.attention.score import Additive
>>> from nmt.attention.window import NoWindow
>>> attention = Attention(
...     score=Additive(query_size=4, key_size=6, size=5), window=NoWindow(), align=Soft(), key_size=6
... )
>>> states, lengths = torch.randn(2, 3, 6), torch.tensor([3, 2])
>>> memory = attention.remember(states, padding_mask(lengths, 3), lengths)
>>> attention(torch.randn(2, 1, 4), memory, position=0).context.shape
torch.Size([2, 1, 6])
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.align import Align
from nmt.attention.lines import whole_lines
from nmt.attention.mask import padding_mask
from nmt.attention.score import Feedforward, Score
from nmt.attention.window import Asked, Window


@dataclass(frozen=True)
class Memory:
    """Everything about a sentence that is decided once, rows = sentences.

    Shape: keys ``[..., S, any]`` as the score projected them, values ``[..., S, >= K]`` in whole lines, mask
    ``[..., S]``, lengths ``[...]``. ``expected``: take what is expected of a sampled choice instead of the choice.
    ``source``: the pieces themselves ``[..., S]``, where a lexicon looks them up.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor
    lengths: Tensor
    expected: bool = False
    source: Tensor | None = None

    def expecting(self) -> "Memory":
        """The same, with the expectation standing for every sampled choice."""
        return replace(self, expected=True)

    def extended(self, further: "Memory") -> "Memory":
        """The same with further keys behind its own: the cache of a decoder that looks at what it said."""
        return replace(
            self,
            keys=torch.cat((self.keys, further.keys), dim=-2),
            values=torch.cat((self.values, further.values), dim=-2),
            mask=torch.cat((self.mask, further.mask), dim=-1),
            lengths=self.lengths + further.lengths,
        )


class Attended(NamedTuple):
    """Shape: context ``[..., T, K]``; weights ``[..., T, S]`` or ``None`` where a fused kernel keeps them to
    itself; log_prob and entropy ``[..., T]`` of the places chosen, or ``None`` where nothing was sampled."""

    context: Tensor
    weights: Tensor | None = None
    log_prob: Tensor | None = None
    entropy: Tensor | None = None


class Attention(nn.Module):
    """One attention head, composed of its independent choices.

    ``causal``: keys are places of the queries' own side, and a query at place t sees those up to its own alone; its
    window, too, knows of no more than t + 1 of them.
    """

    def __init__(
        self, *, score: Score, window: Window, align: Align, key_size: int, causal: bool = False
    ) -> None:
        super().__init__()
        self.score, self.window, self.align, self.causal = score, window, align, causal
        self.context_size = key_size

    @property
    def reads_keys(self) -> bool:
        """Whether the score looks at the keys at all."""
        return self.score.reads_keys

    @property
    def max_source(self) -> int | None:
        """The most keys that can be attended to; None: any number."""
        return self.score.max_source

    def remember(
        self, states: Tensor, mask: Tensor, lengths: Tensor, *, values: Tensor | None = None
    ) -> Memory:
        """Projects the keys once per sentence; the values are the states too unless given.

        Under autocast the states are converted here, once, rather than at each query. In training the share
        ``expected`` of all calls remember that the expectation shall stand for the choice.

        Shape: states ``[..., S, K]``, mask ``[..., S]``, lengths ``[...]``.
        """
        if torch.is_autocast_enabled(states.device.type):
            states = states.to(torch.get_autocast_dtype(states.device.type))
        share = max(self.align.expected, self.window.expected)
        return Memory(
            keys=self.score.project(states),
            values=whole_lines(states if values is None else values),
            mask=mask,
            lengths=lengths,
            expected=self.training and share > 0 and torch.rand(()).item() < share,
        )

    def forward(
        self,
        query: Tensor,
        memory: Memory,
        *,
        position: int | Tensor,
        coverage: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Attended:
        """Asks for T contexts.

        Shape: query ``[..., T, Q]``; ``position``, the target place of the queries from 0: one of all, or ``[T]``;
        ``coverage``, the weight that each key was given so far, and ``bias``, what is added to the scores,
        ``[..., T, S]``.
        """
        scores = self._score(query, memory, coverage)
        if bias is not None:
            scores = scores + bias
        mask, lengths = memory.mask.unsqueeze(-2), memory.lengths.unsqueeze(-1)  # [..., 1, S] and [..., 1]
        if self.causal and isinstance(position, Tensor):  # one query alone has no keys beyond its own place
            lengths = torch.minimum(position + 1, lengths)
            mask = mask & padding_mask(lengths, mask.size(-1))
        view = self.window(Asked(query, scores, mask, lengths, position, memory.expected))
        if view.mask is not None:
            mask = mask & view.mask
        align = self.align.expect if memory.expected else self.align
        weights, log_prob, entropy = align(scores, mask, view.prior)
        context = torch.matmul(weights.to(memory.values.dtype), memory.values)[..., : self.context_size]
        if view.log_prob is not None:  # of the two at most one samples
            log_prob, entropy = view.log_prob, view.entropy
        return Attended(context, weights, log_prob, entropy)

    def _score(self, query: Tensor, memory: Memory, coverage: Tensor | None) -> Tensor:
        if isinstance(self.score, Feedforward):
            return self.score(query, memory.keys, coverage)
        return self.score(query, memory.keys)
