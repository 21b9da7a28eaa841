"""Fusions against their formulas, written a second time in NumPy, one row at a time."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
import torch

from nmt.attention.fuse import Fuse, Gate, Luong, Readout, Sum

H, E, K, D = 3, 2, 4, 5


def number(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy()


def readout(fuse: Readout, h: np.ndarray, e: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Bahdanau et al. 2015, appendix A.2.2: the larger of each pair."""
    both = number(fuse.linear.weight) @ np.concatenate((h, e, c)) + number(fuse.linear.bias)
    return np.maximum(both[:D], both[D:])


def luong(fuse: Luong, h: np.ndarray, e: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Luong et al. 2015, eq. 5."""
    return np.tanh(number(fuse.linear.weight) @ np.concatenate((c, h)))


def gate(fuse: Gate, h: np.ndarray, e: np.ndarray, c: np.ndarray) -> np.ndarray:
    energy = number(fuse.gate.weight) @ np.concatenate((c, h)) + number(fuse.gate.bias)
    share = 1 / (1 + np.exp(-energy))
    return share * (number(fuse.state.weight) @ h) + (1 - share) * (number(fuse.context.weight) @ c)


def plain_sum(fuse: Sum, h: np.ndarray, e: np.ndarray, c: np.ndarray) -> np.ndarray:
    return number(fuse.state.weight) @ h + number(fuse.context.weight) @ c


# Every class of nmt/attention/fuse.py, its formula, and which of state, embedding and context it reads.
FUSES = [
    pytest.param(
        lambda: Readout(state_size=H, embedding_size=E, context_size=K, size=D),
        readout,
        (True, True, True),
        id="readout",
    ),
    pytest.param(lambda: Luong(state_size=H, context_size=K, size=D), luong, (True, False, True), id="luong"),
    pytest.param(lambda: Gate(state_size=H, context_size=K, size=D), gate, (True, False, True), id="gate"),
    pytest.param(lambda: Sum(state_size=H, context_size=K, size=D), plain_sum, (True, False, True), id="sum"),
]
Make = Callable[[], Fuse]


def made(make: Make) -> Fuse:
    """In float64, biases too other than zero."""
    torch.manual_seed(0)
    fuse = make().double()
    for parameter in fuse.parameters():
        torch.nn.init.normal_(parameter)
    return fuse


@pytest.mark.parametrize(("make", "formula", "reads"), FUSES)
def test_a_fusion_equals_its_formula(make: Make, formula, reads):
    fuse = made(make)
    inputs = [torch.randn(2, 6, n, dtype=torch.float64) for n in (H, E, K)]
    found = number(fuse(*inputs))
    assert found.shape == (2, 6, fuse.output_size) == (2, 6, D)
    narrow = number(deepcopy(fuse).float()(*(one.float() for one in inputs)))
    for row in np.ndindex(2, 6):
        expected = formula(fuse, *(number(one)[row] for one in inputs))
        np.testing.assert_allclose(found[row], expected, rtol=0, atol=1e-9)
        np.testing.assert_allclose(narrow[row], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("make", "formula", "reads"), FUSES)
def test_the_gradient_reaches_every_parameter_and_what_it_reads(make: Make, formula, reads):
    fuse = made(make)
    inputs = [torch.randn(2, n, dtype=torch.float64, requires_grad=True) for n in (H, E, K)]
    fuse(*inputs).square().sum().backward()
    for tensor, wanted in zip(inputs, reads, strict=True):
        assert (tensor.grad is not None and tensor.grad.abs().max() > 0) == wanted
    assert all(parameter.grad.abs().max() > 0 for parameter in fuse.parameters())
