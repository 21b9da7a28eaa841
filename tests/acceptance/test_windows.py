"""A window that goes along with the target sees what it must copy, and not what it must reverse; a predicted one finds
its way backwards."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import COPY, REVERSE
from nmt.config.attention import (
    Additive,
    Attention,
    BestCentre,
    Dot,
    Monotonic,
    Predictive,
    RealCentre,
    SampledCentre,
)

pytestmark = pytest.mark.system

LOCAL = Mark(accuracy=0.98, align=0.95)


def test_a_monotonic_window_copies():
    figures = learn(Attention(score=Dot(), window=Monotonic(size=2)), COPY, LOCAL, limit=300)
    assert LOCAL.met(figures), figures


def test_a_monotonic_window_does_not_reverse():
    too_good = Mark(accuracy=0.5)
    figures = learn(Attention(score=Dot(), window=Monotonic(size=2)), REVERSE, too_good, limit=300)
    assert not too_good.met(figures), figures


@pytest.mark.parametrize(
    ("score", "centre"),
    [
        pytest.param(Dot(), RealCentre(), id="real"),
        pytest.param(Dot(), SampledCentre(), id="sampled"),
        pytest.param(Additive(size=128), BestCentre(), id="argmax"),
    ],
)
def test_a_predicted_window_reverses(score, centre):
    attention = Attention(score=score, window=Predictive(size=2, centre=centre))
    figures = learn(attention, REVERSE, LOCAL, limit=700)
    assert LOCAL.met(figures), figures
