"""The ``training.schedule`` section: how the learning rate moves, counted in updates."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, identity


class Constant(Section):
    """The learning rate as it is, after a linear warm-up."""

    type: Annotated[Literal["constant"], identity("the same rate throughout")] = "constant"
    warmup: Annotated[int, identity("steps of linear warm-up", ge=0)] = 0


class Noam(Section):
    """lr * model_size^-0.5 * min(step^-0.5, step * warmup^-1.5): Vaswani et al. 2017."""

    type: Annotated[Literal["noam"], identity("rise, then fall as step^-0.5, scaled by model_size^-0.5")] = (
        "noam"
    )
    warmup: Annotated[int, identity("steps of linear warm-up", ge=1)] = 4000
    model_size: Annotated[int, identity("width that scales the rate", ge=1)] = 512


class InverseSqrt(Section):
    """Linear warm-up to lr, then lr * (warmup / step)^0.5."""

    type: Annotated[Literal["inverse_sqrt"], identity("rise to lr, then fall as step^-0.5")] = "inverse_sqrt"
    warmup: Annotated[int, identity("steps of linear warm-up", ge=1)] = 4000


Schedule = Annotated[Constant | Noam | InverseSqrt, Field(discriminator="type")]
