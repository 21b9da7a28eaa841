"""Hard attention: one place has the whole weight, and each estimator gives the scores the gradient that it promises."""

import math

import pytest
import torch

from nmt.attention.align import Soft
from nmt.attention.hard import Gumbel, Reinforce, StraightThrough
from nmt.attention.mask import masked_softmax

MASK = torch.tensor([[True, True, False, True], [False, False, True, False], [False] * 4])
ESTIMATORS = [
    pytest.param(Reinforce, id="reinforce"),
    pytest.param(StraightThrough, id="straight-through"),
    pytest.param(Gumbel, id="gumbel"),
]
DRAWS = 10_000


def values(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def one_hot_of_the_best(scores: torch.Tensor) -> torch.Tensor:
    """Row by row."""
    weights = torch.zeros_like(scores)
    for row in range(3):
        seen = MASK[row].nonzero().flatten().tolist()
        if seen:
            weights[row, max(seen, key=lambda s: scores[row, s].item())] = 1
    return weights


@pytest.mark.parametrize("make", ESTIMATORS)
def test_evaluation_takes_the_best_and_samples_nothing(make):
    scores = values(3, 4)
    found = make().eval()(scores, MASK, None)
    assert torch.equal(found.weights, one_hot_of_the_best(scores))
    assert found.log_prob is None
    assert found.entropy is None


@pytest.mark.parametrize("make", ESTIMATORS)
def test_at_temperature_zero_training_takes_the_best_too(make):
    scores = values(3, 4)
    for temperature in (0.0, 1e-6):
        torch.manual_seed(0)
        assert torch.equal(
            make(temperature=temperature)(scores, MASK, None).weights.detach(), one_hot_of_the_best(scores)
        )


@pytest.mark.parametrize("make", ESTIMATORS)
@pytest.mark.parametrize("hidden", [1e30, float("nan")])
def test_ten_thousand_draws_are_one_hot_never_masked_and_follow_the_softmax(make, hidden: float):
    """Pearson's statistic over three places: above 13.82 once in a thousand (2 degrees of freedom)."""
    torch.manual_seed(0)
    plain = values(3, 4)
    scores = plain.masked_fill(~MASK, hidden).expand(DRAWS, 3, 4).clone().requires_grad_()
    weights = make()(scores, MASK, None).weights.detach()
    assert set(weights.unique().tolist()) == {0.0, 1.0}
    assert weights.sum(-1).eq(torch.tensor([1.0, 1.0, 0.0])).all()
    assert not weights[:, ~MASK].any()
    probability = plain[0, MASK[0]].softmax(-1)
    seen = weights[:, 0, MASK[0]].sum(0)
    assert ((seen - DRAWS * probability).square() / (DRAWS * probability)).sum() < 13.82


@pytest.mark.parametrize("make", ESTIMATORS)
def test_a_temperature_sharpens_the_draws(make):
    torch.manual_seed(0)
    scores = torch.tensor([1.0, 0.0]).expand(DRAWS, 2)
    for temperature in (0.5, 4.0):
        share = make(temperature=temperature)(scores, None, None).weights[:, 0].mean().item()
        expected = 1 / (1 + math.exp(-1 / temperature))
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / DRAWS))


def test_reinforce_lets_no_gradient_through_the_weights_but_through_the_log_probability():
    torch.manual_seed(0)
    scores = values(3, 4).requires_grad_()
    weights, log_prob, entropy = Reinforce(temperature=0.5)(scores, MASK, None)
    assert not weights.requires_grad
    soft = masked_softmax(scores / 0.5, MASK)
    torch.testing.assert_close(log_prob[:2], (weights * soft)[:2].sum(-1).log(), rtol=0, atol=1e-9)
    logs = torch.where(soft > 0, soft, 1.0).log()
    torch.testing.assert_close(entropy, -(soft * logs).sum(-1), rtol=0, atol=1e-9)
    log_prob.sum().backward()
    torch.testing.assert_close(scores.grad, (weights - soft.detach()) / 0.5, rtol=0, atol=1e-9)


def test_what_is_expected_of_reinforce_is_soft_attention():
    scores, prior = values(3, 4), torch.rand(3, 4).double()
    found = Reinforce(temperature=0.5, expected=0.3).expect(scores, MASK, prior)
    assert torch.equal(found.weights, Soft(temperature=0.5)(scores, MASK, prior).weights)
    assert Reinforce(expected=0.3).expected == 0.3


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_straight_through_is_one_hot_forward_and_the_softmax_backward(dtype: torch.dtype):
    torch.manual_seed(0)
    scores, change = values(3, 4).to(dtype).requires_grad_(), values(3, 4, seed=1).to(dtype)
    weights = StraightThrough(temperature=0.5)(scores, MASK, None).weights
    assert set(weights.unique().tolist()) == {0.0, 1.0}  # to the last bit
    weights.backward(change)
    again = scores.detach().clone().requires_grad_()
    Soft(temperature=0.5)(again, MASK, None).weights.backward(change)
    assert torch.equal(scores.grad, again.grad)
    assert scores.grad.any()


def test_gumbel_cools_down_to_its_least():
    align = Gumbel(start=2.0, least=0.5, decay=0.1)
    found = []
    for step in (0, 1, 10, 1000):
        align.step = step
        found.append(align.tau)
    assert found == pytest.approx([2.0, 2.0 * math.exp(-0.1), 2.0 * math.exp(-1.0), 0.5])


@pytest.mark.parametrize("step", [0, 5])
def test_gumbel_weights_are_the_softmax_of_scores_with_noise(step: int):
    """Jang, Gu and Poole 2017, eq. 2, with the same noise drawn a second time."""
    align = Gumbel(start=2.0, decay=0.2, straight_through=False, temperature=0.5)
    align.step, scores = step, values(3, 4)
    torch.manual_seed(0)
    found = align(scores, MASK, None).weights
    torch.manual_seed(0)
    noise = -torch.empty(3, 4, dtype=torch.float64).exponential_().log()
    tau = 2.0 * math.exp(-0.2 * step)
    for row in range(2):
        seen = MASK[row]
        log_probs = (scores[row, seen] / 0.5).log_softmax(-1)
        expected = ((log_probs + noise[row, seen]) / tau).softmax(-1)
        torch.testing.assert_close(found[row, seen], expected, rtol=0, atol=1e-9)
        assert not found[row, ~seen].any()
    assert not found[2].any()


def test_straight_through_gumbel_takes_the_best_of_the_noisy_and_learns_as_the_soft_one():
    change, found = values(3, 4, seed=1), []
    for straight_through in (True, False):
        scores = values(3, 4).requires_grad_()
        torch.manual_seed(0)
        weights = Gumbel(straight_through=straight_through)(scores, MASK, None).weights
        weights.backward(change)
        found.append((weights.detach(), scores.grad))
    (hard, one), (soft, other) = found
    assert set(hard.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(hard[:2].argmax(-1), soft[:2].argmax(-1))
    assert torch.equal(one, other)


def test_a_cold_gumbel_is_nearly_one_hot_and_a_hot_one_nearly_uniform():
    torch.manual_seed(0)
    scores = values(200, 5)
    cold, hot = (
        Gumbel(start=tau, least=1e-6, straight_through=False)(scores, None, None).weights
        for tau in (1e-3, 1e3)
    )
    assert cold.amax(-1).median() > 0.999
    assert hot.amax(-1).max() < 0.25
