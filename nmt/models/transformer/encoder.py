"""The Transformer's encoder: layers of self-attention and feed-forward.

Letters: B sentences, S source length, D model width.
"""

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from nmt.attention.heads import Heads
from nmt.attention.mask import padding_mask
from nmt.models.encoder_decoder import Encoded, Encoder
from nmt.models.transformer.feedforward import FeedForward
from nmt.models.transformer.placed import Placed
from nmt.models.transformer.residual import Residual


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward, each within its residual connection (Vaswani et al. 2017, section 3.1)."""

    def __init__(
        self,
        *,
        attention: Heads,
        around_attention: Residual,
        feedforward: FeedForward,
        around_feedforward: Residual,
    ) -> None:
        super().__init__()
        self.attention, self.around_attention = attention, around_attention
        self.feedforward, self.around_feedforward = feedforward, around_feedforward

    def forward(self, x: Tensor, mask: Tensor, lengths: Tensor) -> Tensor:
        """Shape: x ``[B, S, D]``, mask ``[B, S]``, lengths ``[B]`` -> ``[B, S, D]``."""
        asking = self.around_attention.enter(x)
        memory = self.attention.remember(asking, mask, lengths)
        places = torch.arange(x.size(1), device=x.device)
        x = self.around_attention(x, self.attention(asking, memory, position=places).context)
        return self.around_feedforward(x, self.feedforward(self.around_feedforward.enter(x)))


class TransformerEncoder(Encoder):
    """Any number of layers; ``norm`` comes last, and is the identity after post-norm layers.

    A recurrent decoder begins from the mean of the annotations.
    """

    def __init__(
        self, *, embedding: nn.Embedding, placed: Placed, layers: list[EncoderLayer], norm: nn.Module
    ) -> None:
        super().__init__()
        self.embedding, self.placed = embedding, placed
        self.layers, self.norm = nn.ModuleList(layers), norm
        self.output_size = embedding.embedding_dim
        bounds = (placed.positions.max_length, layers[0].attention.max_source)
        self.max_length = min((bound for bound in bounds if bound is not None), default=None)

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Shape: source ``[B, S]``, lengths ``[B]``."""
        mask = padding_mask(lengths, source.size(1))
        x = self.placed(self.embedding(source))
        for layer in cast(Iterable[EncoderLayer], self.layers):
            x = layer(x, mask, lengths)
        x = self.norm(x)
        sums = x.masked_fill(~mask.unsqueeze(-1), 0.0).sum(dim=1)
        return Encoded(x, (sums / lengths.clamp(min=1).unsqueeze(-1),))
