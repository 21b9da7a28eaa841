"""From the ``model`` section of a config to a model."""

from typing import assert_never, cast

import torch
from torch import nn

from nmt.config import initialisation
from nmt.config.model import Encoder as EncoderSection
from nmt.config.model import Model
from nmt.config.rnn import RnnDecoder, RnnEncoder
from nmt.config.transformer import TransformerDecoder, TransformerEncoder
from nmt.models.embedding import embedding
from nmt.models.encoder_decoder import Decoder, Encoder, EncoderDecoder
from nmt.models.initialise import Scheme, bahdanau, initialise, orthogonal, uniform, xavier
from nmt.models.rnn.build import build_rnn_decoder, build_rnn_encoder
from nmt.models.seq2seq import Projection
from nmt.models.transformer.build import build_transformer_decoder, build_transformer_encoder


def build_model(
    config: Model, *, source_size: int, target_size: int, padding: int, weights: bool = False
) -> EncoderDecoder:
    """A model with fresh weights, drawn from torch's global generator, for vocabularies of the given sizes.

    Where ``weights`` are wanted, each attention is built to show them; without, by a fused kernel where one can do it.
    Parameters and results are the same.
    """
    source = embedding(source_size, config.encoder.embedding, padding)
    target = source if config.tie == "all" else embedding(target_size, config.decoder.embedding, padding)
    encoder = _build_encoder(config.encoder, source, weights=weights)
    decoder = _build_decoder(config, target, encoder.output_size, source_size=source_size, weights=weights)
    tied = config.tie != "none"
    weight = cast(nn.Parameter, target.weight) if tied else _free_weight(target_size, decoder.output_size)
    model = EncoderDecoder(encoder=encoder, decoder=decoder, projection=Projection(weight))
    if (scheme := _build_scheme(config.init)) is not None:
        initialise(model, scheme)
    return model


def _build_encoder(config: EncoderSection, embedding: nn.Embedding, *, weights: bool) -> Encoder:
    match config:
        case RnnEncoder():
            return build_rnn_encoder(config, embedding)
        case TransformerEncoder():
            return build_transformer_encoder(config, embedding, weights=weights)
        case _:
            assert_never(config)


def _build_decoder(
    config: Model, embedding: nn.Embedding, key_size: int, *, source_size: int, weights: bool
) -> Decoder:
    encoder, decoder = config.encoder, config.decoder
    match decoder:
        case RnnDecoder():
            both = isinstance(encoder, RnnEncoder) and encoder.bidirectional
            return build_rnn_decoder(
                decoder, embedding, key_size=key_size, bidirectional=both, source_size=source_size
            )
        case TransformerDecoder():
            return build_transformer_decoder(decoder, embedding, key_size=key_size, weights=weights)
        case _:
            assert_never(decoder)


def _build_scheme(config: initialisation.Init) -> Scheme | None:
    """None: what the modules did already."""
    match config:
        case initialisation.DefaultInit():
            return None
        case initialisation.XavierInit(gain=gain):
            return xavier(gain)
        case initialisation.OrthogonalInit(gain=gain):
            return orthogonal(gain)
        case initialisation.UniformInit(scale=scale):
            return uniform(scale)
        case initialisation.BahdanauInit():
            return bahdanau()
        case _:
            assert_never(config)


def _free_weight(vocabulary: int, size: int) -> nn.Parameter:
    weight = nn.Parameter(torch.empty(vocabulary, size))
    nn.init.normal_(weight, std=size**-0.5)
    return weight
