"""The ``model`` section: the architecture."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from nmt.config.attention import Attention
from nmt.config.initialisation import DefaultInit, Init
from nmt.config.section import NAMED, Section, identity


def _kind(value: Any) -> str:
    """``none`` (a plain string) is the fixed vector without attention; all else is an attention."""
    return "none" if isinstance(value, str) else "Attention"


AttentionChoice = Annotated[
    Annotated[Attention, Tag("Attention")] | Annotated[Literal["none"], Tag("none")],
    Discriminator(_kind),
]


class RnnModel(Section):
    """A recurrent encoder and decoder with attention between them."""

    type: Annotated[Literal["rnn"], identity("recurrent encoder and decoder")] = "rnn"
    cell: Annotated[Literal["gru", "lstm"], identity("recurrent unit")] = "gru"
    embedding: Annotated[int, identity("width of the word vectors", ge=1)] = 256
    hidden: Annotated[int, identity("width of the decoder's state", ge=1)] = 512
    encoder_hidden: Annotated[
        int | None, identity("width of each encoder direction; null: as wide as the decoder's state", ge=1)
    ] = None
    encoder_layers: Annotated[int, identity("stacked encoder layers", ge=1, le=64)] = 1
    decoder_layers: Annotated[int, identity("stacked decoder layers", ge=1, le=64)] = 1
    bidirectional: Annotated[bool, identity("read the source in both directions")] = True
    residual: Annotated[bool, identity("upper layers add what they read to what they say")] = False
    layer_norm: Annotated[bool, identity("normalise the gates: Ba, Kiros and Hinton 2016")] = False
    dropout: Annotated[
        float, identity("dropout on embeddings, between layers and on the readout", ge=0, lt=1)
    ] = 0.2
    tie: Annotated[
        Literal["none", "decoder", "all"],
        identity(
            "share embeddings: decoder: target input and output; all: the source too (joint vocabulary)"
        ),
    ] = "none"
    initial_state: Annotated[
        Literal["bridge", "last", "zero"],
        identity("decoder's first state: a learnt map of the encoder's, the encoder's last, or zero"),
    ] = "bridge"
    init: Annotated[Init, identity("what the weights begin as")] = DefaultInit()
    attention: Annotated[AttentionChoice, identity("where the decoder looks; or none: a fixed vector")] = (
        Attention()
    )

    @property
    def annotation(self) -> int:
        """Width of what the encoder says of each place: its directions side by side."""
        return (self.encoder_hidden or self.hidden) * (2 if self.bidirectional else 1)


Model = Annotated[RnnModel, NAMED]
