"""Embeddings: their scale, and a padding row that stays zero."""

import torch

from nmt.models.embedding import embedding


def test_the_scale_keeps_a_tied_projection_near_unit():
    torch.manual_seed(0)
    table = embedding(2000, 64, padding=0)
    assert abs(table.weight[1:].std().item() * 8 - 1) < 0.02
    assert abs(table.weight.mean().item()) < 0.002


def test_the_padding_row_is_zero_and_is_never_trained():
    table = embedding(5, 3, padding=2)
    assert not table.weight[2].any()
    table(torch.tensor([[1, 2], [2, 4]])).sum().backward()
    assert table.weight.grad is not None
    assert table.weight.grad.tolist() == [[0] * 3, [1] * 3, [0] * 3, [0] * 3, [1] * 3]
