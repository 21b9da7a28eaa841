"""Alignments: what holds for all of them, and what makes each its own."""

import numpy as np
import pytest
import torch

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.hard import Reinforce
from nmt.attention.mask import masked_softmax
from nmt.attention.sparse import Sparsemax, Threshold, TopK


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_rows_sum_to_one_and_masked_rows_to_nothing(align: Align, dtype: torch.dtype):
    scores = torch.randn(2, 3, 4).to(dtype).requires_grad_()
    mask = torch.tensor([[True, True, True, False], [False] * 4]).unsqueeze(1)
    weights, log_prob, entropy = align(scores, mask, None)
    assert weights.shape == (2, 3, 4)
    assert weights.dtype == dtype
    torch.testing.assert_close(weights[0].float().sum(-1), torch.ones(3), atol=1e-2, rtol=0)
    assert weights[0, :, 3].eq(0).all()
    assert weights[1].eq(0).all()
    given = [one.float().square().sum() for one in (weights, log_prob, entropy) if one is not None]
    if any(one.requires_grad for one in given):
        torch.stack(given).sum().backward()
        assert scores.grad is not None
        assert scores.grad.isfinite().all()
        assert scores.grad[1].eq(0).all()
        assert scores.grad[0, :, 3].eq(0).all()


@pytest.mark.parametrize("hidden", [1e30, -1e30, float("inf"), float("nan")])
def test_what_stands_at_a_masked_place_does_not_matter(align: Align, hidden: float):
    mask = torch.tensor([[True, False, True, True], [False] * 4])
    plain = torch.tensor([[0.3, 0.0, 0.9, -0.5], [0.0] * 4])
    found = []
    for number in (0.0, hidden):
        scores = plain.masked_fill(~mask, number).requires_grad_()
        torch.manual_seed(1)
        aligned = align(scores, mask, None)
        given = [one for one in aligned if one is not None]
        found.append([*given])
        if any(one.requires_grad for one in given):
            sum((one * torch.arange(1.0, one.size(-1) + 1)).sum() for one in given).backward()
            found[-1].append(scores.grad)
    for one, other in zip(*found, strict=True):
        assert torch.equal(one, other)


def test_large_scores_stay_finite_forward_and_backward(align: Align):
    scores = torch.tensor([[1e4, -1e4, 1e4, 0.0], [-1e4] * 4, [1e30, 1.0, 2.0, 3.0]], requires_grad=True)
    mask = torch.tensor([True, True, True, False])
    given = [one for one in align(scores, mask, None) if one is not None]
    assert all(one.isfinite().all() for one in given)
    torch.testing.assert_close(given[0].sum(-1), torch.ones(3))
    if any(one.requires_grad for one in given):
        sum(one.square().sum() for one in given).backward()
        assert scores.grad is not None
        assert scores.grad.isfinite().all()


def test_a_source_of_one_place_gets_all_the_weight(align: Align):
    scores = torch.tensor([[[-3.0]], [[1e4]]], requires_grad=True)
    for mask in (None, torch.ones(2, 1, 1, dtype=torch.bool)):
        assert align(scores, mask, None).weights.tolist() == [[[1.0]], [[1.0]]]


def test_without_mask_it_is_as_with_a_mask_that_hides_nothing(align: Align):
    scores, found = torch.randn(2, 3, 4), []
    for mask in (None, torch.ones(1, 1, 4, dtype=torch.bool)):
        torch.manual_seed(1)
        found.append(align(scores, mask, None).weights)
    torch.testing.assert_close(*found, rtol=0, atol=1e-6)
    torch.testing.assert_close(found[0].sum(-1), torch.ones(2, 3))


def test_a_prior_multiplies_and_is_not_normalised_again(align: Align):
    scores, mask = torch.randn(1, 2, 3), torch.tensor([[[True, True, False]]])
    prior, found = torch.tensor([[[0.5, 0.25, 1.0]]]), []
    for given in (prior, None):
        torch.manual_seed(1)
        found.append(align(scores, mask, given).weights)
    torch.testing.assert_close(found[0], found[1] * prior)


def test_what_is_expected_of_an_alignment_that_samples_nothing_is_itself(align: Align, mode: str):
    scores, mask = torch.randn(2, 3, 4), torch.rand(2, 3, 4) < 0.8
    sampled = align(scores, mask, None).log_prob is not None
    torch.manual_seed(1)
    found = align(scores, mask, None)
    torch.manual_seed(1)
    expected = align.expect(scores, mask, None)
    assert expected.log_prob is None
    if isinstance(align, Reinforce):
        torch.testing.assert_close(expected.weights, masked_softmax(scores, mask))
    else:
        assert torch.equal(found.weights, expected.weights)
    assert sampled == (isinstance(align, Reinforce) and mode == "training")


@pytest.mark.parametrize("mask", [True, False])
def test_soft_equals_its_formula(mask: bool):
    scores = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    seen = torch.rand(2, 3, 4, generator=torch.Generator().manual_seed(1)) < 0.5 if mask else None
    for temperature in (1.0, 0.3):
        found = Soft(temperature=temperature)(scores, seen, None).weights
        narrow = Soft(temperature=temperature)(scores.float(), seen, None).weights
        for b, t in np.ndindex(2, 3):
            places = [s for s in range(4) if seen is None or seen[b, t, s]]
            total = sum(np.exp(scores[b, t, s].item() / temperature) for s in places)
            expected = [
                np.exp(scores[b, t, s].item() / temperature) / total if s in places else 0.0 for s in range(4)
            ]
            np.testing.assert_allclose(found[b, t], expected, rtol=0, atol=1e-9)
            np.testing.assert_allclose(narrow[b, t], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("make", [Soft, Sparsemax, lambda **c: Threshold(least=0.2, **c)])
def test_at_temperature_zero_the_best_alone_counts_and_equals_share(make):
    scores = torch.tensor([[1.0, 3.0, 9.0, 3.0], [1.0, 2.0, 0.0, 5.0]])
    mask = torch.tensor([True, True, False, True])
    weights = make(temperature=0.0)(scores, mask, None).weights
    assert weights.tolist() == [[0, 0.5, 0, 0.5], [0, 0, 0, 1]]


DROPPED = [
    pytest.param(make, id=name)
    for name, make in {
        "soft": Soft,
        "uniform": Uniform,
        "top 3": lambda **c: TopK(k=3, **c),
        "sparsemax": Sparsemax,
    }.items()
]


@pytest.mark.parametrize("make", DROPPED)
def test_dropout_on_weights_rescales_and_does_not_renormalise(make):
    torch.manual_seed(0)
    scores = torch.randn(50, 8, 6)
    plain = make()(scores, None, None).weights
    align = make(dropout=0.25)
    dropped = align(scores, None, None).weights
    kept = dropped != 0
    assert 0.70 < kept[plain > 0].float().mean() < 0.80
    torch.testing.assert_close(dropped[kept], plain[kept] / 0.75)
    assert (dropped.sum(-1) - 1).abs().max() > 0.1
    assert torch.equal(align.eval()(scores, None, None).weights, plain)


def test_uniform_spreads_over_what_is_visible_whatever_the_scores():
    mask = torch.tensor([[[True, False, True, True, True]]])
    weights = Uniform()(torch.tensor([[[1e30, 5.0, float("nan"), -1.0, 0.0]]]), mask, None).weights
    assert weights.tolist() == [[[0.25, 0.0, 0.25, 0.25, 0.25]]]


def test_a_shift_of_all_scores_changes_nothing(align: Align):
    scores, mask, found = torch.randn(2, 3, 4).double(), torch.rand(2, 3, 4) < 0.7, []
    for shift in (0.0, 5.0):
        torch.manual_seed(1)
        found.append(align(scores + shift, mask, None).weights)
    torch.testing.assert_close(*found, rtol=0, atol=1e-9)
