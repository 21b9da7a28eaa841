"""From the ``model`` section of a config to a model: the only file here that reads config."""

from typing import assert_never, cast

import torch
from torch import nn

from nmt.attention.attention import Attention
from nmt.attention.build import build_attention, build_fuse, build_lexicon
from nmt.attention.heads import Heads
from nmt.config import attention as section
from nmt.config import initialisation
from nmt.config.model import Model, RnnModel
from nmt.models.embedding import embedding
from nmt.models.initialise import Scheme, bahdanau, initialise, orthogonal, uniform, xavier
from nmt.models.rnn.bahdanau import Bahdanau
from nmt.models.rnn.bridge import Bridge, InitialState, Last, Zero
from nmt.models.rnn.cell import Cell, GruCell, LstmCell
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.rnn.encoder import Direction, RnnEncoder
from nmt.models.rnn.fixed import FixedVector
from nmt.models.rnn.luong import Luong
from nmt.models.rnn.model import RnnSeq2Seq
from nmt.models.seq2seq import Projection


def build_model(config: Model, *, source_size: int, target_size: int, padding: int) -> RnnSeq2Seq:
    """A model with fresh weights, drawn from torch's global generator, for vocabularies of the given sizes."""
    match config:
        case RnnModel():
            model = _build_rnn(config, source_size, target_size, padding)
        case _:
            assert_never(config)
    if (scheme := _build_scheme(config.init)) is not None:
        initialise(model, scheme)
    return model


def _build_rnn(config: RnnModel, source_size: int, target_size: int, padding: int) -> RnnSeq2Seq:
    source = embedding(source_size, config.embedding, padding)
    target = source if config.tie == "all" else embedding(target_size, config.embedding, padding)
    encoder = RnnEncoder(
        embedding=source, layers=_build_layers(config), dropout=config.dropout, residual=config.residual
    )
    decoder = _build_decoder(config, target, encoder.output_size, source_size)
    tied = config.tie != "none"
    weight = (
        cast(nn.Parameter, target.weight) if tied else _free_weight(target_size, decoder.fuse.output_size)
    )
    return RnnSeq2Seq(
        encoder=encoder,
        decoder=decoder,
        projection=Projection(weight),
    )


def _build_layers(config: RnnModel) -> list[list[Direction]]:
    hidden = config.encoder_hidden or config.hidden
    widths = [config.embedding] + [config.annotation] * (config.encoder_layers - 1)
    return [
        [
            Direction(cell=_build_cell(config, hidden), input_size=width, hidden=hidden)
            for _ in range(2 if config.bidirectional else 1)
        ]
        for width in widths
    ]


def _build_decoder(config: RnnModel, embedding: nn.Embedding, key_size: int, source_size: int) -> RnnDecoder:
    """In the order that the fusion asks for: Readout lets the context into the cell, all others fuse it with h_t."""
    chosen = config.attention if isinstance(config.attention, section.Attention) else section.Attention()
    fuse = build_fuse(
        chosen.fuse,
        state_size=config.hidden,
        embedding_size=config.embedding,
        context_size=key_size,
        size=config.embedding,
    )
    attention: Attention | Heads | FixedVector
    if config.attention == "none":
        attention = FixedVector(key_size=key_size, bidirectional=config.bidirectional)
    else:
        attention = build_attention(chosen, query_size=config.hidden, key_size=key_size)
    match chosen.fuse:
        case section.Readout():
            order: type[RnnDecoder] = Bahdanau
            joined_size = key_size
        case (
            section.Luong(input_feeding=feeding)
            | section.Gate(input_feeding=feeding)
            | section.Sum(input_feeding=feeding)
        ):
            order, joined_size = Luong, fuse.output_size if feeding else 0
        case _:
            assert_never(chosen.fuse)
    return order(
        embedding=embedding,
        cells=[_build_cell(config, config.hidden) for _ in range(config.decoder_layers)],
        hidden=config.hidden,
        attention=attention,
        fuse=fuse,
        initial=[_build_initial(config, key_size) for _ in range(config.decoder_layers)],
        dropout=config.dropout,
        joined_size=joined_size,
        residual=config.residual,
        coverage=chosen.coverage is not None,
        lexicon=build_lexicon(chosen.lexicon, vocabulary=source_size),
    )


def _build_cell(config: RnnModel, hidden: int) -> Cell:
    match config.cell:
        case "gru":
            return GruCell(hidden, layer_norm=config.layer_norm)
        case "lstm":
            return LstmCell(hidden, layer_norm=config.layer_norm)
        case _:
            assert_never(config.cell)


def _build_initial(config: RnnModel, encoder_size: int) -> InitialState:
    match config.initial_state:
        case "bridge":
            return Bridge(encoder_size=encoder_size, hidden=config.hidden)
        case "last":
            return Last(encoder_size=encoder_size, hidden=config.hidden)
        case "zero":
            return Zero(hidden=config.hidden)
        case _:
            assert_never(config.initial_state)


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
