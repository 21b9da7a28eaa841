"""The ``attention`` section of a model: how it scores, what it sees, how it aligns, how it is fused."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import NAMED, Section, identity


class Additive(Section):
    """v . tanh(W q + U k): Bahdanau, Cho and Bengio 2015."""

    type: Annotated[Literal["additive"], identity("v . tanh(W q + U k)")] = "additive"
    size: Annotated[int, identity("width of the hidden layer that compares query and key", ge=1)] = 512
    bias: Annotated[bool, identity("add a bias inside the tanh")] = False


class General(Section):
    """q . W k: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["general"], identity("q . W k")] = "general"


class Dot(Section):
    """q . k: Luong, Pham and Manning 2015; query and key must be equally wide."""

    type: Annotated[Literal["dot"], identity("q . k")] = "dot"


class NoWindow(Section):
    """Every source position may be attended to."""

    type: Annotated[Literal["none"], identity("the whole source")] = "none"


class Soft(Section):
    """The softmax of the scores."""

    type: Annotated[Literal["soft"], identity("softmax of the scores")] = "soft"
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class Uniform(Section):
    """Every place alike, whatever the scores: the baseline that separates access from weighting."""

    type: Annotated[Literal["uniform"], identity("every place alike, whatever the scores")] = "uniform"


class Readout(Section):
    """The context joins the decoder's input and its readout: Bahdanau, Cho and Bengio 2015."""

    type: Annotated[Literal["readout"], identity("context into the cell and the readout")] = "readout"


Score = Annotated[Additive | General | Dot, Field(discriminator="type")]
Window = Annotated[NoWindow, NAMED]
Align = Annotated[Soft | Uniform, Field(discriminator="type")]
Fuse = Annotated[Readout, NAMED]


class Attention(Section):
    """Four independent choices that together make one attention."""

    score: Annotated[Score, identity("how a query scores the keys")] = Additive()
    window: Annotated[Window, identity("which keys a query may see")] = NoWindow()
    align: Annotated[Align, identity("how scores become weights")] = Soft()
    fuse: Annotated[Fuse, identity("how the context joins the decoder")] = Readout()
