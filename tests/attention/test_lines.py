"""Whole lines change no product, and make it the same wherever a sentence stands in its batch."""

import pytest
import torch
from torch import nn

from nmt.attention.align import Soft
from nmt.attention.attention import Attention
from nmt.attention.lines import steady_gelu, steady_linear, steady_sigmoid, steady_silu, whole_lines
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


STEADY = {
    steady_sigmoid: torch.sigmoid,
    steady_silu: nn.functional.silu,
    steady_gelu: nn.functional.gelu,
}


@pytest.mark.parametrize("steady", STEADY, ids=lambda one: one.__name__)
def test_steady_functions_are_torchs(steady):
    x = torch.linspace(-30, 30, 1001, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(steady(x), STEADY[steady](x), rtol=0, atol=1e-12)
    learnt = x.clone().requires_grad_()
    torch.testing.assert_close(steady(learnt), STEADY[steady](x), rtol=0, atol=1e-12)
    assert torch.autograd.gradcheck(steady, (torch.linspace(-3, 3, 7, dtype=torch.float64).requires_grad_(),))


@torch.inference_mode()
@pytest.mark.parametrize("steady", STEADY, ids=lambda one: one.__name__)
def test_steady_functions_round_every_element_alike_however_many_there_are(steady):
    x = 3 * torch.randn(400, generator=torch.Generator().manual_seed(0))
    whole = steady(x)
    for count in range(1, 100):
        for start in range(0, 300, 37):
            assert torch.equal(steady(x[start : start + count].clone()), whole[start : start + count])


@torch.inference_mode()
@pytest.mark.parametrize("bias", [False, True], ids=["plain", "bias"])
@pytest.mark.parametrize("outputs", [1, 2, 7, 10, 15, 16, 50])
def test_a_product_rounds_alike_wherever_a_row_stands_however_few_its_outputs(outputs, bias):
    torch.manual_seed(0)
    x, weight = torch.randn(200, 50), torch.randn(outputs, 50)
    added = torch.randn(outputs) if bias else None
    whole = steady_linear(x, weight, added)
    torch.testing.assert_close(whole, nn.functional.linear(x, weight, added))
    for start in range(9):
        for count in (16, 17, 21, 80, 160):
            part = steady_linear(x[start : start + count].clone(), weight, added)
            assert torch.equal(part, whole[start : start + count])
