"""The ``model.init`` section: what the weights begin as."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, identity


class DefaultInit(Section):
    """Xavier for maps, a gate at a time; orthogonal recurrent gates; embeddings N(0, 1/d); an LSTM's forget bias 1."""

    type: Annotated[Literal["default"], identity("each module's own choice")] = "default"


class XavierInit(Section):
    """Every map uniform within gain * sqrt(6 / (fan in + fan out)): Glorot and Bengio 2010."""

    type: Annotated[Literal["xavier"], identity("all maps as Glorot and Bengio have them")] = "xavier"
    gain: Annotated[float, identity("factor of the bound", gt=0)] = 1.0


class OrthogonalInit(Section):
    """Square maps, each gate for itself, random orthogonal (Saxe et al. 2014); the others Xavier."""

    type: Annotated[Literal["orthogonal"], identity("square maps orthogonal, others Xavier")] = "orthogonal"
    gain: Annotated[float, identity("factor of the matrices", gt=0)] = 1.0


class UniformInit(Section):
    """Everything, biases too, uniform in [-scale, scale]: 0.1 in Luong et al. 2015, 0.08 in Sutskever et al. 2014."""

    type: Annotated[Literal["uniform"], identity("everything alike")] = "uniform"
    scale: Annotated[float, identity("the bound", gt=0)] = 0.1


class BahdanauInit(Section):
    """Bahdanau, Cho and Bengio 2015, appendix B.1: recurrent gates orthogonal, others Gaussian and small."""

    type: Annotated[Literal["bahdanau"], identity("as the first attention began")] = "bahdanau"


Init = Annotated[
    DefaultInit | XavierInit | OrthogonalInit | UniformInit | BahdanauInit, Field(discriminator="type")
]
