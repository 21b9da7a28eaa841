"""From the Transformer's sections of a config to an encoder and a decoder."""

from typing import assert_never

from torch import nn

from nmt.attention.build import build_heads, build_relation, head_size
from nmt.attention.heads import Heads
from nmt.attention.lines import steady_gelu, steady_sigmoid, steady_silu
from nmt.config import transformer as section
from nmt.models.positions import Learned, NoPositions, Positions, Sinusoidal
from nmt.models.transformer.decoder import DecoderLayer, TransformerDecoder
from nmt.models.transformer.encoder import EncoderLayer, TransformerEncoder
from nmt.models.transformer.feedforward import Activation, FeedForward, Gated, Plain
from nmt.models.transformer.placed import Placed
from nmt.models.transformer.residual import Residual

Side = section.TransformerEncoder | section.TransformerDecoder


def build_transformer_encoder(
    config: section.TransformerEncoder, embedding: nn.Embedding, *, weights: bool
) -> TransformerEncoder:
    """``weights``: build what shows its weights; else fused kernels, where they can."""
    return TransformerEncoder(
        embedding=embedding,
        placed=_build_placed(config),
        layers=[
            EncoderLayer(
                attention=_self_attention(config, config.encoder_attention, causal=False, fused=not weights),
                around_attention=_around(config),
                feedforward=_build_feedforward(config),
                around_feedforward=_around(config),
            )
            for _ in range(config.layers)
        ],
        norm=_build_norm(config) if config.pre_norm else nn.Identity(),
    )


def build_transformer_decoder(
    config: section.TransformerDecoder, embedding: nn.Embedding, *, key_size: int, weights: bool
) -> TransformerDecoder:
    """``key_size`` is the width of the annotations; ``weights`` as above."""
    return TransformerDecoder(
        embedding=embedding,
        placed=_build_placed(config),
        layers=[
            DecoderLayer(
                attention=_self_attention(config, config.decoder_attention, causal=True, fused=not weights),
                around_attention=_around(config),
                cross=build_heads(
                    config.cross_attention,
                    config.heads,
                    query_size=config.d_model,
                    key_size=key_size,
                    size=config.d_model,
                    fused=not weights,
                ),
                around_cross=_around(config),
                feedforward=_build_feedforward(config),
                around_feedforward=_around(config),
            )
            for _ in range(config.layers)
        ],
        norm=_build_norm(config) if config.pre_norm else nn.Identity(),
    )


def _self_attention(config: Side, attending: section.Attending, *, causal: bool, fused: bool) -> Heads:
    width = head_size(config.heads, config.d_model)
    return build_heads(
        attending,
        config.heads,
        query_size=config.d_model,
        key_size=config.d_model,
        size=config.d_model,
        relation=build_relation(config.positions, head_size=width),
        causal=causal,
        fused=fused,
    )


def _build_placed(config: Side) -> Placed:
    dropout = config.dropout if config.embedding_dropout is None else config.embedding_dropout
    return Placed(positions=_build_positions(config), size=config.d_model, dropout=dropout)


def _build_positions(config: Side) -> Positions:
    match config.positions:
        case section.Sinusoidal():
            return Sinusoidal()
        case section.Learned(max_length=length):
            return Learned(max_length=length, size=config.d_model)
        case section.Rotary() | section.Relative():
            return NoPositions()
        case _:
            assert_never(config.positions)


def _around(config: Side) -> Residual:
    return Residual(norm=_build_norm(config), dropout=config.dropout, pre_norm=config.pre_norm)


def _build_norm(config: Side) -> nn.Module:
    match config.norm:
        case "layer":
            return nn.LayerNorm(config.d_model)
        case "rms":
            return nn.RMSNorm(config.d_model, eps=1e-6)
        case _:
            assert_never(config.norm)


def _build_feedforward(config: Side) -> FeedForward:
    kind, function = _build_activation(config.activation)
    return kind(
        size=config.d_model, hidden=config.ffn, activation=function, dropout=config.activation_dropout
    )


def _build_activation(name: section.ActivationName) -> tuple[type[Plain] | type[Gated], Activation]:
    """The layer that a function stands in, and the function."""
    match name:
        case "relu":
            return Plain, nn.functional.relu
        case "gelu":
            return Plain, steady_gelu
        case "silu":
            return Plain, steady_silu
        case "glu":
            return Gated, steady_sigmoid
        case "geglu":
            return Gated, steady_gelu
        case "swiglu":
            return Gated, steady_silu
        case _:
            assert_never(name)
