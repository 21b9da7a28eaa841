"""The fused projection and cross-entropy say what torch's own says."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from nmt.training import linear_loss as fused
from nmt.training.cross_entropy import CrossEntropy
from nmt.training.linear_loss import linear_loss

Inputs = tuple[Tensor, Tensor, Tensor, Tensor]


def inputs(positions: int, dtype: torch.dtype = torch.float64) -> Inputs:
    """states [N, 7], weight [11, 7], bias [11], targets [N]."""
    generator = torch.Generator().manual_seed(positions)
    shapes = (positions, 7), (11, 7), (11,)
    states, weight, bias = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)
    targets = torch.randint(0, 11, (positions,), generator=generator)
    return *(one.to(dtype).requires_grad_() for one in (states, weight, bias)), targets  # type: ignore[return-value]


def reference(given: Inputs, smoothing: float) -> Tensor:
    states, weight, bias, targets = given
    return F.cross_entropy(
        F.linear(states, weight, bias), targets, reduction="sum", label_smoothing=smoothing
    )


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("positions", [1, 4, 5, 23])
def test_it_equals_torchs_in_value_and_gradients_over_chunk_borders(monkeypatch, positions, smoothing):
    monkeypatch.setattr(fused, "CHUNK", 5)
    given, same = inputs(positions), inputs(positions)
    loss, (nll,) = linear_loss(*given, CrossEntropy(label_smoothing=smoothing))
    expected = reference(same, smoothing)
    (3 * loss).backward()  # the gradient of what follows is passed on
    (3 * expected).backward()

    torch.testing.assert_close(loss, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(nll.sum(), reference(same, 0.0), rtol=1e-9, atol=1e-9)
    for ours, theirs in zip(given[:3], same[:3], strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-9, atol=1e-9)


def test_more_positions_than_a_real_chunk():
    given, same = inputs(fused.CHUNK + 3), inputs(fused.CHUNK + 3)
    linear_loss(*given, CrossEntropy(label_smoothing=0.1))[0].backward()
    reference(same, 0.1).backward()
    for ours, theirs in zip(given[:3], same[:3], strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-9, atol=1e-9)


def test_a_certain_and_an_undecided_position_by_hand():
    """Two words: logits (0, 0) cost ln 2; logits (ln 3, 0) give 3/4 to the first, which costs ln 4/3."""
    states = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    weight = torch.tensor([[3.0], [1.0]], dtype=torch.float64).log()
    bias, targets = torch.zeros(2, dtype=torch.float64), torch.tensor([0, 0])
    loss, _ = linear_loss(states, weight, bias, targets, CrossEntropy())
    assert loss.item() == pytest.approx(torch.tensor([2.0, 4 / 3], dtype=torch.float64).log().sum().item())


def test_in_half_precision_it_is_right_within_rounding():
    given, same = inputs(40, torch.float32), inputs(40, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss, _ = linear_loss(*given, CrossEntropy(label_smoothing=0.1))
    expected = reference(same, 0.1)
    loss.backward()
    expected.backward()

    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=1e-2, atol=0.0)
    for ours, theirs in zip(given[:3], same[:3], strict=True):
        assert ours.grad.dtype == torch.float32
        assert (ours.grad - theirs.grad).norm() < 0.02 * theirs.grad.norm()


def test_the_likelihood_has_no_gradient():
    for dtype in (torch.float32, torch.float64):
        loss, nll = linear_loss(*inputs(4, dtype), CrossEntropy())
        assert loss.requires_grad
        assert not nll.requires_grad


def test_nothing_is_kept_for_a_gradient_that_nobody_wants():
    given = inputs(4)
    with torch.no_grad():
        loss, nll = linear_loss(*given, CrossEntropy())
    assert loss.grad_fn is None
    assert nll.sum().item() == pytest.approx(reference(given, 0.0).item())


def test_no_positions_cost_nothing():
    given = inputs(0)
    loss, nll = linear_loss(*given, CrossEntropy())
    loss.backward()
    assert (loss.item(), nll.shape) == (0.0, (1, 0))
    assert all(not one.grad.any() for one in given[:3])
