"""`attention: none`: the fixed-vector baseline, behind the same two calls as any attention.

Letters: B sentences, S source length, T queries, K annotation width.
"""

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Memory


class FixedVector(nn.Module):
    """Every step sees the same vector, the encoder's last states (Cho et al. 2014): what attention replaced."""

    def __init__(self, *, key_size: int, bidirectional: bool) -> None:
        super().__init__()
        self.context_size, self.bidirectional = key_size, bidirectional

    def remember(self, states: Tensor, mask: Tensor, lengths: Tensor) -> Memory:
        """Keeps the forward half of the last real place and the backward half of the first, ``[B, 1, K]``."""
        last = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, states.size(-1))
        vector = states.gather(1, last)
        if self.bidirectional:
            half = states.size(-1) // 2
            vector = torch.cat((vector[..., :half], states[:, :1, half:]), dim=-1)
        return Memory(keys=vector, values=vector, mask=mask, lengths=lengths)

    def forward(
        self,
        query: Tensor,
        memory: Memory,
        *,
        position: int | Tensor,
        coverage: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Attended:
        """Shape: query ``[B, T, Q]`` -> context ``[B, T, K]``; there are no weights."""
        return Attended(memory.values.expand(-1, query.size(-2), -1))
