"""The ``training.schedule`` section: how the learning rate moves, counted in updates."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, identity

Warmup = Annotated[int, identity("steps of linear warm-up", ge=0)]
Least = Annotated[float, identity("smallest factor of the rate", ge=0, lt=1)]
Gamma = Annotated[float, identity("what the rate is multiplied by", gt=0, lt=1)]
Every = Annotated[int, identity("steps from one fall to the next", ge=1)]
Steps = Annotated[int | None, identity("the step where the fall ends; null: training.max_steps", ge=1)]


class Constant(Section):
    """The learning rate as it is, after a linear warm-up."""

    type: Annotated[Literal["constant"], identity("the same rate throughout")] = "constant"
    warmup: Warmup = 0


class Noam(Section):
    """lr * model_size^-0.5 * min(step^-0.5, step * warmup^-1.5): Vaswani et al. 2017."""

    type: Annotated[Literal["noam"], identity("rise, then fall as step^-0.5, scaled by model_size^-0.5")] = (
        "noam"
    )
    warmup: Annotated[int, identity("steps of linear warm-up", ge=1)] = 4000
    model_size: Annotated[int, identity("width that scales the rate", ge=1)] = 512


class InverseSqrt(Section):
    """Linear warm-up to lr, then lr * (warmup / step)^0.5; at the end also times a line from 1 to min_factor."""

    type: Annotated[Literal["inverse_sqrt"], identity("rise to lr, then fall as step^-0.5")] = "inverse_sqrt"
    warmup: Annotated[int, identity("steps of linear warm-up", ge=1)] = 4000
    decay: Annotated[
        float, identity("last share of the steps, where the line falls; 0: none", ge=0, lt=1)
    ] = 0.0
    steps: Steps = None
    min_factor: Least = 0.0


class Cosine(Section):
    """Linear warm-up to lr, then half a cosine down to min_factor * lr: Loshchilov and Hutter 2017."""

    type: Annotated[Literal["cosine"], identity("half a cosine down")] = "cosine"
    warmup: Warmup = 0
    steps: Steps = None
    min_factor: Least = 0.0


class Linear(Section):
    """Linear warm-up to lr, then a straight line down to min_factor * lr."""

    type: Annotated[Literal["linear"], identity("a straight line down")] = "linear"
    warmup: Warmup = 0
    steps: Steps = None
    min_factor: Least = 0.0


class Exponential(Section):
    """lr * gamma^n after n times ``every`` steps."""

    type: Annotated[Literal["exponential"], identity("times gamma, every so many steps")] = "exponential"
    gamma: Gamma = 0.9
    every: Every = 1000


class Luong(Section):
    """lr until ``start``, then half of it, and half again every ``every`` steps: Luong et al. 2015.

    Theirs: SGD with lr 1, 12 epochs, halving every epoch after 8. With E steps an epoch (the log tells the epoch):
    max_steps 12 E, start 8 E, every E.
    """

    type: Annotated[Literal["luong"], identity("constant, then halved again and again")] = "luong"
    start: Annotated[int, identity("steps at the full rate", ge=1)] = 8000
    every: Annotated[int, identity("steps from one halving to the next", ge=1)] = 1000


class Plateau(Section):
    """lr times ``factor`` whenever ``patience`` validations brought no better ``training.best``."""

    type: Annotated[Literal["plateau"], identity("falls when the validation figure stalls")] = "plateau"
    warmup: Warmup = 0
    factor: Gamma = 0.5
    patience: Annotated[int, identity("validations without improvement before the rate falls", ge=1)] = 2
    threshold: Annotated[float, identity("by how much a figure must be better to count", ge=0)] = 0.0
    min_factor: Least = 0.0


Schedule = Annotated[
    Constant | Noam | InverseSqrt | Cosine | Linear | Exponential | Luong | Plateau,
    Field(discriminator="type"),
]
