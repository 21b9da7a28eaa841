"""The ``training.optimizer`` section: how gradients move the weights."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, identity

Betas = Annotated[
    tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]], Field(strict=False)
]
Rate = Annotated[float, identity("learning rate, or its factor under noam", gt=0)]
WeightDecay = Annotated[float, identity("pull towards zero", ge=0)]
Decayed = Annotated[
    Literal["all", "matrices", "layers"],
    identity("what weight_decay pulls: all, no biases and gains, or no embeddings either"),
]


class Sgd(Section):
    """Gradient descent, on request with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013)."""

    type: Annotated[Literal["sgd"], identity("gradient descent")] = "sgd"
    lr: Rate = 1.0
    momentum: Annotated[float, identity("share of the last update that goes on", ge=0, lt=1)] = 0.0
    nesterov: Annotated[bool, identity("look ahead along the momentum")] = False
    weight_decay: WeightDecay = 0.0
    decay: Decayed = "all"


class Adam(Section):
    """Kingma and Ba 2015; weight decay, where wanted, is added to the gradient."""

    type: Annotated[Literal["adam"], identity("Adam")] = "adam"
    lr: Rate = 1e-3
    betas: Annotated[Betas, identity("decay of the running mean and square of the gradient")] = (0.9, 0.999)
    eps: Annotated[float, identity("added to the denominator", gt=0)] = 1e-8
    weight_decay: WeightDecay = 0.0
    decay: Decayed = "all"


class AdamW(Section):
    """Loshchilov and Hutter 2019: Adam with decoupled weight decay."""

    type: Annotated[Literal["adamw"], identity("Adam with decoupled weight decay")] = "adamw"
    lr: Rate = 1e-3
    betas: Annotated[Betas, identity("decay of the running mean and square of the gradient")] = (0.9, 0.999)
    eps: Annotated[float, identity("added to the denominator", gt=0)] = 1e-8
    weight_decay: WeightDecay = 0.01
    decay: Decayed = "all"


class Adagrad(Section):
    """Duchi, Hazan and Singer 2011: each weight's rate falls with the squares of its gradients so far."""

    type: Annotated[Literal["adagrad"], identity("rates fall with the squared gradients so far")] = "adagrad"
    lr: Rate = 1e-2
    initial: Annotated[float, identity("what the sums of squares begin with", ge=0)] = 0.0
    eps: Annotated[float, identity("added to the denominator", gt=0)] = 1e-10
    weight_decay: WeightDecay = 0.0
    decay: Decayed = "all"


class Adafactor(Section):
    """Shazeer and Stern 2018, as torch has it: a matrix's squared gradients as a row and a column, no momentum.

    The rate is relative: a step moves a tensor by about min(lr, step^-0.5) of its own root mean square.
    """

    type: Annotated[Literal["adafactor"], identity("second moments as a row and a column")] = "adafactor"
    lr: Annotated[float, identity("largest relative rate", gt=0)] = 1e-2
    beta2_decay: Annotated[
        float, identity("power of the step by which the second moment forgets", le=0)
    ] = -0.8
    eps: Annotated[float, identity("smallest root mean square that a tensor counts as having", gt=0)] = 1e-3
    clip: Annotated[float, identity("largest root mean square of an update", ge=1)] = 1.0
    weight_decay: WeightDecay = 0.0
    decay: Decayed = "all"


Optimizer = Annotated[Sgd | Adam | AdamW | Adagrad | Adafactor, Field(discriminator="type")]
