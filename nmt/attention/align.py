"""How scores become weights: one small class per alignment.

Letters: T queries, S keys. Any leading dimensions. Whatever the alignment, a masked place weighs exactly 0, and a
row with nothing to attend to has weights 0 in the forward pass and finite gradients in the backward pass.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.dropout import Dropout
from nmt.attention.mask import masked_softmax


class Aligned(NamedTuple):
    """Weights ``[..., T, S]``; where they are those of a sampled choice, also its log-probability ``[..., T]`` and the
    entropy ``[..., T]`` of what it was drawn from."""

    weights: Tensor
    log_prob: Tensor | None = None
    entropy: Tensor | None = None


class Align(nn.Module, ABC):
    """The contract of every alignment, and what all of them share.

    The scores are divided by a ``temperature`` first: less than 1 sharpens; at 0 the best score alone counts. Dropout
    zeroes weights and rescales the others by 1/(1-p), as in the Transformer; it does not renormalise.
    """

    expected = 0.0  # share of the training batches that take what is expected of a choice for the choice

    def __init__(self, *, temperature: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        self.temperature = temperature
        self.dropout = Dropout(dropout)

    def forward(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        """Shape: scores ``[..., T, S]``; mask and prior broadcastable to it.

        ``prior`` multiplies the weights after they were normalised, and is not normalised again.
        """
        return self._finish(self.weigh(self._temper(scores, mask), mask), prior)

    def expect(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        """What :meth:`forward` gives on average; where nothing is sampled, the same."""
        return self(scores, mask, prior)

    @abstractmethod
    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        """The weights themselves, of scores already divided by the temperature."""

    def _temper(self, scores: Tensor, mask: Tensor | None) -> Tensor:
        if self.temperature > 0:
            return scores if self.temperature == 1 else scores / self.temperature
        lowest = torch.finfo(scores.dtype).min
        seen = scores if mask is None else scores.masked_fill(~mask, lowest)
        return torch.zeros_like(seen).masked_fill(seen < seen.amax(dim=-1, keepdim=True), lowest)

    def _finish(self, aligned: Aligned, prior: Tensor | None) -> Aligned:
        weights = aligned.weights if prior is None else aligned.weights * prior
        return aligned._replace(weights=self.dropout(weights))


class Soft(Align):
    """Softmax over what may be seen (Bahdanau et al. 2015, eq. 6)."""

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        return Aligned(masked_softmax(scores, mask))


class Uniform(Align):
    """Every visible place alike, whatever the scores: separates *access* to the source from *weighting* it."""

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        visible = torch.ones_like(scores) if mask is None else mask.expand_as(scores).to(scores.dtype)
        return Aligned(visible / visible.sum(dim=-1, keepdim=True).clamp(min=1))
