"""Alignments that give most places nothing: threshold, top-k and sparsemax.

Letters: T queries, S keys. Any leading dimensions. All are differentiable where the chosen set does not change, and
none of them is hard attention in the sense of Xu et al. 2015: nothing is sampled.
"""

import torch
from torch import Tensor

from nmt.attention.align import Align, Aligned
from nmt.attention.choice import best, one_hot
from nmt.attention.mask import masked_softmax


class Threshold(Align):
    """The softmax without what weighs less than ``least``, renormalised; the best place alone where nothing is left."""

    def __init__(self, *, least: float, temperature: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__(temperature=temperature, dropout=dropout)
        self.least = least

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        weights = masked_softmax(scores, mask)
        kept = (weights >= self.least) | (one_hot(best(scores, mask), weights, mask) > 0)
        return Aligned(masked_softmax(scores, kept if mask is None else kept & mask))


class TopK(Align):
    """The softmax of the ``k`` highest scores, or of all there are."""

    def __init__(self, *, k: int, temperature: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__(temperature=temperature, dropout=dropout)
        self.k = k

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        lowest = torch.finfo(scores.dtype).min
        seen = scores if mask is None else scores.masked_fill(~mask, lowest)
        places = seen.topk(min(self.k, scores.size(-1)), dim=-1).indices
        kept = torch.zeros_like(scores, dtype=torch.bool).scatter(-1, places, True)
        return Aligned(masked_softmax(scores, kept if mask is None else kept & mask))


class Sparsemax(Align):
    """The point of the simplex nearest to the scores (Martins and Astudillo 2016, algorithm 1)."""

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        wide = scores.to(torch.promote_types(scores.dtype, torch.float32))
        # The result depends on differences alone; a masked place is put where no support reaches: 1 is the most that
        # scores of the support can lie below the highest.
        highest = wide if mask is None else wide.masked_fill(~mask, torch.finfo(wide.dtype).min)
        wide = wide - highest.amax(dim=-1, keepdim=True).detach()
        wide = wide.clamp(-2.0, 0.0) if mask is None else wide.clamp(-2.0, 0.0).masked_fill(~mask, -2.0)
        ordered = wide.sort(dim=-1, descending=True).values
        ranks = torch.arange(1, scores.size(-1) + 1, dtype=wide.dtype, device=wide.device)
        sums = ordered.cumsum(dim=-1) - 1
        support = (ranks * ordered > sums).sum(dim=-1, keepdim=True).clamp(min=1)
        threshold = sums.gather(-1, support - 1) / support
        weights = (wide - threshold).clamp(min=0)
        return Aligned((weights if mask is None else weights.masked_fill(~mask, 0.0)).to(scores.dtype))
