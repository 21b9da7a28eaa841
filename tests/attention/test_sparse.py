"""Sparse alignments against their definitions, one row at a time."""

import itertools

import numpy as np
import pytest
import torch

from nmt.attention.align import Soft
from nmt.attention.sparse import Sparsemax, Threshold, TopK

MASK = torch.tensor([[True] * 5, [True, False, True, True, False], [False, True] + [False] * 3, [False] * 5])


def values(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def softmax(scores: list[float]) -> list[float]:
    total = sum(np.exp(scores))
    return [np.exp(one) / total for one in scores]


def threshold(scores: list[float], least: float) -> list[float]:
    weights = softmax(scores)
    kept = [i for i, weight in enumerate(weights) if weight >= least] or [int(np.argmax(scores))]
    total = sum(weights[i] for i in kept)
    return [weights[i] / total if i in kept else 0.0 for i in range(len(scores))]


def top_k(scores: list[float], k: int) -> list[float]:
    kept = sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
    return [
        np.exp(scores[i]) / sum(np.exp(scores[j]) for j in kept) if i in kept else 0.0
        for i in range(len(scores))
    ]


def sparsemax(scores: list[float]) -> list[float]:
    """The nearest point of the simplex, sought on each of its faces."""
    best: tuple[float, list[float]] | None = None
    for size in range(1, len(scores) + 1):
        for face in itertools.combinations(range(len(scores)), size):
            shift = (sum(scores[i] for i in face) - 1) / size
            point = [scores[i] - shift if i in face else 0.0 for i in range(len(scores))]
            distance = sum((one - other) ** 2 for one, other in zip(point, scores, strict=True))
            if min(point) >= 0 and (best is None or distance < best[0]):
                best = distance, point
    assert best is not None
    return best[1]


CASES = [
    pytest.param(Threshold(least=0.15), lambda row: threshold(row, 0.15), id="threshold"),
    pytest.param(Threshold(least=0.9), lambda row: threshold(row, 0.9), id="threshold that leaves nothing"),
    pytest.param(TopK(k=2), lambda row: top_k(row, 2), id="top 2"),
    pytest.param(Sparsemax(), sparsemax, id="sparsemax"),
    pytest.param(
        Sparsemax(temperature=2.0), lambda row: sparsemax([one / 2 for one in row]), id="mild sparsemax"
    ),
]


@pytest.mark.parametrize(("align", "formula"), CASES)
def test_it_equals_its_definition(align, formula):
    scores = values(8, 4, 5)
    found = align(scores, MASK, None).weights
    narrow = align(scores.float(), MASK, None).weights
    for batch, row in np.ndindex(8, 4):
        seen = MASK[row].nonzero().flatten().tolist()
        expected = np.zeros(5)
        if seen:
            expected[seen] = formula(scores[batch, row, seen].tolist())
        np.testing.assert_allclose(found[batch, row], expected, rtol=0, atol=1e-9)
        np.testing.assert_allclose(narrow[batch, row], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("align", [TopK(k=5), TopK(k=99), Threshold(least=1e-12)])
@pytest.mark.parametrize("mask", [MASK, None], ids=["mask", "no mask"])
def test_what_keeps_everything_is_soft(align, mask):
    scores = values(4, 5)
    assert torch.equal(align(scores, mask, None).weights, Soft()(scores, mask, None).weights)


def test_the_best_of_one_and_of_any_that_is_high_enough_are_the_same():
    scores = values(4, 5)
    one = TopK(k=1)(scores, MASK, None).weights
    assert torch.equal(one, Threshold(least=0.99)(scores, MASK, None).weights)
    assert set(one.unique().tolist()) == {0.0, 1.0}


def test_equals_at_the_edge_of_top_k_do_not_raise_their_number():
    weights = TopK(k=2)(torch.zeros(3, 6), None, None).weights
    assert (weights > 0).sum(-1).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("scores", "weights"),
    [
        ([0.0, 0.0, 0.0, 0.0], [0.25] * 4),  # equals share
        ([1.0, 0.0], [1.0, 0.0]),  # a lead of 1 takes all
        ([0.6, 0.0], [0.8, 0.2]),
        ([100.6, 100.0], [0.8, 0.2]),  # a shift changes nothing
        ([1e4, -1e4, 1e4], [0.5, 0.0, 0.5]),
        ([7.0], [1.0]),
    ],
)
def test_sparsemax_of_hand_worked_numbers(scores, weights):
    found = Sparsemax()(torch.tensor([scores], dtype=torch.float64), None, None).weights
    np.testing.assert_allclose(found[0], weights, atol=1e-9)


def test_sparsemax_of_high_temperature_is_uniform_and_of_low_the_best_alone():
    scores = values(3, 6)
    warm, cold = (Sparsemax(temperature=t)(scores, None, None).weights for t in (1e9, 1e-9))
    np.testing.assert_allclose(warm, np.full((3, 6), 1 / 6), atol=1e-6)
    assert torch.equal(cold.argmax(-1), scores.argmax(-1))
    assert cold.amax(-1).tolist() == [1, 1, 1]


def test_sparsemaxs_gradient_spreads_over_its_support():
    """Martins and Astudillo 2016, eq. 14: within the support the change less its mean, elsewhere nothing."""
    scores, change = values(6, 5).requires_grad_(), values(6, 5, seed=1)
    weights = Sparsemax()(scores, None, None).weights
    weights.backward(change)
    support = (weights > 0).double()
    mean = (support * change).sum(-1, keepdim=True) / support.sum(-1, keepdim=True)
    torch.testing.assert_close(scores.grad, support * (change - mean), rtol=0, atol=1e-9)
    assert support.sum(-1).max() > 1
    assert support.sum(-1).min() < 5
