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

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.align import Align
from nmt.attention.lines import whole_lines
from nmt.attention.score import Score
from nmt.attention.window import Window


@dataclass(frozen=True)
class Memory:
    """Everything about a sentence that is decided once, rows = sentences.

    Shape: keys ``[..., S, any]`` as the score projected them, values ``[..., S, >= K]`` in whole lines, mask
    ``[..., S]``, lengths ``[...]``.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor
    lengths: Tensor


class Attended(NamedTuple):
    """Shape: context ``[..., T, K]``; weights ``[..., T, S]`` or ``None`` where a fused kernel keeps them to
    itself; log_prob ``[..., T]`` of the places chosen, or ``None`` where nothing was sampled."""

    context: Tensor
    weights: Tensor | None = None
    log_prob: Tensor | None = None


class Attention(nn.Module):
    """One attention head, composed of its independent choices."""

    def __init__(self, *, score: Score, window: Window, align: Align, key_size: int) -> None:
        super().__init__()
        self.score, self.window, self.align = score, window, align
        self.context_size = key_size

    def remember(self, states: Tensor, mask: Tensor, lengths: Tensor) -> Memory:
        """Projects the keys once per sentence. Shape: states ``[..., S, K]``, mask ``[..., S]``, lengths ``[...]``.

        Under autocast the states are converted here, once, rather than at each query.
        """
        if torch.is_autocast_enabled(states.device.type):
            states = states.to(torch.get_autocast_dtype(states.device.type))
        keys = self.score.project(states)
        return Memory(keys=keys, values=whole_lines(states), mask=mask, lengths=lengths)

    def forward(self, query: Tensor, memory: Memory, *, position: int) -> Attended:
        """Shape: query ``[..., T, Q]``; ``position`` is the target place of the first query, from 0."""
        view = self.window(query, memory.lengths, position=position)
        mask = memory.mask.unsqueeze(-2)  # [..., S] -> [..., 1, S]
        if view.mask is not None:
            mask = mask & view.mask
        weights, log_prob = self.align(self.score(query, memory.keys), mask, view.prior)
        context = torch.matmul(weights.to(memory.values.dtype), memory.values)[..., : self.context_size]
        return Attended(context, weights, log_prob)
