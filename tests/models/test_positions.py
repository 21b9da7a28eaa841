"""Positions by their formulas, one number at a time, and what continues where it stopped."""

import math

import pytest
import torch
from torch import nn

from nmt.models.positions import Learned, NoPositions, Positions, Sinusoidal


@pytest.mark.parametrize("size", [2, 6, 50])
def test_waves_are_sines_then_cosines_of_a_geometric_series(size):
    found = Sinusoidal()(torch.zeros(3, 40, size, dtype=torch.float64))
    for place in range(40):
        for i in range(size // 2):
            angle = place / 10000 ** (2 * i / size)
            assert found[1, place, i].item() == pytest.approx(math.sin(angle), abs=1e-9)
            assert found[1, place, size // 2 + i].item() == pytest.approx(math.cos(angle), abs=1e-9)


def test_waves_keep_their_precision_far_out_in_float32():
    far = Sinusoidal()(torch.zeros(1, 4), first=100_000)
    assert far[0, 0].item() == pytest.approx(math.sin(100_000), abs=1e-6)
    assert far[0, 3].item() == pytest.approx(math.cos(1000), abs=1e-6)


def test_a_table_gives_each_place_its_row():
    learned = Learned(max_length=5, size=3).double()
    embedded = torch.randn(2, 4, 3, dtype=torch.float64)
    found = learned(embedded)
    for row, place in ((0, 0), (1, 3)):
        assert torch.equal(found[row, place], embedded[row, place] + learned.table.weight[place])


def test_a_table_ends_where_it_ends():
    learned = Learned(max_length=5, size=3)
    assert learned.max_length == 5
    learned(torch.zeros(1, 5, 3))
    learned(torch.zeros(1, 1, 3), first=4)
    with pytest.raises(IndexError, match="place 6 of 5"):
        learned(torch.zeros(1, 6, 3))
    with pytest.raises(IndexError, match="place 6 of 5"):
        learned(torch.zeros(1, 1, 3), first=5)


def test_only_a_table_bounds_the_length():
    assert Sinusoidal().max_length is NoPositions().max_length is None


def test_a_table_begins_as_wide_as_the_embeddings():
    torch.manual_seed(0)
    assert Learned(max_length=400, size=64).table.weight.std().item() == pytest.approx(1 / 8, rel=0.05)


@pytest.mark.parametrize(
    "positions",
    [Sinusoidal(), Learned(max_length=9, size=6), NoPositions()],
    ids=lambda one: type(one).__name__,
)
def test_a_side_may_be_given_in_pieces(positions: Positions):
    embedded = torch.randn(2, 9, 6)
    whole = positions(embedded)
    parts = [
        positions(embedded[:, :4]),
        positions(embedded[:, 4:5], first=4),
        positions(embedded[:, 5:], first=5),
    ]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, rtol=0, atol=1e-7)


def test_a_place_of_the_table_learns_where_it_is_used():
    learned = Learned(max_length=5, size=3)
    learned(torch.zeros(2, 2, 3), first=1).sum().backward()
    assert isinstance(learned.table, nn.Embedding)
    assert learned.table.weight.grad.sum(dim=1).tolist() == [0, 6, 6, 0, 0]
