"""From the ``model`` section of a config to a model: the only file here that reads config."""

from typing import assert_never, cast

import torch
from torch import nn

from nmt.attention.attention import Attention
from nmt.attention.build import build_attention, build_fuse
from nmt.attention.fuse import Fuse, Readout
from nmt.config import initialisation
from nmt.config.model import Model, RnnModel
from nmt.models.embedding import embedding
from nmt.models.initialise import Scheme, bahdanau, initialise, orthogonal, uniform, xavier
from nmt.models.rnn.bridge import Bridge, InitialState, Last, Zero
from nmt.models.rnn.cell import Cell, GruCell, LstmCell
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.rnn.encoder import Direction, RnnEncoder
from nmt.models.rnn.fixed import FixedVector
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
    encoder = RnnEncoder(embedding=source, layers=_build_layers(config), dropout=config.dropout)
    attention, fuse = _build_attention(config, encoder.output_size)
    decoder = RnnDecoder(
        embedding=target,
        cells=[_build_cell(config, config.hidden) for _ in range(config.decoder_layers)],
        hidden=config.hidden,
        attention=attention,
        fuse=fuse,
        initial=[_build_initial(config, encoder.output_size) for _ in range(config.decoder_layers)],
        dropout=config.dropout,
    )
    tied = config.tie != "none"
    weight = cast(nn.Parameter, target.weight) if tied else _free_weight(target_size, fuse.output_size)
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


def _build_attention(config: RnnModel, key_size: int) -> tuple[Attention | FixedVector, Fuse]:
    if config.attention == "none":
        widths = (config.hidden, config.embedding, key_size)
        readout = Readout(
            state_size=widths[0], embedding_size=widths[1], context_size=widths[2], size=config.embedding
        )
        return FixedVector(key_size=key_size, bidirectional=config.bidirectional), readout
    fuse = build_fuse(
        config.attention.fuse,
        state_size=config.hidden,
        embedding_size=config.embedding,
        context_size=key_size,
        size=config.embedding,
    )
    return build_attention(config.attention, query_size=config.hidden, key_size=key_size), fuse


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
