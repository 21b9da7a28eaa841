"""How scores become weights: one small class per alignment.

Letters: T queries, S keys. Any leading dimensions. Whatever the alignment, a masked place weighs exactly 0, and a
row with nothing to attend to has weights 0 in the forward pass and finite gradients in the backward pass.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.mask import masked_softmax


class Aligned(NamedTuple):
    """Weights ``[..., T, S]``, and the log-probability ``[..., T]`` of the choice where one was sampled."""

    weights: Tensor
    log_prob: Tensor | None = None


class Align(nn.Module, ABC):
    """The contract of every alignment."""

    @abstractmethod
    def forward(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        """Shape: scores ``[..., T, S]``; mask and prior broadcastable to it.

        ``prior`` multiplies the weights after they were normalised, and is not normalised again.
        """


class Soft(Align):
    """Softmax over what may be seen (Bahdanau et al. 2015, eq. 6).

    Dropout zeroes weights and rescales the others by 1/(1-p), as in the Transformer; it does not renormalise.
    """

    def __init__(self, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        weights = masked_softmax(scores, mask)
        if prior is not None:
            weights = weights * prior
        return Aligned(self.dropout(weights))


class Uniform(Align):
    """Every visible place alike, whatever the scores: separates *access* to the source from *weighting* it."""

    def forward(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        visible = torch.ones_like(scores) if mask is None else mask.expand_as(scores).to(scores.dtype)
        weights = visible / visible.sum(dim=-1, keepdim=True).clamp(min=1)
        return Aligned(weights if prior is None else weights * prior)
