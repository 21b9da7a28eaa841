"""From the ``attention`` section of a config to modules: the only file here that reads config."""

from typing import assert_never

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.attention import Attention
from nmt.attention.fuse import Fuse, Readout
from nmt.attention.score import Additive, Dot, General, Score
from nmt.attention.window import NoWindow, Window
from nmt.config import attention as section


def build_attention(config: section.Attention, *, query_size: int, key_size: int) -> Attention:
    """One attention head of the given widths."""
    return Attention(
        score=build_score(config.score, query_size=query_size, key_size=key_size),
        window=build_window(config.window),
        align=build_align(config.align),
        key_size=key_size,
    )


def build_score(config: section.Score, *, query_size: int, key_size: int) -> Score:
    """Raises ValueError where the widths do not suit the score."""
    match config:
        case section.Additive(size=size, bias=bias):
            return Additive(query_size=query_size, key_size=key_size, size=size, bias=bias)
        case section.General():
            return General(query_size=query_size, key_size=key_size)
        case section.Dot():
            return Dot(query_size=query_size, key_size=key_size)
        case _:
            assert_never(config)


def build_window(config: section.Window) -> Window:
    """Which keys may be seen."""
    match config:
        case section.NoWindow():
            return NoWindow()
        case _:
            assert_never(config)


def build_align(config: section.Align) -> Align:
    """How scores become weights."""
    match config:
        case section.Soft(dropout=dropout):
            return Soft(dropout=dropout)
        case section.Uniform():
            return Uniform()
        case _:
            assert_never(config)


def build_fuse(
    config: section.Fuse, *, state_size: int, embedding_size: int, context_size: int, size: int
) -> Fuse:
    """How the context joins the decoder's output, of width ``size``."""
    match config:
        case section.Readout():
            return Readout(
                state_size=state_size, embedding_size=embedding_size, context_size=context_size, size=size
            )
        case _:
            assert_never(config)
