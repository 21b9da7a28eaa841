"""Token embeddings: N(0, d^-1/2), the padding row zero at first; no result depends on it."""

import torch
from torch import nn


def embedding(vocabulary: int, size: int, padding: int) -> nn.Embedding:
    """Shape: ids ``[...]`` -> ``[..., size]``; std ``size ** -0.5`` keeps tied output logits near unit scale."""
    table = nn.Embedding(vocabulary, size, padding_idx=padding)
    nn.init.normal_(table.weight, std=size**-0.5)
    with torch.no_grad():
        table.weight[padding].zero_()
    return table
