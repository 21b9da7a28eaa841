"""The Transformer's sections of a model: an encoder, a decoder, and the two of them together (Vaswani et al. 2017)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from nmt.config.attention import Align, Heads, NoWindow, ScaledDot, Score, Soft, Window
from nmt.config.initialisation import DefaultInit, Init
from nmt.config.section import Section, identity
from nmt.config.tie import Tie


class Attending(Section):
    """An attention among several of one model, each with the heads of its layer."""

    score: Annotated[Score, identity("how a query scores the keys")] = ScaledDot()
    window: Annotated[Window, identity("which keys a query may see")] = NoWindow()
    align: Annotated[Align, identity("how scores become weights")] = Soft()


class Sinusoidal(Section):
    """sin and cos of the place at a geometric series of frequencies, added to the embeddings: Vaswani et al. 2017."""

    type: Annotated[Literal["sinusoidal"], identity("waves added to the embeddings")] = "sinusoidal"


class Learned(Section):
    """A learnt vector for each place, added to the embeddings: Gehring et al. 2017."""

    type: Annotated[Literal["learned"], identity("a learnt vector added for each place")] = "learned"
    max_length: Annotated[int, identity("pieces of the longest side, end symbol included", ge=1)] = 512


class Rotary(Section):
    """Queries and keys are turned by their places: Su et al. 2021."""

    type: Annotated[Literal["rotary"], identity("queries and keys turned by their places")] = "rotary"
    base: Annotated[float, identity("slowest turn: once in 2 pi * base places", gt=1)] = 10000.0


class Relative(Section):
    """A learnt vector for each distance between query and key enters the scores: Shaw, Uszkoreit and Vaswani 2018."""

    type: Annotated[Literal["relative"], identity("a learnt vector for each distance")] = "relative"
    reach: Annotated[int, identity("distance from which all are alike", ge=1, le=1000)] = 16


Positions = Annotated[Sinusoidal | Learned | Rotary | Relative, Field(discriminator="type")]
EncoderAttention = Annotated[Attending, identity("where the encoder looks in the source")]
DecoderAttention = Annotated[Attending, identity("where the decoder looks in what was said")]
CrossAttention = Annotated[Attending, identity("where the decoder looks in the source")]
Depth = Annotated[int, identity("stacked layers", ge=1, le=64)]
ActivationName = Literal["relu", "gelu", "silu", "glu", "geglu", "swiglu"]


class Layers(Section):
    """What the layers of either side are made of."""

    type: Annotated[Literal["transformer"], identity("layers of attention and feed-forward")] = "transformer"
    d_model: Annotated[int, identity("width of embeddings and layers", ge=2)] = 256
    ffn: Annotated[int, identity("hidden width of the feed-forward layers", ge=1)] = 1024
    heads: Annotated[Heads, identity("heads of every attention")] = Heads(count=4)
    positions: Annotated[Positions, identity("how places are told apart")] = Sinusoidal()
    norm: Annotated[Literal["layer", "rms"], identity("LayerNorm, or RMSNorm: Zhang and Sennrich 2019")] = (
        "layer"
    )
    pre_norm: Annotated[bool, identity("normalise before each sublayer, not after: Xiong et al. 2020")] = True
    activation: Annotated[
        ActivationName, identity("inside the feed-forward layers; the last three gated: Shazeer 2020")
    ] = "relu"
    dropout: Annotated[
        float, identity("dropout on embeddings and on what a sublayer adds; on weights: align", ge=0, lt=1)
    ] = 0.1
    activation_dropout: Annotated[float, identity("dropout inside the feed-forward layers", ge=0, lt=1)] = 0.0
    embedding_dropout: Annotated[
        float | None, identity("dropout on embeddings alone; null: as dropout", ge=0, lt=1)
    ] = None

    @property
    def embedding(self) -> int:
        """Width of the word vectors."""
        return self.d_model


class TransformerEncoder(Layers):
    """Self-attention over the source, layer by layer."""

    layers: Depth = 3
    encoder_attention: EncoderAttention = Attending()

    @property
    def output(self) -> int:
        """Width of what it says of each place."""
        return self.d_model


class TransformerDecoder(Layers):
    """Self-attention over what was said, then attention to the source, layer by layer."""

    layers: Depth = 3
    decoder_attention: DecoderAttention = Attending()
    cross_attention: CrossAttention = Attending()


class TransformerModel(Layers):
    """A Transformer."""

    encoder_layers: Annotated[int, identity("stacked encoder layers", ge=1, le=64)] = 3
    decoder_layers: Annotated[int, identity("stacked decoder layers", ge=1, le=64)] = 3
    tie: Tie = "none"
    init: Annotated[Init, identity("what the weights begin as")] = DefaultInit()
    encoder_attention: EncoderAttention = Attending()
    decoder_attention: DecoderAttention = Attending()
    cross_attention: CrossAttention = Attending()

    @property
    def encoder(self) -> TransformerEncoder:
        """The encoder on its own."""
        return TransformerEncoder(
            layers=self.encoder_layers, encoder_attention=self.encoder_attention, **self._shared()
        )

    @property
    def decoder(self) -> TransformerDecoder:
        """The decoder on its own."""
        return TransformerDecoder(
            layers=self.decoder_layers,
            decoder_attention=self.decoder_attention,
            cross_attention=self.cross_attention,
            **self._shared(),
        )

    def _shared(self) -> dict[str, Any]:
        """What is the same of either side."""
        return {name: getattr(self, name) for name in Layers.model_fields}
