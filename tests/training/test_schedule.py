"""Learning rates by step, against hand-worked numbers."""

import math
import random
import warnings
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    LinearLR,
    LRScheduler,
    ReduceLROnPlateau,
    StepLR,
)

from nmt.training.schedule import Constant, Cosine, Exponential, InverseSqrt, Linear, Luong, Noam, Plateau


def optimizer() -> torch.optim.Optimizer:
    """Whose rate torch's schedules move, from 1."""
    return torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)


def torchs(make: Callable[[torch.optim.Optimizer], LRScheduler], steps: int) -> list[float]:
    """The rates of a torch schedule after 0, 1, ... ``steps`` updates."""
    moved = optimizer()
    schedule, rates = make(moved), [1.0]
    for _ in range(steps):
        moved.step()
        schedule.step()
        rates.append(moved.param_groups[0]["lr"])
    return rates


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


def test_inverse_sqrt_with_a_last_quarter_that_falls_by_hand():
    """Steps 300 to 400: halfway the root times (1 + 0.2) / 2, and no lower than a fifth of it."""
    decayed = InverseSqrt(100, steps=400, decay=0.25, least=0.2)
    assert [decayed(step) for step in (50, 100, 300)] == [InverseSqrt(100)(step) for step in (50, 100, 300)]
    found = [decayed(step) for step in (350, 400, 1600)]
    assert found == pytest.approx([0.6 * (100 / 350) ** 0.5, 0.2 * 0.5, 0.2 * 0.25])
    assert InverseSqrt(100, steps=400, decay=0.25)(400) == 0


@pytest.mark.parametrize("share", [0.1, 0.33, 0.99])
def test_the_fall_of_inverse_sqrt_is_linears_times_the_root(share):
    root, decayed = InverseSqrt(10), InverseSqrt(10, steps=1000, decay=share, least=0.05)
    begin = round(1000 * (1 - share))
    line = Linear(steps=1000 - begin, least=0.05)
    for step in range(begin + 1, 1010):
        assert decayed(step) == pytest.approx(root(step) * line(step - begin))


@pytest.mark.parametrize("step", [1, 10, 99, 100, 101, 5000])
def test_noam_is_inverse_sqrt_with_another_peak(step):
    noam, inverse = Noam(model_size=256, warmup=100), InverseSqrt(100)
    assert noam(step) / noam(100) == pytest.approx(inverse(step))


@pytest.mark.parametrize(
    "schedule",
    [
        Noam(256, 50),
        InverseSqrt(50),
        InverseSqrt(50, steps=199, decay=0.7),
        Cosine(199, warmup=50),
        Linear(199, warmup=50),
    ],
)
def test_the_rate_rises_to_the_end_of_the_warmup_and_falls_from_there(schedule):
    factors = [schedule(step) for step in range(1, 200)]
    assert factors.index(max(factors)) == 49
    assert factors[:50] == sorted(factors[:50])
    assert factors[49:] == sorted(factors[49:], reverse=True)


def test_cosine_by_hand():
    """After 10 steps of warm-up, over 60: a third of the way is cos 60 degrees, two thirds cos 120."""
    cosine = Cosine(steps=70, warmup=10, least=0.2)
    found = [cosine(step) for step in (5, 10, 30, 40, 50, 70, 1000)]
    assert found == pytest.approx([0.5, 1.0, 0.8, 0.6, 0.4, 0.2, 0.2])


def test_linear_by_hand():
    linear = Linear(steps=110, warmup=10, least=0.1)
    found = [linear(step) for step in (1, 10, 60, 110, 111)]
    assert found == pytest.approx([0.1, 1.0, 0.55, 0.1, 0.1])


def test_exponential_by_hand():
    exponential = Exponential(gamma=0.5, every=10)
    assert [exponential(step) for step in (1, 10, 11, 20, 21, 41)] == [1.0, 1.0, 0.5, 0.5, 0.25, 0.0625]


def test_luongs_recipe_by_hand():
    """12 epochs of 100 steps, halved after each from the 8th on: 1/2 in the 9th, 1/16 in the 12th."""
    luong = Luong(start=800, every=100)
    steps = (1, 800, 801, 900, 901, 1001, 1101, 1200)
    assert [luong(step) for step in steps] == [1, 1, 0.5, 0.5, 0.25, 0.125, 0.0625, 0.0625]


def test_what_falls_by_the_step_falls_as_torchs_do():
    cosine = torchs(lambda moved: CosineAnnealingLR(moved, T_max=40, eta_min=0.1), 40)
    linear = torchs(lambda moved: LinearLR(moved, start_factor=1.0, end_factor=0.1, total_iters=40), 60)
    staircase = torchs(lambda moved: StepLR(moved, step_size=7, gamma=0.3), 60)
    assert [Cosine(40, least=0.1)(step) for step in range(1, 41)] == pytest.approx(cosine[1:])
    assert [Linear(40, least=0.1)(step) for step in range(1, 61)] == pytest.approx(linear[1:])
    assert [Exponential(0.3, 7)(step) for step in range(1, 61)] == pytest.approx(staircase[:-1])


def test_a_plateau_by_hand():
    """Two validations no better than the best before: 30, 31, then 31 (no better) and 30, then 33, and again two."""
    plateau = Plateau(factor=0.5, patience=2)
    figures = [30, 31, 31, 30, 33, 32, 32, 32, 32]
    factors = [plateau(1, figures[:count]) for count in range(len(figures) + 1)]
    assert factors == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_a_plateau_rises_first_and_has_a_floor():
    plateau = Plateau(factor=0.1, patience=1, least=0.05, warmup=4)
    assert [plateau(step) for step in (1, 4, 99)] == [0.25, 1.0, 1.0]
    assert plateau(2, [3.0, 2.0]) == pytest.approx(0.05)
    assert plateau(99, [3.0, 2.0, 1.0, math.nan]) == 0.05


@pytest.mark.parametrize("seed", range(20))
def test_a_plateau_falls_as_torchs_does(seed):
    dice = random.Random(seed)
    factor, least = dice.choice([0.1, 0.5, 0.9]), dice.choice([0.0, 0.2])
    patience, threshold = dice.randint(1, 4), dice.choice([0.0, 0.5])
    ours = Plateau(factor, patience, threshold, least)
    moved = optimizer()
    theirs = ReduceLROnPlateau(
        moved, mode="max", factor=factor, patience=patience - 1, threshold=threshold, threshold_mode="abs",
        min_lr=least, eps=0.0,
    )  # fmt: skip
    figures: list[float] = []
    for _ in range(60):
        figures.append(math.nan if dice.random() < 0.03 else round(dice.gauss(len(figures) / 20, 1.0), 1) - 3)
        with warnings.catch_warnings(action="ignore"):  # torch wants an update first
            theirs.step(figures[-1])
        assert ours(1, figures) == moved.param_groups[0]["lr"]
    assert ours(1, figures) < 1
