"""Dropout by bits: its rate, its mean, that values fall independently, and that its gradient is its own mask."""

import pytest
import torch

from nmt.attention.dropout import Dropout

COUNT = 1_000_000


def zeroed(p: float, *shape: int, seed: int = 1) -> torch.Tensor:
    torch.manual_seed(seed)
    return Dropout(p)(torch.ones(*shape)) == 0


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_its_rate_is_the_asked_within_four_standard_errors(p):
    share = zeroed(p, COUNT).double().mean().item()
    assert abs(share - p) < 4 * (p * (1 - p) / COUNT) ** 0.5


@pytest.mark.parametrize("distance", [1, 2, 3, 4, 8, 1000])
def test_values_fall_whatever_their_neighbours_do(distance):
    p = 0.3
    fallen = zeroed(p, COUNT)
    both = (fallen[distance:] & fallen[:-distance]).double().mean().item()
    assert abs(both - p * p) < 5 * (p * p * (1 - p * p) / COUNT) ** 0.5


def test_successive_masks_are_independent():
    torch.manual_seed(1)
    dropout, ones = Dropout(0.3), torch.ones(COUNT)
    both = ((dropout(ones) == 0) & (dropout(ones) == 0)).double().mean().item()
    assert abs(both - 0.09) < 5 * (0.09 * 0.91 / COUNT) ** 0.5


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-6)])
def test_what_stays_makes_up_for_what_falls(dtype, within):
    p = 0.3
    values = Dropout(p)(torch.ones(COUNT, dtype=dtype)).unique()
    by_bits = round(p * 2**16) / 2**16
    torch.testing.assert_close(
        values, torch.tensor([0.0, 1 / (1 - by_bits)], dtype=dtype), rtol=0, atol=within
    )


def test_bfloat16_stays_bfloat16():
    assert Dropout(0.5)(torch.ones(8, dtype=torch.bfloat16)).dtype == torch.bfloat16


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (2, 0, 4), (7, 1, 3)])
def test_any_shape(shape):
    assert Dropout(0.5)(torch.ones(shape)).shape == shape


def test_gradients_go_where_values_went():
    torch.manual_seed(1)
    x = torch.randn(50, 7, dtype=torch.float64, requires_grad=True)
    y = Dropout(0.4)(x)
    y.backward(torch.ones_like(y))
    torch.testing.assert_close(x.grad * x, y)


def test_what_is_transposed_falls_by_itself_too():
    x = torch.ones(100, 100).t()
    assert 0.4 < (Dropout(0.5)(x) == 0).double().mean() < 0.6


def test_the_generator_alone_decides():
    assert torch.equal(zeroed(0.5, 1000), zeroed(0.5, 1000))
    assert not torch.equal(zeroed(0.5, 1000), zeroed(0.5, 1000, seed=2))


@pytest.mark.parametrize("p", [0.0, 1.0, 1e-9])
def test_the_ends(p):
    y = Dropout(p)(torch.ones(1000))
    assert (y == (0.0 if p == 1 else 1.0)).all()


def test_nothing_falls_out_of_training():
    x = torch.randn(1000)
    assert Dropout(0.5).eval()(x) is x
