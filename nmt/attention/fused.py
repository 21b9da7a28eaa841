"""Scaled dot products, softmax and weighted sum where nobody asks for the weights: in one call of torch's, or in three
plain ones where a CPU is faster with these.

Letters: T queries, S keys, K width of query, key and value. Any leading dimensions.
"""

import math

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Memory
from nmt.attention.dropout import Dropout
from nmt.attention.mask import causal_mask

SHORT = 64  # keys: up to here plain calls take a CPU less time; at caption length, with gradients, about half


class FusedAttention(nn.Module):
    """What :class:`~nmt.attention.attention.Attention` makes of a scaled dot product, the whole side and the softmax
    (Vaswani et al. 2017, eq. 1), mostly by ``torch.nn.functional.scaled_dot_product_attention``; it has no parameters,
    so that weights trained with the one fit the other.

    Where ``causal`` asks about a whole target at once, padding is not masked: it comes last, where no real query looks.
    """

    max_source = None  # any number of keys
    reads_keys = True

    def __init__(self, *, key_size: int, dropout: float = 0.0, causal: bool = False) -> None:
        super().__init__()
        self.context_size, self.causal = key_size, causal
        self.dropout = Dropout(dropout)

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
        mask = causal_mask(query.size(-2), device=query.device) if whole else memory.mask.unsqueeze(-2)
        if query.device.type == "cpu" and mask.size(-1) <= SHORT:
            context = self._plain(query, memory, _added(mask, bias, query))
        else:
            causal = whole and bias is None
            context = self._fused(query, memory, None if causal else _added(mask, bias, query))
        # Where there is nothing to see; of a whole target each place sees itself.
        return Attended(context if whole else context.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0))

    def _plain(self, query: Tensor, memory: Memory, added: Tensor) -> Tensor:
        products = query @ memory.keys.transpose(-2, -1)
        scores = torch.add(added, products, alpha=1 / math.sqrt(query.size(-1)))
        return self.dropout(torch.softmax(scores, dim=-1)) @ memory.values

    def _fused(self, query: Tensor, memory: Memory, added: Tensor | None) -> Tensor:
        """``added``: None where a place sees itself and all before it."""
        return nn.functional.scaled_dot_product_attention(
            query,
            memory.keys,
            memory.values,
            attn_mask=added,
            dropout_p=self.dropout.p if self.training else 0.0,
            is_causal=added is None,
        )


def _added(mask: Tensor, bias: Tensor | None, like: Tensor) -> Tensor:
    """What is added to the scores: the bias, if any, and where nothing may be seen the lowest number."""
    bias = like.new_zeros(mask.shape) if bias is None else bias
    return bias.masked_fill(~mask, torch.finfo(bias.dtype).min)
