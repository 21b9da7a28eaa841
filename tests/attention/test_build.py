"""Every section of the config becomes its class."""

import pytest

from nmt.attention.align import Soft, Uniform
from nmt.attention.build import build_attention, build_fuse
from nmt.attention.fuse import Readout
from nmt.attention.score import Additive, Dot, General
from nmt.config import attention as section


@pytest.mark.parametrize(
    ("score", "made"),
    [(section.Additive(size=7), Additive), (section.General(), General), (section.Dot(), Dot)],
)
def test_scores(score: section.Score, made: type):
    built = build_attention(section.Attention(score=score), query_size=4, key_size=4)
    assert type(built.score) is made
    assert built.context_size == 4


def test_the_numbers_of_a_section_arrive():
    config = section.Attention(score=section.Additive(size=7, bias=True), align=section.Soft(dropout=0.25))
    built = build_attention(config, query_size=4, key_size=6)
    assert isinstance(built.score, Additive)
    assert built.score.query.weight.shape == (7, 4)
    assert built.score.key.weight.shape == (7, 6)
    assert built.score.key.bias is not None
    assert isinstance(built.align, Soft)
    assert built.align.dropout.p == 0.25


def test_uniform():
    built = build_attention(section.Attention(align=section.Uniform()), query_size=4, key_size=4)
    assert isinstance(built.align, Uniform)


def test_fuse():
    built = build_fuse(section.Readout(), state_size=4, embedding_size=3, context_size=6, size=5)
    assert isinstance(built, Readout)
    assert built.output_size == 5
