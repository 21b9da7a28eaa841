"""Scaled dot products, softmax and weighted sum in one call of torch's, which keeps the weights to itself.

Letters: T queries, S keys, K width of query, key and value. Any leading dimensions.
"""

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Memory
from nmt.attention.mask import causal_mask


class FusedAttention(nn.Module):
    """What :class:`~nmt.attention.attention.Attention` makes of a scaled dot product, the whole side and the softmax
    (Vaswani et al. 2017, eq. 1), by ``torch.nn.functional.scaled_dot_product_attention``; it has no parameters, so that
    weights trained with the one fit the other.

    Where ``causal`` asks about a whole target at once, padding is not masked: it comes last, where no real query looks.
    """

    max_source = None  # any number of keys
    reads_keys = True

    def __init__(self, *, key_size: int, dropout: float = 0.0, causal: bool = False) -> None:
        super().__init__()
        self.context_size, self.dropout, self.causal = key_size, dropout, causal

    def remember(
        self, states: Tensor, mask: Tensor, lengths: Tensor, *, values: Tensor | None = None
    ) -> Memory:
        """Shape: states ``[..., S, K]``, mask ``[..., S]``, lengths ``[...]``."""
        return Memory(keys=states, values=states if values is None else values, mask=mask, lengths=lengths)

    def forward(
        self,
        query: Tensor,
        memory: Memory,
        *,
        position: int | Tensor,
        coverage: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Attended:
        """Shape: query ``[..., T, K]``, bias ``[..., T, S]``; there are no weights, and no place for coverage."""
        whole = self.causal and isinstance(position, Tensor) and position.numel() > 1
        mask: Tensor | None = None if whole and bias is None else memory.mask.unsqueeze(-2)
        if whole and mask is not None:
            mask = mask & causal_mask(query.size(-2), device=mask.device)
        added = mask if bias is None or mask is None else bias.masked_fill(~mask, torch.finfo(bias.dtype).min)
        context = nn.functional.scaled_dot_product_attention(
            query,
            memory.keys,
            memory.values,
            attn_mask=added,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=whole and mask is None,
        )
        if mask is not None and bias is not None:
            # Where there is nothing to see; under a mask alone torch does so itself.
            context = context.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0)
        return Attended(context)
