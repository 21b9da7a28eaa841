"""The ``training.optimizer`` section: how gradients move the weights."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, identity

Betas = Annotated[
    tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]], Field(strict=False)
]


class Adam(Section):
    """Kingma and Ba 2015; weight decay, where wanted, is added to the gradient."""

    type: Annotated[Literal["adam"], identity("Adam")] = "adam"
    lr: Annotated[float, identity("learning rate, or its factor under noam", gt=0)] = 1e-3
    betas: Annotated[Betas, identity("decay of the running mean and square of the gradient")] = (0.9, 0.999)
    eps: Annotated[float, identity("added to the denominator", gt=0)] = 1e-8
    weight_decay: Annotated[float, identity("pull towards zero", ge=0)] = 0.0


class AdamW(Section):
    """Loshchilov and Hutter 2019: Adam with decoupled weight decay."""

    type: Annotated[Literal["adamw"], identity("Adam with decoupled weight decay")] = "adamw"
    lr: Annotated[float, identity("learning rate, or its factor under noam", gt=0)] = 1e-3
    betas: Annotated[Betas, identity("decay of the running mean and square of the gradient")] = (0.9, 0.999)
    eps: Annotated[float, identity("added to the denominator", gt=0)] = 1e-8
    weight_decay: Annotated[float, identity("pull towards zero", ge=0)] = 0.01


Optimizer = Annotated[Adam | AdamW, Field(discriminator="type")]
