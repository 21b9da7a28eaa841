"""From the recurrent sections of a config to an encoder and a decoder."""

from typing import assert_never

from torch import nn

from nmt.attention.attention import Attention
from nmt.attention.build import build_attention, build_fuse, build_lexicon
from nmt.attention.heads import Heads
from nmt.config import attention as section
from nmt.config.rnn import RnnDecoder as DecoderSection
from nmt.config.rnn import RnnEncoder as EncoderSection
from nmt.models.rnn.bahdanau import Bahdanau
from nmt.models.rnn.bridge import Bridge, InitialState, Last, Zero
from nmt.models.rnn.cell import Cell, GruCell, LstmCell
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.rnn.encoder import Direction, RnnEncoder
from nmt.models.rnn.fixed import FixedVector
from nmt.models.rnn.luong import Luong


def build_rnn_encoder(config: EncoderSection, embedding: nn.Embedding) -> RnnEncoder:
    """Stacked layers, each of one direction or two."""
    widths = [config.embedding] + [config.output] * (config.layers - 1)
    layers = [
        [
            Direction(cell=_build_cell(config, config.hidden), input_size=width, hidden=config.hidden)
            for _ in range(2 if config.bidirectional else 1)
        ]
        for width in widths
    ]
    return RnnEncoder(embedding=embedding, layers=layers, dropout=config.dropout, residual=config.residual)


def build_rnn_decoder(
    config: DecoderSection, embedding: nn.Embedding, *, key_size: int, bidirectional: bool, source_size: int
) -> RnnDecoder:
    """In the order that the fusion asks for: Readout lets the context into the cell, all others fuse it with h_t.

    Annotations are ``key_size`` wide, and ``bidirectional`` where their halves are of two directions.
    """
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
        attention = FixedVector(key_size=key_size, bidirectional=bidirectional)
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
        cells=[_build_cell(config, config.hidden) for _ in range(config.layers)],
        hidden=config.hidden,
        attention=attention,
        fuse=fuse,
        initial=[_build_initial(config, key_size) for _ in range(config.layers)],
        dropout=config.dropout,
        joined_size=joined_size,
        residual=config.residual,
        coverage=chosen.coverage is not None,
        lexicon=build_lexicon(chosen.lexicon, vocabulary=source_size),
    )


def _build_cell(config: EncoderSection | DecoderSection, hidden: int) -> Cell:
    match config.cell:
        case "gru":
            return GruCell(hidden, layer_norm=config.layer_norm)
        case "lstm":
            return LstmCell(hidden, layer_norm=config.layer_norm)
        case _:
            assert_never(config.cell)


def _build_initial(config: DecoderSection, encoder_size: int) -> InitialState:
    match config.initial_state:
        case "bridge":
            return Bridge(encoder_size=encoder_size, hidden=config.hidden)
        case "last":
            return Last(encoder_size=encoder_size, hidden=config.hidden)
        case "zero":
            return Zero(hidden=config.hidden)
        case _:
            assert_never(config.initial_state)
