"""The section of a model whose two sides are of different families."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.initialisation import DefaultInit, Init
from nmt.config.rnn import RnnDecoder, RnnEncoder
from nmt.config.section import Section, identity
from nmt.config.tie import Tie
from nmt.config.transformer import TransformerDecoder, TransformerEncoder


class MixedModel(Section):
    """Any encoder with any decoder: Chen et al. 2018, whose best was a Transformer's encoder and an RNN's decoder."""

    type: Annotated[Literal["mixed"], identity("an encoder of one family, a decoder of another")] = "mixed"
    encoder: Annotated[
        Annotated[TransformerEncoder | RnnEncoder, Field(discriminator="type")], identity("reads the source")
    ] = TransformerEncoder()
    decoder: Annotated[
        Annotated[RnnDecoder | TransformerDecoder, Field(discriminator="type")], identity("says the target")
    ] = RnnDecoder()
    tie: Tie = "none"
    init: Annotated[Init, identity("what the weights begin as")] = DefaultInit()
