"""The masked softmax at its edges: no NaN, no weight where there is nothing to see."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.attention.mask import masked_softmax, padding_mask


def test_padding_mask_marks_the_real_places():
    mask = padding_mask(torch.tensor([0, 1, 3]), 3)
    assert mask.tolist() == [[False] * 3, [True, False, False], [True] * 3]


def test_hand_worked_softmax():
    scores = torch.tensor([[0.0, np.log(3.0), 5.0]], dtype=torch.float64)
    weights = masked_softmax(scores, torch.tensor([[True, True, False]]))
    np.testing.assert_allclose(weights.numpy(), [[0.25, 0.75, 0.0]], atol=1e-12)


def test_without_mask_it_is_the_softmax():
    scores = torch.randn(2, 3, 4, dtype=torch.float64)
    torch.testing.assert_close(masked_softmax(scores, None), scores.softmax(-1), atol=1e-12, rtol=0)


def test_a_wholly_masked_row_gives_zero_weights_and_zero_gradients():
    scores = torch.randn(2, 1, 3, requires_grad=True)
    mask = torch.tensor([[[False, False, False]], [[True, True, False]]])
    weights = masked_softmax(scores, mask)
    assert weights[0].eq(0).all()
    weights.square().sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    assert scores.grad[0].eq(0).all()
    assert scores.grad[1, 0, 2] == 0
    assert scores.grad[1, 0, 0] != 0


@pytest.mark.parametrize("hidden", [1e30, float("inf"), float("nan"), -float("inf")])
def test_what_stands_at_a_masked_place_does_not_matter(hidden: float):
    scores = torch.tensor([[1.0, hidden, 2.0]], requires_grad=True)
    mask = torch.tensor([[True, False, True]])
    weights = masked_softmax(scores, mask)
    expected = masked_softmax(torch.tensor([[1.0, 0.0, 2.0]]), mask)
    assert torch.equal(weights, expected)
    weights[0, 0].backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    assert scores.grad[0, 1] == 0


def test_large_scores_neither_overflow_nor_vanish():
    scores = torch.tensor([[1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]], requires_grad=True)
    weights = masked_softmax(scores, torch.ones(2, 3, dtype=torch.bool))
    torch.testing.assert_close(weights.detach(), torch.tensor([[0.5, 0.5, 0.0], [1 / 3] * 3]))
    weights[0, 0].backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_keeps_its_dtype_and_masks_exactly(dtype: torch.dtype):
    scores = torch.tensor([[6e4, 1.0, -6e4], [1.0, 2.0, 3.0]], dtype=dtype, requires_grad=True)
    mask = torch.tensor([[False, False, False], [True, True, False]])
    weights = masked_softmax(scores, mask)
    assert weights.dtype == dtype
    assert weights[0].eq(0).all()
    assert weights[1, 2] == 0
    assert abs(weights[1].detach().float().sum().item() - 1) < 1e-2
    weights.float().square().sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_a_source_of_one_place_gets_all_the_weight():
    weights = masked_softmax(torch.tensor([[[-3.0]]]), torch.tensor([[[True]]]))
    assert weights.tolist() == [[[1.0]]]


@given(st.data())
@settings(max_examples=50)
def test_rows_sum_to_one_or_see_nothing(data: st.DataObject):
    size = data.draw(st.integers(1, 6))
    number = st.floats(-1e4, 1e4, width=32)
    scores = torch.tensor([data.draw(st.lists(number, min_size=size, max_size=size)) for _ in range(3)])
    mask = torch.tensor([data.draw(st.lists(st.booleans(), min_size=size, max_size=size)) for _ in range(3)])
    weights = masked_softmax(scores, mask)
    torch.testing.assert_close(weights.sum(-1), mask.any(-1).float())
    assert weights[~mask].eq(0).all()
