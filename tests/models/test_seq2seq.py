"""The output projection."""

import torch
from torch import nn

from nmt.models.seq2seq import Projection


def test_logits_are_an_affine_map_of_the_states():
    weight = nn.Parameter(torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]))
    projection = Projection(weight)
    assert projection.weight is weight
    projection.bias.data.copy_(torch.tensor([0.5, 0.0, -1.0]))
    assert projection(torch.tensor([[[2.0, 1.0]]])).tolist() == [[[4.5, -1.0, 5.5]]]
