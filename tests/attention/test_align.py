"""Alignments: what holds for all of them, and what makes each its own."""

import pytest
import torch

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.mask import masked_softmax

ALIGNS = [pytest.param(Soft(), id="soft"), pytest.param(Uniform(), id="uniform")]


@pytest.mark.parametrize("align", ALIGNS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_rows_sum_to_one_and_masked_rows_to_nothing(align: Align, dtype: torch.dtype):
    scores = torch.randn(2, 3, 4).to(dtype).requires_grad_()
    mask = torch.tensor([[True, True, True, False], [False] * 4]).unsqueeze(1)
    weights, log_prob, _ = align(scores, mask, None)
    assert weights.shape == (2, 3, 4)
    assert weights.dtype == dtype
    assert log_prob is None
    torch.testing.assert_close(weights[0].float().sum(-1), torch.ones(3), atol=1e-2, rtol=0)
    assert weights[0, :, 3].eq(0).all()
    assert weights[1].eq(0).all()
    if weights.requires_grad:
        weights.float().square().sum().backward()
        assert scores.grad is not None
        assert scores.grad.isfinite().all()


@pytest.mark.parametrize("align", ALIGNS)
def test_without_mask_every_place_is_seen(align: Align):
    weights = align(torch.randn(2, 3, 4), None, None).weights
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))
    assert (weights > 0).all()


@pytest.mark.parametrize("align", ALIGNS)
def test_a_prior_multiplies_and_is_not_normalised_again(align: Align):
    scores, mask = torch.randn(1, 2, 3), torch.tensor([[[True, True, False]]])
    prior = torch.tensor([[[0.5, 0.25, 1.0]]])
    torch.testing.assert_close(align(scores, mask, prior).weights, align(scores, mask, None).weights * prior)


def test_soft_is_the_masked_softmax():
    scores, mask = torch.randn(2, 3, 4), torch.rand(2, 3, 4) < 0.5
    assert torch.equal(Soft()(scores, mask, None).weights, masked_softmax(scores, mask))


def test_dropout_on_weights_rescales_and_does_not_renormalise():
    torch.manual_seed(0)
    scores = torch.randn(50, 8, 6)
    plain = Soft()(scores, None, None).weights
    align = Soft(dropout=0.25)
    dropped = align(scores, None, None).weights
    kept = dropped != 0
    assert 0.70 < kept.float().mean() < 0.80
    torch.testing.assert_close(dropped[kept], plain[kept] / 0.75)
    assert (dropped.sum(-1) - 1).abs().max() > 0.1
    assert torch.equal(align.eval()(scores, None, None).weights, plain)


def test_uniform_spreads_over_what_is_visible_whatever_the_scores():
    mask = torch.tensor([[[True, False, True, True, True]]])
    weights = Uniform()(torch.tensor([[[1e30, 5.0, float("nan"), -1.0, 0.0]]]), mask, None).weights
    assert weights.tolist() == [[[0.25, 0.0, 0.25, 0.25, 0.25]]]
