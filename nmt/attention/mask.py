"""Masks: ``True`` = may attend. The only place where they are built, and where a masked softmax is written.

Letters: B batch, T queries (target), S keys (source).
"""

import torch
from torch import Tensor


def padding_mask(lengths: Tensor, size: int) -> Tensor:
    """Marks the real places of padded sentences.

    Shape: lengths ``[...]`` -> mask ``[..., size]``.
    """
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(-1)


def causal_mask(size: int, *, device: torch.device | None = None) -> Tensor:
    """Each place may attend to itself and those before it. Shape: ``[size, size]``."""
    return torch.ones(size, size, dtype=torch.bool, device=device).tril()


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax over the last dimension among the places that may be attended to.

    A row with nothing to attend to gets weights 0, and finite gradients: its scores are replaced before the
    softmax rather than filled with -inf, so that NaN never enters forward or backward. Scores in half
    precision are normalised in float32.

    Shape: scores ``[..., T, S]``, mask broadcastable to it -> weights ``[..., T, S]`` in the dtype of scores.
    """
    if mask is None:
        return torch.softmax(scores, dim=-1, dtype=torch.promote_types(scores.dtype, torch.float32)).to(
            scores.dtype
        )
    wide = scores.to(torch.promote_types(scores.dtype, torch.float32))
    lowest = torch.finfo(wide.dtype).min
    # The second fill makes the masked places exactly 0, also in rows where every place is masked.
    weights = torch.softmax(wide.masked_fill(~mask, lowest), dim=-1).masked_fill(~mask, 0.0)
    return weights.to(scores.dtype)
