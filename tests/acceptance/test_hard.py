"""Hard attention learns where to look from nothing but rewards; without them, or with another's, it learns nothing."""

import pytest
import torch
from torch import Tensor

from acceptance.learner import Mark, learn
from acceptance.task import REVERSE
from nmt.config.attention import Additive, Attention, Dot, Gumbel, Hard, Reinforce, StraightThrough
from nmt.training.objective import Objective

pytestmark = pytest.mark.system

HARD = Mark(accuracy=0.95, align=0.95)
SENTENCE = Mark(accuracy=0.90, align=0.90)
WIDE = 0.25  # annotations so far apart that a choice is clear early
ALONE = 700  # steps given to samples without the help of expectations
CONTROL = 450  # where nothing right is rewarded: more than the two seeds below need where it is


def reinforce(**changes) -> Attention:
    return Attention(score=Dot(), align=Hard(estimator=Reinforce(**changes)))


def alone(**changes) -> Attention:
    """No expectation helps; a smaller bonus lets it settle on a wrong place that it never leaves."""
    return reinforce(expected=0.0, entropy=0.3, **changes)


@pytest.mark.parametrize("baseline", ["moving", "expectation"])
def test_reinforce_where_half_of_the_batches_are_expectations(baseline):
    figures = learn(reinforce(baseline=baseline), REVERSE, HARD, limit=800)
    assert HARD.met(figures), figures


def test_one_reward_for_the_whole_sentence():
    figures = learn(reinforce(reward="sentence"), REVERSE, SENTENCE, limit=500, std=WIDE)
    assert SENTENCE.met(figures), figures


@pytest.mark.parametrize("seed", [0, 1])
def test_reinforce_alone_where_entropy_keeps_it_looking_elsewhere(seed):
    figures = learn(alone(), REVERSE, HARD, limit=ALONE, std=WIDE, seed=seed)
    assert HARD.met(figures), figures


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1])
def test_one_reward_for_the_whole_sentence_alone(seed):
    attention = alone(reward="sentence", weight=8.0, baseline="expectation")
    figures = learn(attention, REVERSE, SENTENCE, limit=1500, std=WIDE, seed=seed)
    assert SENTENCE.met(figures), figures


@pytest.mark.parametrize("estimator", [StraightThrough(), Gumbel()], ids=lambda estimator: estimator.type)
def test_relaxed_choices(estimator):
    attention = Attention(score=Additive(size=128), align=Hard(estimator=estimator))
    figures = learn(attention, REVERSE, HARD, limit=1000)
    assert HARD.met(figures), figures


def shuffled(log_prob: Tensor, mask: Tensor) -> Tensor:
    """Each place is given the reward of another one, at random."""
    rewards = log_prob[mask]
    return torch.zeros_like(log_prob).masked_scatter(mask, rewards[torch.randperm(len(rewards))])


def shuffle_rewards(objective: Objective) -> None:
    objective.terms["reinforce"].reward = shuffled


def leave_all(objective: Objective) -> None:
    pass


@pytest.mark.parametrize(
    ("weight", "change"),
    [
        pytest.param(0.0, leave_all, id="no reward"),
        pytest.param(1.0, shuffle_rewards, id="shuffled rewards"),
    ],
)
def test_it_is_the_reward_that_teaches(weight, change):
    too_good = Mark(accuracy=0.5)
    figures = learn(alone(weight=weight), REVERSE, too_good, limit=CONTROL, std=WIDE, change=change)
    assert not too_good.met(figures), figures
