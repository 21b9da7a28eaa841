"""Choosing one place: never a masked one, as often as its probability says, with finite gradients."""

import numpy as np
import pytest
import torch

from nmt.attention.choice import best, draw, expectation, masked_log_softmax, one_hot

MASK = torch.tensor([[True, True, False, True], [False, False, True, False], [False] * 4])
DRAWS = 10_000


def values(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("mask", [MASK, None], ids=["mask", "no mask"])
def test_log_probabilities_entropy_and_expectation_equal_their_formulas(mask):
    torch.manual_seed(0)
    scores = values(3, 4)
    choice, mean, logs = draw(scores, mask), expectation(scores, mask), masked_log_softmax(scores, mask)
    for row in range(3):
        seen = [s for s in range(4) if mask is None or mask[row, s]]
        total = sum(np.exp(scores[row, s].item()) for s in seen)
        probability = {s: np.exp(scores[row, s].item()) / total for s in seen}
        for s in range(4):
            assert logs[row, s].item() == pytest.approx(np.log(probability[s]) if s in seen else 0, abs=1e-9)
        entropy = -sum(p * np.log(p) for p in probability.values())
        assert choice.entropy[row].item() == pytest.approx(entropy, abs=1e-9)
        assert mean[row].item() == pytest.approx(sum(p * s for s, p in probability.items()), abs=1e-9)
        if seen:
            chosen = probability[choice.place[row].item()]
            assert choice.log_prob[row].item() == pytest.approx(np.log(chosen), abs=1e-9)
    if mask is not None:
        assert [one[2].item() for one in (choice.log_prob, choice.entropy, mean)] == [0, 0, 0]


def test_the_best_is_the_first_of_equals_among_what_may_be_seen():
    scores = torch.tensor([[1.0, 3.0, 9.0, 3.0], [9.0, 9.0, -5.0, 9.0], [1.0, 2.0, 3.0, 4.0]])
    assert best(scores, MASK).tolist()[:2] == [1, 2]
    assert best(scores, None).tolist() == [2, 0, 3]
    assert best(torch.tensor([[float("nan"), 1.0, 1e30, 0.0]]), torch.tensor([False, True, False, True])) == 1


def test_one_hot_is_nothing_where_nothing_may_be_seen():
    like = torch.zeros(3, 4)
    assert one_hot(torch.tensor([3, 2, 0]), like, MASK).tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [0] * 4]
    assert one_hot(torch.tensor([3, 2, 0]), like, None).tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 0]]


@pytest.mark.parametrize("hidden", [1e30, float("nan"), float("inf")])
def test_masked_places_are_never_drawn(hidden: float):
    torch.manual_seed(0)
    scores = torch.zeros(3, 4).masked_fill(~MASK, hidden).expand(DRAWS, 3, 4)
    places = draw(scores, MASK).place
    assert set(places[:, 0].tolist()) == {0, 1, 3}
    assert set(places[:, 1].tolist()) == {2}


def test_a_place_far_below_the_best_is_never_drawn_and_all_stays_finite():
    torch.manual_seed(0)
    scores = torch.tensor([1e4, -1e4, 1e4]).expand(DRAWS, 3).clone().requires_grad_()
    choice = draw(scores, None)
    assert set(choice.place.tolist()) == {0, 2}
    (choice.log_prob + choice.entropy).sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_draws_follow_the_probabilities():
    """Pearson's statistic over five places: above 18.47 once in a thousand (4 degrees of freedom)."""
    torch.manual_seed(0)
    scores, mask = values(6), torch.tensor([True, True, True, False, True, True])
    places = draw(scores.expand(DRAWS, 6), mask).place
    expected = DRAWS * scores.masked_fill(~mask, -torch.inf).softmax(-1)
    seen = torch.bincount(places, minlength=6)
    assert seen[3] == 0
    assert ((seen - expected).square() / expected)[mask].sum() < 18.47


def test_the_entropy_has_finite_gradients_at_masked_places_and_falls_towards_the_best():
    scores = torch.tensor([[2.0, 0.0, 5.0, 1.0], [1.0] * 4, [0.0] * 4], requires_grad=True)
    draw(scores, MASK).entropy.sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    assert not scores.grad[~MASK].any()
    assert not scores.grad[1:].any()
    assert scores.grad[0, 0] < 0 < scores.grad[0, 1]


def test_the_gradient_of_the_log_probability_is_one_hot_minus_softmax():
    torch.manual_seed(0)
    scores = values(3, 4).requires_grad_()
    choice = draw(scores, MASK)
    choice.log_prob.sum().backward()
    soft = scores.detach().masked_fill(~MASK, -torch.inf).softmax(-1).nan_to_num(0.0)
    expected = one_hot(choice.place, scores, MASK) - soft
    torch.testing.assert_close(scores.grad, expected, rtol=0, atol=1e-9)


def test_the_place_carries_no_gradient():
    choice = draw(values(3, 4).requires_grad_(), MASK)
    assert not choice.place.requires_grad
    assert not choice.place.is_floating_point()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(dtype: torch.dtype):
    choice = draw(values(3, 4).to(dtype), MASK)
    assert choice.log_prob.dtype == choice.entropy.dtype == torch.float32
