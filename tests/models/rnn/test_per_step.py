"""Deferred weight gradients are plain autograd's, and so is everything else."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from nmt.models.rnn.per_step import per_step

R, H, STEPS = 3, 4, 5


def linear(*, bias: bool = True, dtype: torch.dtype = torch.float64) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(H, H, bias=bias, dtype=dtype)


def unroll(product: Callable[[Tensor], Tensor], first: Tensor) -> list[Tensor]:
    """The states of a small recurrence."""
    states = [first]
    for _ in range(STEPS):
        states.append(torch.tanh(product(states[-1])) + 0.1 * states[-1])
    return states[1:]


def gradients(product: Callable[[Tensor], Tensor], layer: nn.Linear, used: slice) -> list[Tensor]:
    """Of a loss over some of the states, for the first state and every parameter."""
    generator = torch.Generator().manual_seed(1)
    dtype = layer.weight.dtype
    first = torch.randn(R, H, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()
    loss = torch.stack(unroll(product, first)[used]).square().sum()
    return list(torch.autograd.grad(loss, [first, *layer.parameters()]))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "used", [slice(None), slice(-1, None), slice(0, 2)], ids=["all", "last", "first two"]
)
def test_gradients_equal_plain_autograds(bias: bool, used: slice):
    layer = linear(bias=bias)
    deferred, plain = gradients(per_step(layer), layer, used), gradients(layer, layer, used)
    for one, other in zip(deferred, plain, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_the_values_are_the_same():
    layer, first = linear(), torch.randn(R, H, dtype=torch.float64)
    for one, other in zip(unroll(per_step(layer), first), unroll(layer, first), strict=True):
        assert torch.equal(one, other)


def test_gradients_of_two_passes_add_up():
    layer = linear()
    for _ in range(2):
        unroll(per_step(layer), torch.ones(R, H, dtype=torch.float64))[-1].sum().backward()
    twice = layer.weight.grad
    layer.zero_grad()
    unroll(layer, torch.ones(R, H, dtype=torch.float64))[-1].sum().backward()
    assert twice is not None
    assert layer.weight.grad is not None
    torch.testing.assert_close(twice, 2 * layer.weight.grad, rtol=0, atol=1e-12)


def test_two_uses_of_one_pass_share_one_sum():
    layer = linear()
    product, first = per_step(layer), torch.ones(R, H, dtype=torch.float64)
    (product(first) + product(2 * first)).sum().backward()
    deferred = layer.weight.grad
    layer.zero_grad()
    layer(3 * first).sum().backward()
    assert deferred is not None
    torch.testing.assert_close(deferred, layer.weight.grad, rtol=0, atol=1e-12)


def test_without_gradients_it_is_the_layer_itself():
    layer = linear()
    with torch.no_grad():
        assert per_step(layer) is layer
    assert per_step(layer.requires_grad_(False)) is layer


def test_under_autocast_gradients_are_wide_and_near_the_exact_ones():
    layer = linear(dtype=torch.float32)
    exact = gradients(layer, layer, slice(None))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert per_step(layer)(torch.ones(R, H)).dtype == torch.bfloat16
        near = gradients(per_step(layer), layer, slice(None))
    for one, other in zip(near, exact, strict=True):
        assert one.dtype == torch.float32
        assert (one - other).norm() < 0.03 * other.norm()
