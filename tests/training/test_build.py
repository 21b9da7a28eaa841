"""From sections to optimisers and schedules: each learns with its defaults, and each key reaches its place."""

import pytest

from nmt.config import optimizer as optimizers
from nmt.config import schedule as schedules
from nmt.training.build import build_optimizer, build_schedule
from nmt.training.gradients import clip_and_measure, parts_of
from nmt.training.schedule import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    Luong,
    Noam,
    Plateau,
)

OPTIMIZERS = [
    optimizers.Sgd(),
    optimizers.Sgd(lr=0.3, momentum=0.9, nesterov=True),
    optimizers.Adam(),
    optimizers.AdamW(),
    optimizers.Adagrad(),
    optimizers.Adafactor(),
]

SCHEDULES = [
    (schedules.Constant(warmup=3), Constant(3)),
    (schedules.Noam(warmup=3, model_size=7), Noam(7, 3)),
    (schedules.InverseSqrt(warmup=3), InverseSqrt(3, 99)),
    (schedules.InverseSqrt(warmup=3, decay=0.2, min_factor=0.1), InverseSqrt(3, 99, 0.2, 0.1)),
    (schedules.InverseSqrt(warmup=3, decay=0.2, steps=50), InverseSqrt(3, 50, 0.2)),
    (schedules.Cosine(warmup=3, min_factor=0.1), Cosine(99, 3, 0.1)),
    (schedules.Cosine(steps=50), Cosine(50)),
    (schedules.Linear(warmup=3, min_factor=0.1), Linear(99, 3, 0.1)),
    (schedules.Linear(steps=50), Linear(50)),
    (schedules.Exponential(gamma=0.7, every=5), Exponential(0.7, 5)),
    (schedules.Luong(start=8, every=2), Luong(8, 2)),
    (
        schedules.Plateau(warmup=3, factor=0.3, patience=4, threshold=0.2, min_factor=0.1),
        Plateau(0.3, 4, 0.2, 0.1, 3),
    ),
]


@pytest.mark.parametrize("section", OPTIMIZERS, ids=lambda section: type(section).__name__)
def test_an_optimiser_learns_with_its_own_defaults(make_objective, make_batch, section):
    objective, batch = make_objective(), make_batch(seed=1, pairs=8)
    optimizer, losses = build_optimizer(section, objective.model), []
    for _ in range(60):
        loss = objective(batch)
        (loss.sums / loss.tokens).backward()
        clip_and_measure(parts_of(objective), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.sums.item() / loss.tokens)
    assert losses[-1] < 0.97 * losses[0]
    assert losses[-1] == min(losses) or losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(("section", "schedule"), SCHEDULES)
def test_every_key_of_a_schedule_reaches_its_place(section, schedule):
    assert build_schedule(section, max_steps=99) == schedule
