"""The recurrent sections of a model: an encoder, a decoder with attention, and the two of them together."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from nmt.config.attention import Attention
from nmt.config.initialisation import DefaultInit, Init
from nmt.config.section import Section, identity
from nmt.config.tie import Tie


def _kind(value: Any) -> str:
    """``none`` (a plain string) is the fixed vector without attention; all else is an attention."""
    return "none" if isinstance(value, str) else "Attention"


AttentionChoice = Annotated[
    Annotated[Attention, Tag("Attention")] | Annotated[Literal["none"], Tag("none")],
    Discriminator(_kind),
]

Looks = Annotated[AttentionChoice, identity("where the decoder looks; or none: a fixed vector")]
Cell = Annotated[Literal["gru", "lstm"], identity("recurrent unit")]
Embedding = Annotated[int, identity("width of the word vectors", ge=1)]
Bidirectional = Annotated[bool, identity("read the source in both directions")]
Residual = Annotated[bool, identity("upper layers add what they read to what they say")]
LayerNorm = Annotated[bool, identity("normalise the gates: Ba, Kiros and Hinton 2016")]
Dropout = Annotated[float, identity("dropout on embeddings, between layers and on the readout", ge=0, lt=1)]
InitialState = Annotated[
    Literal["bridge", "last", "zero"],
    identity("decoder's first state: a learnt map of the encoder's, the encoder's last, or zero"),
]


class RnnSide(Section):
    """What the layers of either side are made of, where a model has but one recurrent side."""

    type: Annotated[Literal["rnn"], identity("recurrent layers")] = "rnn"
    cell: Cell = "gru"
    embedding: Embedding = 256
    hidden: Annotated[int, identity("width of the state, in each direction", ge=1)] = 512
    layers: Annotated[int, identity("stacked layers", ge=1, le=64)] = 1
    residual: Residual = False
    layer_norm: LayerNorm = False
    dropout: Dropout = 0.2


class RnnEncoder(RnnSide):
    """A recurrent encoder."""

    bidirectional: Bidirectional = True

    @property
    def output(self) -> int:
        """Width of what it says of each place: its directions side by side."""
        return self.hidden * (2 if self.bidirectional else 1)


class RnnDecoder(RnnSide):
    """A recurrent decoder with attention."""

    initial_state: InitialState = "bridge"
    attention: Looks = Attention()


class RnnModel(Section):
    """A recurrent encoder and decoder with attention between them."""

    type: Annotated[Literal["rnn"], identity("recurrent encoder and decoder")] = "rnn"
    cell: Cell = "gru"
    embedding: Embedding = 256
    hidden: Annotated[int, identity("width of the decoder's state", ge=1)] = 512
    encoder_hidden: Annotated[
        int | None, identity("width of each encoder direction; null: as wide as the decoder's state", ge=1)
    ] = None
    encoder_layers: Annotated[int, identity("stacked encoder layers", ge=1, le=64)] = 1
    decoder_layers: Annotated[int, identity("stacked decoder layers", ge=1, le=64)] = 1
    bidirectional: Bidirectional = True
    residual: Residual = False
    layer_norm: LayerNorm = False
    dropout: Dropout = 0.2
    tie: Tie = "none"
    initial_state: InitialState = "bridge"
    init: Annotated[Init, identity("what the weights begin as")] = DefaultInit()
    attention: Looks = Attention()

    @property
    def encoder(self) -> RnnEncoder:
        """The encoder on its own."""
        return RnnEncoder(
            hidden=self.encoder_hidden or self.hidden,
            layers=self.encoder_layers,
            bidirectional=self.bidirectional,
            **self._shared(),
        )

    @property
    def decoder(self) -> RnnDecoder:
        """The decoder on its own."""
        return RnnDecoder(
            hidden=self.hidden,
            layers=self.decoder_layers,
            initial_state=self.initial_state,
            attention=self.attention,
            **self._shared(),
        )

    def _shared(self) -> dict[str, Any]:
        """What is the same of either side."""
        return {
            name: getattr(self, name) for name in RnnSide.model_fields if name not in ("hidden", "layers")
        }
