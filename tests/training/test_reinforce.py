"""REINFORCE against the exact gradient, found by enumerating every place that could have been chosen.

One target word, S source places. Place s is chosen with probability alpha_s = softmax(z)_s, and the word then has the
log-probability r_s(w), w being a parameter beside the scores z. The gradient of sum_s alpha_s r_s(w) is known exactly.
"""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from nmt.attention.choice import masked_log_softmax
from nmt.attention.hard import Reinforce
from nmt.config.attention import (
    Additive,
    Attention,
    General,
    Hard,
    Heads,
    Luong,
    NoWindow,
    Predictive,
    Readout,
    SampledCentre,
    Soft,
)
from nmt.config.attention import Reinforce as ReinforceSection
from nmt.config.rnn import RnnModel
from nmt.config.training import Training
from nmt.data.batch import Batch, collate
from nmt.models.build import build_model
from nmt.models.seq2seq import Decoded
from nmt.training.build import build_objective
from nmt.training.objective import Told
from nmt.training.reinforce import (
    Baseline,
    ExpectationBaseline,
    MovingBaseline,
    NoBaseline,
    ReinforceTerm,
    rest_reward,
    sentence_reward,
    step_reward,
)

PLACES, ESTIMATES = 4, 20_000
SCORES = torch.tensor([0.7, -0.4, 0.0, 1.1], dtype=torch.float64)
SURE = ReinforceSection(baseline="expectation", expected=0.0, entropy=0.0)
VALUES = torch.tensor([-0.2, -3.0, -1.0, -2.5], dtype=torch.float64)  # r_s before w


class Five(Baseline):
    """A number that has nothing to do with the reward."""

    def forward(self, reward: Tensor, told: Told, measure) -> Tensor:
        return torch.full_like(reward, 5.0)


BASELINES = [
    pytest.param(NoBaseline, id="none"),
    pytest.param(Five, id="5.0"),
    pytest.param(lambda: MovingBaseline(decay=0.9), id="moving"),
    pytest.param(ExpectationBaseline, id="expectation"),
]


def rewards(w: Tensor) -> Tensor:
    """The log-probability of the word by place: ``r_s = v_s (1 + w_s^2)``, w as wide as z. Shape: as ``w``."""
    return VALUES * (1 + w.square())


def exact() -> tuple[Tensor, Tensor]:
    """The gradients of ``sum_s alpha_s r_s(w)`` for z and w, by autograd over the enumeration."""
    z, w = SCORES.clone().requires_grad_(), torch.ones(PLACES, dtype=torch.float64).requires_grad_()
    return torch.autograd.grad((z.softmax(-1) * rewards(w)).sum(), (z, w))


def words(count: int, length: int = 1) -> Batch:
    """So many targets of one word each (its end symbol); only their mask is looked at."""
    return collate([[5]] * count, [[6] * (length - 1)] * count)


def told(log_prob: Tensor, chosen: Tensor | None, entropy: Tensor | None, batch: Batch, soft=None) -> Told:
    decoded = Decoded(torch.zeros(0), None, chosen, entropy)
    return Told(decoded, batch, log_prob, lambda: soft, step=0)


def term(baseline: Baseline, **changes) -> ReinforceTerm:
    return ReinforceTerm(
        **{"reward": step_reward, "weight": 1.0, "entropy": 0.0, **changes}, baseline=baseline
    )


def estimates(term: ReinforceTerm, place: Tensor, z: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """For each chosen place ``[N]`` the gradient that training follows, for its own copy of z and w ``[N, S]``."""
    chosen = masked_log_softmax(z, None).gather(1, place.unsqueeze(1))  # [N, 1]
    likelihood = rewards(w).gather(1, place.unsqueeze(1))
    soft = (z.softmax(-1) * rewards(w)).sum(-1, keepdim=True).detach()  # what the expectation would have got
    given = told(likelihood.detach(), chosen, torch.zeros_like(chosen), words(len(place)), soft)
    loss = term(given).loss - likelihood.sum()
    by_z, by_w = torch.autograd.grad(-loss, (z, w))
    return by_z, by_w


def copies(count: int) -> tuple[Tensor, Tensor]:
    w = torch.ones(count, PLACES, dtype=torch.float64)
    return SCORES.repeat(count, 1).requires_grad_(), w.requires_grad_()


@pytest.mark.parametrize("make", [*BASELINES[:2], BASELINES[3]])
def test_the_estimates_weighted_by_their_probability_are_the_exact_gradient(make: Callable[[], Baseline]):
    found = estimates(term(make()), torch.arange(PLACES), *copies(PLACES))
    for one, expected in zip(found, exact(), strict=True):
        mean = (SCORES.softmax(-1).unsqueeze(1) * one).sum(0)
        torch.testing.assert_close(mean, expected, rtol=0, atol=1e-12)


def test_a_moving_baseline_of_earlier_batches_changes_nothing_on_average():
    baseline = MovingBaseline(decay=0.9)
    baseline.double().mean.fill_(-1.7)
    found, _ = estimates(term(baseline), torch.arange(PLACES), *copies(PLACES))
    mean = (SCORES.softmax(-1).unsqueeze(1) * found).sum(0)
    torch.testing.assert_close(mean, exact()[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", BASELINES)
def test_the_mean_of_sampled_estimates_is_the_exact_gradient(make: Callable[[], Baseline]):
    """Within four standard errors, the places drawn by the alignment itself, in two hundred batches."""
    torch.manual_seed(0)
    one, align, found = term(make()).double(), Reinforce(), list[tuple[Tensor, Tensor]]()
    for _ in range(200):
        z, w = copies(ESTIMATES // 200)
        place = align(z, None, None).weights.argmax(-1)
        found.append(estimates(one, place, z, w))
    for column, expected in zip(zip(*found, strict=True), exact(), strict=True):
        sampled = torch.cat(column)
        error = sampled.std(0) / math.sqrt(ESTIMATES)
        assert (error > 0).all()
        assert ((sampled.mean(0) - expected).abs() < 4 * error).all()


def test_a_good_baseline_lessens_the_variance():
    spread = {}
    for name, make in (("none", NoBaseline), ("5.0", Five), ("expectation", ExpectationBaseline)):
        torch.manual_seed(0)
        z, w = copies(2000)
        found, _ = estimates(term(make()), Reinforce()(z, None, None).weights.argmax(-1), z, w)
        spread[name] = found.var(0).sum().item()
    assert spread["expectation"] < spread["none"] < spread["5.0"]


def test_the_reward_carries_no_gradient():
    log_prob = torch.tensor([[-1.0], [-2.0]], requires_grad=True)
    chosen = torch.tensor([[-0.5], [-0.1]], requires_grad=True)
    for baseline in (NoBaseline(), MovingBaseline(decay=0.9), ExpectationBaseline()):
        soft = log_prob * 0.5
        loss = term(baseline)(told(log_prob, chosen, torch.zeros(2, 1), words(2), soft)).loss
        loss.backward()
        assert log_prob.grad is None
        assert chosen.grad is not None
        chosen.grad = None


def test_the_loss_of_hand_worked_numbers():
    """Two sentences of two words and one; what stands at padding is not looked at."""
    batch = collate([[5], [5]], [[6], []])
    assert batch.target_mask.tolist() == [[True, True], [True, False]]
    log_prob = torch.tensor([[-1.0, -2.0], [-3.0, 0.0]])
    chosen = torch.tensor([[-0.1, -0.2], [-0.3, -9.0]])
    entropy = torch.tensor([[0.5, 0.6], [0.7, 9.0]])
    part = term(Five(), weight=2.0, entropy=0.1)(told(log_prob, chosen, entropy, batch))
    advantages = [-6.0, -7.0, -8.0]
    expected = -2.0 * sum(a * c for a, c in zip(advantages, [-0.1, -0.2, -0.3], strict=True)) - 0.1 * 1.8
    assert part.loss.item() == pytest.approx(expected, rel=1e-6)
    assert part.report.item() == pytest.approx(21.0)


def test_where_nothing_was_sampled_there_is_nothing_to_learn():
    baseline = MovingBaseline(decay=0.9)
    part = term(baseline)(told(torch.tensor([[-1.0]]), None, None, words(1)))
    assert part.loss.item() == part.report.item() == 0
    assert baseline.mean.isnan()


def test_rewards_of_hand_worked_numbers():
    log_prob = torch.tensor([[-1.0, -2.0, -6.0], [-4.0, -8.0, 0.0]])
    mask = torch.tensor([[True, True, True], [True, True, False]])
    assert step_reward(log_prob, mask).tolist() == log_prob.tolist()
    rest = rest_reward(log_prob, mask).masked_fill(~mask, 0.0)
    torch.testing.assert_close(rest, torch.tensor([[-3.0, -4.0, -6.0], [-6.0, -8.0, 0.0]]))
    sentence = sentence_reward(log_prob, mask).masked_fill(~mask, 0.0)
    torch.testing.assert_close(sentence, torch.tensor([[-3.0, -3.0, -3.0], [-6.0, -6.0, 0.0]]))


def test_the_moving_baseline_follows_its_formula():
    """Xu et al. 2015, section 4.1: b <- 0.9 b + 0.1 reward, and begins at the first reward."""
    baseline, mean = MovingBaseline(decay=0.9), None
    for reward in (-4.0, -2.0, -1.0):
        batch = collate([[5], [5]], [[6], []])
        given = torch.tensor([[reward - 1, reward + 1], [reward, 99.0]])  # 99 stands at padding
        before = baseline(given, told(given, None, None, batch), step_reward)
        assert before.item() == pytest.approx(reward if mean is None else mean)
        mean = reward if mean is None else 0.9 * mean + 0.1 * reward
        assert baseline.mean.item() == pytest.approx(mean)


def test_a_reward_that_is_not_finite_does_not_ruin_the_moving_baseline():
    baseline = MovingBaseline(decay=0.5)
    for reward in (-4.0, math.nan, -2.0):
        given = torch.tensor([[reward]])
        baseline(given, told(given, None, None, words(1)), step_reward)
    assert baseline.mean.item() == -3.0


def test_the_moving_baseline_is_part_of_what_a_checkpoint_keeps():
    kept = term(MovingBaseline(decay=0.9))
    kept.baseline.mean.fill_(-1.5)
    again = term(MovingBaseline(decay=0.9))
    again.load_state_dict(kept.state_dict())
    assert again.baseline.mean.item() == -1.5


def objective(**changes):
    """A small model with hard attention."""
    torch.manual_seed(0)
    align = Hard(estimator=ReinforceSection(**changes))
    config = RnnModel(
        embedding=6, hidden=5, dropout=0.0, attention=Attention(score=Additive(size=4), align=align)
    )
    model = build_model(config, source_size=12, target_size=12, padding=0)
    return build_objective(Training(max_steps=1, label_smoothing=0.1), config, model)


def test_the_expectation_baseline_is_the_same_decoder_under_soft_attention(make_batch):
    made, batch, asked = objective(baseline="expectation", expected=0.0), make_batch(seed=1), []
    made.terms["reinforce"].register_forward_hook(lambda _, given, __: asked.append(given[0]))
    made(batch)
    (given,) = asked
    made.model.decoder.attention.align.expected = 1.0
    decoded = made.model(batch.source, batch.source_lengths, batch.target_in)
    logits = made.model.projection(decoded.states).log_softmax(-1)
    expected = logits.gather(-1, batch.target_out.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(given.expected(), expected.masked_fill(~batch.target_mask, 0.0))
    assert not given.expected().requires_grad
    assert decoded.log_prob is None


@pytest.mark.parametrize("window", [NoWindow(), Predictive(size=1, centre=SampledCentre(estimator=SURE))])
@pytest.mark.parametrize("fuse", [Readout(), Luong(), Luong(input_feeding=False)])
def test_choices_that_are_sure_gain_nothing_over_the_expectation_whatever_the_dropout(
    make_batch, fuse, window
):
    """Both passes have the same dropout, so that what is left of R - b is the choice's."""
    torch.manual_seed(0)
    drawn = not isinstance(window, NoWindow)
    align = Soft() if drawn else Hard(temperature=1e-9, estimator=SURE)
    attention = Attention(score=General(), window=window, align=align, fuse=fuse, heads=Heads(count=2))
    config = RnnModel(embedding=6, hidden=4, dropout=0.3, decoder_layers=2, attention=attention)
    model = build_model(config, source_size=12, target_size=12, padding=0)
    if drawn:
        model.decoder.attention.attention.score.weight.data *= 1e9
    loss = build_objective(Training(max_steps=1), config, model)(make_batch(seed=1))
    assert loss.parts["reinforce"] == pytest.approx(0.0, abs=1e-4)
    assert loss.parts["nll"] > 1


def test_the_reward_is_the_unsmoothed_likelihood_of_what_was_sampled(make_batch):
    made, batch, asked = objective(expected=0.0), make_batch(seed=1), []
    made.terms["reinforce"].register_forward_hook(lambda _, given, __: asked.append(given[0]))
    loss = made(batch)
    (given,) = asked
    logits = made.model.projection(given.decoded.states).log_softmax(-1)
    expected = logits.gather(-1, batch.target_out.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(given.log_prob, expected.masked_fill(~batch.target_mask, 0.0))
    torch.testing.assert_close(loss.parts["nll"], -given.log_prob.sum())
    weights = given.decoded.weights
    assert set(weights.unique().tolist()) == {0.0, 1.0}
    loss.sums.backward()
    assert made.model.decoder.attention.score.energy.grad.any()


def test_an_expectation_batch_learns_through_the_weights_alone(make_batch):
    made, batch = objective(expected=1.0), make_batch(seed=1)
    loss = made(batch)
    assert loss.parts["reinforce"].item() == 0
    loss.sums.backward()
    assert made.model.decoder.attention.score.energy.grad.any()


def test_a_weight_of_zero_teaches_the_scores_nothing(make_batch):
    made = objective(expected=0.0, weight=0.0, entropy=0.0)
    made(make_batch(seed=1)).sums.backward()
    assert not made.model.decoder.attention.score.energy.grad.any()
