"""Every score finds the place of the next word in a reversed sentence; without attention nothing does."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import LONGEST, REVERSE
from nmt.config.attention import (
    Additive,
    Attention,
    Concat,
    Cosine,
    Dot,
    General,
    Heads,
    Location,
    ScaledDot,
    Score,
    Uniform,
)

pytestmark = pytest.mark.system

SCORES = {
    "additive": Additive(size=128),
    "additive, bias and length": Additive(size=128, bias=True, normalised=True),
    "concat": Concat(size=128),
    "general": General(),
    "dot": Dot(),
    "cosine": Cosine(),
}
UNIT = 1.0  # of the components that scaled dot takes for granted (Vaswani et al. 2017, footnote 4)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_content_scores(score: Score):
    mark = Mark(accuracy=0.99, align=0.98)
    figures = learn(Attention(score=score), REVERSE, mark, limit=500)
    assert mark.met(figures), figures


def test_scaled_dot():
    mark = Mark(accuracy=0.99, align=0.98)
    figures = learn(Attention(score=ScaledDot()), REVERSE, mark, limit=400, std=UNIT)
    assert mark.met(figures), figures


def test_location_knows_the_length_from_the_state_and_finds_the_first_word_beside_its_best_place():
    mark = Mark(accuracy=0.98, align=0.85)
    figures = learn(Attention(score=Location(max_source=LONGEST + 1)), REVERSE, mark, limit=400)
    assert mark.met(figures), figures


@pytest.mark.parametrize("merge", ["concatenate", "average"])
def test_two_heads(merge):
    mark = Mark(accuracy=0.99)  # the mean of the heads' weights may lie where neither looks alone
    attention = Attention(score=ScaledDot(), heads=Heads(count=2, merge=merge))
    figures = learn(attention, REVERSE, mark, limit=500, std=UNIT)
    assert mark.met(figures), figures


@pytest.mark.parametrize(
    "attention", ["none", Attention(score=Dot(), align=Uniform())], ids=["none", "uniform"]
)
def test_without_weights_the_order_is_unknown(attention):
    too_good = Mark(accuracy=0.1)
    figures = learn(attention, REVERSE, too_good, limit=400)
    assert not too_good.met(figures), figures
