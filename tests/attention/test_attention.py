"""Attention put together: the context is the weighted sum, and padding never matters."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.attention import Attention
from nmt.attention.mask import padding_mask
from nmt.attention.score import Additive, Dot, General, Score
from nmt.attention.window import Asked, NoWindow, View, Window

Q = K = 6
Make = Callable[..., Attention]


def attention(score: Score, align: Align | None = None, window: Window | None = None) -> Attention:
    return Attention(score=score, window=window or NoWindow(), align=align or Soft(), key_size=K)


MAKES = [
    pytest.param(lambda: attention(Additive(query_size=Q, key_size=K, size=5)), id="additive"),
    pytest.param(lambda: attention(General(query_size=Q, key_size=K)), id="general"),
    pytest.param(lambda: attention(Dot(query_size=Q, key_size=K)), id="dot"),
    pytest.param(lambda: attention(Dot(query_size=Q, key_size=K), Uniform()), id="uniform"),
]


@pytest.fixture(params=MAKES)
def head(request: pytest.FixtureRequest) -> Attention:
    torch.manual_seed(0)
    made: Attention = request.param()
    return made


def attend(head: Attention, query: Tensor, states: Tensor, lengths: Tensor, position: int = 0):
    memory = head.remember(states, padding_mask(lengths, states.size(-2)), lengths)
    return head(query, memory, position=position)


def test_hand_worked_dot_attention():
    head = Attention(score=Dot(query_size=1, key_size=1), window=NoWindow(), align=Soft(), key_size=1)
    states = torch.tensor([[[0.0], [torch.log(torch.tensor(3.0))], [9.0]]])
    seen = attend(head, torch.ones(1, 1, 1), states, torch.tensor([2]))
    torch.testing.assert_close(seen.weights, torch.tensor([[[0.25, 0.75, 0.0]]]))
    torch.testing.assert_close(seen.context, 0.75 * states[:, 1:2])


def test_the_context_is_the_weighted_sum_of_the_values(head: Attention):
    query, states = torch.randn(2, 3, Q), torch.randn(2, 4, K)
    seen = attend(head, query, states, torch.tensor([4, 2]))
    torch.testing.assert_close(seen.context, torch.einsum("bts,bsk->btk", seen.weights, states))


def test_what_stands_in_padding_never_matters(head: Attention):
    query, states, lengths = torch.randn(3, 2, Q), torch.randn(3, 5, K), torch.tensor([5, 3, 1])
    other = states.clone()
    other[1, 3:], other[2, 1:] = 1e4 * torch.randn(2, K), 1e4 * torch.randn(4, K)
    one, two = attend(head, query, states, lengths), attend(head, query, other, lengths)
    assert torch.equal(one.context, two.context)
    assert torch.equal(one.weights, two.weights)


def test_a_batch_of_one_equals_its_row_in_a_padded_batch(head: Attention):
    query, states, lengths = torch.randn(3, 2, Q), torch.randn(3, 5, K), torch.tensor([5, 3, 1])
    together = attend(head, query, states, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone = attend(head, query[row : row + 1], states[row : row + 1, :length], lengths[row : row + 1])
        torch.testing.assert_close(alone.context[0], together.context[row], atol=1e-5, rtol=0)
        torch.testing.assert_close(alone.weights[0], together.weights[row, :, :length], atol=1e-5, rtol=0)


def test_all_queries_at_once_equal_one_by_one(head: Attention):
    query, states, lengths = torch.randn(2, 4, Q), torch.randn(2, 5, K), torch.tensor([5, 3])
    together = attend(head, query, states, lengths)
    for t in range(4):
        alone = attend(head, query[:, t : t + 1], states, lengths, position=t)
        torch.testing.assert_close(alone.context[:, 0], together.context[:, t], atol=1e-6, rtol=1e-6)


def test_a_sentence_with_nothing_to_see_has_zero_context_and_finite_gradients(head: Attention):
    query = torch.randn(2, 3, Q, requires_grad=True)
    states = torch.randn(2, 4, K, requires_grad=True)
    seen = attend(head, query, states, torch.tensor([0, 3]))
    assert seen.weights[0].eq(0).all()
    assert seen.context[0].eq(0).all()
    seen.context.square().sum().backward()
    grads = [tensor.grad for tensor in (query, states, *head.parameters()) if tensor.grad is not None]
    assert grads
    assert all(grad.isfinite().all() for grad in grads)


def test_a_source_of_one_place_is_its_own_context(head: Attention):
    states = torch.randn(2, 1, K)
    seen = attend(head, torch.randn(2, 3, Q), states, torch.tensor([1, 1]))
    torch.testing.assert_close(seen.context, states.expand(2, 3, K))


def test_a_head_axis_is_only_another_leading_dimension(head: Attention):
    query, states, lengths = torch.randn(2, 3, 4, Q), torch.randn(2, 3, 5, K), torch.tensor([5, 3])
    mask = padding_mask(lengths, 5).unsqueeze(1).expand(2, 3, 5)
    together = head(query, head.remember(states, mask, lengths.unsqueeze(1)), position=0)
    assert together.context.shape == (2, 3, 4, K)
    for h in range(3):
        alone = attend(head, query[:, h], states[:, h], lengths)
        torch.testing.assert_close(together.context[:, h], alone.context, atol=1e-6, rtol=1e-6)


class FirstOnly(Window):
    """Sees the first two places, the second at half its weight, and remembers where it was asked."""

    def forward(self, asked: Asked) -> View:
        self.position = asked.position
        return View(mask=torch.arange(4) < 2, prior=torch.tensor([1.0, 0.5, 1.0, 1.0]))


def test_a_window_is_combined_with_padding_and_its_prior_is_not_renormalised():
    window = FirstOnly()
    head = attention(Dot(query_size=Q, key_size=K), window=window)
    query = torch.zeros(2, 1, Q)
    seen = attend(head, query, torch.randn(2, 4, K), torch.tensor([4, 1]), position=7)
    assert window.position == 7
    torch.testing.assert_close(seen.weights, torch.tensor([[[0.5, 0.25, 0, 0]], [[1.0, 0, 0, 0]]]))


@pytest.mark.parametrize("dtype", [torch.bfloat16])
def test_under_autocast_it_stays_near_full_precision(head: Attention, dtype: torch.dtype):
    query, states, lengths = torch.randn(2, 3, Q), torch.randn(2, 4, K), torch.tensor([4, 2])
    exact = attend(head, query, states, lengths)
    with torch.autocast("cpu", dtype):
        near = attend(head, query, states, lengths)
    torch.testing.assert_close(near.context.float(), exact.context, atol=0.05, rtol=0.05)
