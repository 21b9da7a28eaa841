"""Whole lines change no product, and make it the same wherever a sentence stands in its batch."""

import pytest
import torch

from nmt.attention.align import Soft
from nmt.attention.attention import Attention
from nmt.attention.lines import whole_lines
from nmt.attention.mask import padding_mask
from nmt.attention.score import Additive, Dot, General
from nmt.attention.window import NoWindow


@pytest.mark.parametrize(("width", "filled"), [(1, 16), (15, 16), (17, 32), (50, 64)])
def test_rows_are_filled_up_with_zeros(width: int, filled: int):
    states = torch.randn(2, 3, width)
    lines = whole_lines(states)
    assert lines.shape == (2, 3, filled)
    assert torch.equal(lines[..., :width], states)
    assert not lines[..., width:].any()


@pytest.mark.parametrize("width", [16, 64])
def test_what_fills_its_lines_is_not_copied(width: int):
    states = torch.randn(2, 3, width)
    assert whole_lines(states) is states


@pytest.mark.parametrize("width", [37, 50, 64])
@pytest.mark.parametrize("kind", [Additive, Dot, General])
def test_a_sentence_is_attended_to_alike_wherever_it_stands(kind: type, width: int):
    torch.manual_seed(0)
    more = {"size": width} if kind is Additive else {}
    score = kind(query_size=width, key_size=width, **more)
    head = Attention(score=score, window=NoWindow(), align=Soft(), key_size=width)
    query, states, lengths = torch.randn(60, 3, width), torch.randn(60, 13, width), torch.full((60,), 13)

    def attend(rows: slice):
        memory = head.remember(states[rows].clone(), padding_mask(lengths[rows], 13), lengths[rows])
        return head(query[rows].clone(), memory, position=0)

    with torch.inference_mode():
        together = attend(slice(60))
        for start in (1, 2, 3, 7, 16):
            apart = attend(slice(start, start + 16))
            assert torch.equal(apart.weights, together.weights[start : start + 16])
            assert torch.equal(apart.context, together.context[start : start + 16])
