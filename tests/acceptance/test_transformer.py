"""Whatever its positions, a Transformer of one layer a side finds each word of a reversed sentence."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import LONGEST, REVERSE
from nmt.config.attention import Heads
from nmt.config.transformer import (
    Learned,
    Positions,
    Relative,
    Rotary,
    Sinusoidal,
    TransformerModel,
)

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    "positions",
    [Sinusoidal(), Learned(max_length=LONGEST + 1), Rotary(), Relative(reach=LONGEST)],
    ids=lambda one: one.type,
)
def test_it_reverses(positions: Positions):
    mark = Mark(accuracy=0.99)
    config = TransformerModel(
        d_model=64,
        ffn=128,
        encoder_layers=1,
        decoder_layers=1,
        heads=Heads(count=4),
        dropout=0.0,
        positions=positions,
    )
    figures = learn(config, REVERSE, mark, limit=700)
    assert mark.met(figures), figures
