"""Learning rates by step, against hand-worked numbers."""

import pytest

from nmt.training.schedule import Constant, InverseSqrt, Noam


def test_constant_rises_and_stays():
    assert [Constant(4)(step) for step in (1, 2, 4, 5, 1000)] == [0.25, 0.5, 1.0, 1.0, 1.0]
    assert [Constant()(step) for step in (1, 1000)] == [1.0, 1.0]


def test_noam_by_hand():
    """d = 64, w = 100: at the peak 1/8 * 1/10; at t = 25 a quarter of it; at t = 400 half of it."""
    noam = Noam(model_size=64, warmup=100)
    assert noam(100) == pytest.approx(1 / 80)
    assert noam(25) == pytest.approx(1 / 320)
    assert noam(400) == pytest.approx(1 / 160)


@pytest.mark.parametrize("step", [1, 7, 3999, 4000, 4001, 100_000])
def test_noam_is_the_papers_formula(step):
    assert Noam(512, 4000)(step) == pytest.approx(512**-0.5 * min(step**-0.5, step * 4000**-1.5))


def test_inverse_sqrt_by_hand():
    assert [InverseSqrt(16)(step) for step in (4, 16, 64, 256)] == [0.25, 1.0, 0.5, 0.25]
    assert InverseSqrt(0)(4) == 0.5


@pytest.mark.parametrize("step", [1, 10, 99, 100, 101, 5000])
def test_noam_is_inverse_sqrt_with_another_peak(step):
    noam, inverse = Noam(model_size=256, warmup=100), InverseSqrt(100)
    assert noam(step) / noam(100) == pytest.approx(inverse(step))


@pytest.mark.parametrize("schedule", [Noam(256, 50), InverseSqrt(50)])
def test_the_rate_rises_to_the_end_of_the_warmup_and_falls_from_there(schedule):
    factors = [schedule(step) for step in range(1, 200)]
    assert factors.index(max(factors)) == 49
    assert factors[:50] == sorted(factors[:50])
    assert factors[49:] == sorted(factors[49:], reverse=True)
