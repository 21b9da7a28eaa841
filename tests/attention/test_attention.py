"""Attention put together: the context is the weighted sum, padding never matters, and nothing to see gives nothing."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from nmt.attention.align import Align, Soft
from nmt.attention.attention import Attended, Attention
from nmt.attention.centre import RealCentre
from nmt.attention.hard import Reinforce
from nmt.attention.mask import padding_mask
from nmt.attention.score import Additive, Concat, Cosine, Dot, General, Location, ScaledDot, Score
from nmt.attention.sparse import Sparsemax, Threshold, TopK
from nmt.attention.window import Asked, Monotonic, NoWindow, Predictive, View, Window

Q = K = 6
LENGTHS = torch.tensor([5, 3, 1])
SCORES: dict[str, Callable[[], Score]] = {
    "additive": lambda: Additive(query_size=Q, key_size=K, size=5),
    "concat": lambda: Concat(query_size=Q, key_size=K, size=5),
    "general": lambda: General(query_size=Q, key_size=K),
    "dot": lambda: Dot(query_size=Q, key_size=K),
    "scaled dot": lambda: ScaledDot(query_size=Q, key_size=K),
    "cosine": lambda: Cosine(query_size=Q, key_size=K, scale=5.0),
    "location": lambda: Location(query_size=Q, max_source=9),
}


def attention(score: Score, align: Align | None = None, window: Window | None = None) -> Attention:
    return Attention(score=score, window=window or NoWindow(), align=align or Soft(), key_size=K)


@pytest.fixture(params=SCORES)
def by_score(request: pytest.FixtureRequest) -> Attention:
    """Soft attention with each score."""
    torch.manual_seed(0)
    return attention(SCORES[request.param]()).eval()


@pytest.fixture
def head(window: Window, align: Align, mode: str) -> Attention:
    """Each window with each alignment, in training and in evaluation."""
    return attention(Dot(query_size=Q, key_size=K), align, window).train(mode == "training")


def places(query: Tensor) -> Tensor:
    return torch.arange(query.size(-2))


def attend(
    head: Attention,
    query: Tensor,
    states: Tensor,
    lengths: Tensor,
    position: int | Tensor = 0,
    bias: Tensor | None = None,
) -> Attended:
    """What samples does so alike each time."""
    torch.manual_seed(1)
    memory = head.remember(states, padding_mask(lengths, states.size(-2)), lengths)
    return head(query, memory, position=position, bias=bias)


def test_hand_worked_dot_attention():
    head = Attention(score=Dot(query_size=1, key_size=1), window=NoWindow(), align=Soft(), key_size=1)
    states = torch.tensor([[[0.0], [torch.log(torch.tensor(3.0))], [9.0]]])
    seen = attend(head, torch.ones(1, 1, 1), states, torch.tensor([2]))
    torch.testing.assert_close(seen.weights, torch.tensor([[[0.25, 0.75, 0.0]]]))
    torch.testing.assert_close(seen.context, 0.75 * states[:, 1:2])


def check_the_context(head: Attention) -> None:
    query, states = torch.randn(3, 4, Q), torch.randn(3, 5, K)
    seen = attend(head, query, states, LENGTHS, places(query))
    torch.testing.assert_close(seen.context, torch.einsum("bts,bsk->btk", seen.weights, states))


def check_padding(head: Attention) -> None:
    """Neither what stands there nor what is added to its scores."""
    query, states = torch.randn(3, 4, Q), torch.randn(3, 5, K)
    other, bias = states.clone(), torch.zeros(3, 1, 5)
    other[1, 3:], other[2, 1:] = 1e4 * torch.randn(2, K), 1e4 * torch.randn(4, K)
    bias[1, :, 3], bias[2, :, 1:] = 1e30, float("nan")
    one = attend(head, query, states, LENGTHS, places(query))
    two = attend(head, query, other, LENGTHS, places(query), bias)
    for mine, its in zip(one, two, strict=True):
        assert mine is its is None or torch.equal(mine, its)


def check_a_batch_of_one(head: Attention) -> None:
    query, states = torch.randn(3, 4, Q), torch.randn(3, 5, K)
    together = attend(head, query, states, LENGTHS, places(query))
    for row, length in enumerate(LENGTHS.tolist()):
        own = slice(row, row + 1)
        alone = attend(head, query[own], states[own, :length], LENGTHS[own], places(query))
        torch.testing.assert_close(alone.context[0], together.context[row], atol=1e-5, rtol=0)
        torch.testing.assert_close(alone.weights[0], together.weights[row, :, :length], atol=1e-5, rtol=0)


def check_all_queries_at_once(head: Attention) -> None:
    query, states = torch.randn(3, 4, Q), torch.randn(3, 5, K)
    together = attend(head, query, states, LENGTHS, places(query))
    for t in range(4):
        alone = attend(head, query[:, t : t + 1], states, LENGTHS, position=t)
        torch.testing.assert_close(alone.context[:, 0], together.context[:, t], atol=1e-6, rtol=1e-5)


def check_nothing_to_see(head: Attention) -> None:
    query = torch.randn(2, 3, Q, requires_grad=True)
    states = torch.randn(2, 4, K, requires_grad=True)
    seen = attend(head, query, states, torch.tensor([0, 3]), places(query))
    for one in seen:
        assert one is None or one[0].eq(0).all()
    sum(one.square().sum() for one in seen if one is not None).backward()
    grads = [tensor.grad for tensor in (query, states, *head.parameters()) if tensor.grad is not None]
    assert grads
    assert all(grad.isfinite().all() for grad in grads)
    assert not states.grad[0].any()
    assert states.grad[1, :3].any()
    assert not states.grad[:, 3].any()


CHECKS = [
    pytest.param(check, id=check.__name__.removeprefix("check_").replace("_", " "))
    for check in (
        check_the_context,
        check_padding,
        check_a_batch_of_one,
        check_all_queries_at_once,
        check_nothing_to_see,
    )
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_law_of_attention_with_every_score(by_score: Attention, check):
    torch.manual_seed(0)
    check(by_score)


@pytest.mark.parametrize("check", CHECKS)
def test_a_law_of_attention_with_every_window_and_alignment(head: Attention, check, mode: str):
    if mode == "training" and check in (check_a_batch_of_one, check_all_queries_at_once):
        head.eval()  # draws of another shape are other draws
    torch.manual_seed(0)
    check(head)


def test_a_source_of_one_place_is_its_own_context(by_score: Attention):
    states = torch.randn(2, 1, K)
    seen = attend(by_score, torch.randn(2, 3, Q), states, torch.tensor([1, 1]))
    torch.testing.assert_close(seen.context, states.expand(2, 3, K))


def test_weights_outside_the_window_are_exactly_zero(head: Attention):
    views: list[View] = []
    head.window.register_forward_hook(lambda _, __, view: views.append(view))
    query, states = torch.randn(3, 8, Q), torch.randn(3, 5, K)
    weights = attend(head, query, states, LENGTHS, places(query)).weights
    if views[0].mask is not None:
        outside = ~views[0].mask.expand_as(weights)
        assert outside.any()
        assert not weights[outside].any()
    assert (weights.sum(-1) <= 1 + 1e-6).all()
    assert weights.sum(-1).gt(0).all()  # past the end of the source, too


@pytest.mark.parametrize("size", [5, 50])
def test_a_local_m_window_wider_than_the_sentence_is_none(align: Align, size: int, mode: str):
    query, states, found = torch.randn(3, 6, Q), torch.randn(3, 5, K), []
    for window in (Monotonic(size=size), NoWindow()):
        head = attention(Dot(query_size=Q, key_size=K), align, window).train(mode == "training")
        found.append(attend(head, query, states, LENGTHS, places(query)))
    for one, other in zip(*found, strict=True):
        assert one is other is None or torch.equal(one, other)


@pytest.mark.parametrize("align", [Soft(), Sparsemax(), TopK(k=2), Threshold(least=0.3)])
def test_local_p_multiplies_what_was_normalised_inside_the_window(align: Align):
    """Luong et al. 2015, eq. 10: the weights are those of the scores in the window, times the Gaussian."""
    torch.manual_seed(0)
    centre, size = RealCentre(query_size=Q).double(), 2
    head = attention(Dot(query_size=Q, key_size=K), align, Predictive(size=size, centre=centre))
    query, states = torch.randn(3, 4, Q).double(), torch.randn(3, 5, K).double()
    weights = attend(head, query, states, LENGTHS).weights
    for b, length in enumerate(LENGTHS.tolist()):
        for t in range(4):
            place = length * torch.sigmoid(centre.energy @ torch.tanh(centre.hidden.weight @ query[b, t]))
            inside = [s for s in range(length) if abs(s - place) <= size]
            alone = align((states[b, inside] @ query[b, t]).unsqueeze(0), None, None).weights[0]
            for s in range(5):
                expected = 0.0
                if s in inside:
                    sigma = size / 2
                    expected = alone[inside.index(s)] * torch.exp(-((s - place) ** 2) / (2 * sigma**2))
                assert abs(weights[b, t, s] - expected) < 1e-9
    assert (weights.sum(-1) < 0.999).any()


def test_the_gradient_reaches_the_centres_parameters_through_the_gaussian(align: Align):
    torch.manual_seed(0)
    centre = RealCentre(query_size=Q)
    head = attention(Dot(query_size=Q, key_size=K), align, Predictive(size=2, centre=centre))
    attend(head, torch.randn(3, 4, Q), torch.randn(3, 5, K), LENGTHS).context.square().sum().backward()
    for parameter in (centre.hidden.weight, centre.energy):
        assert parameter.grad.isfinite().all()
        assert parameter.grad.abs().max() > 1e-6


def test_the_choice_between_sample_and_expectation_is_made_once_a_batch_in_its_share():
    head = attention(Dot(query_size=Q, key_size=K), Reinforce(expected=0.3))
    states, mask = torch.randn(2, 3, K), torch.ones(2, 3, dtype=torch.bool)
    torch.manual_seed(0)
    memories = [head.remember(states, mask, torch.tensor([3, 3])) for _ in range(4000)]
    share = sum(memory.expected for memory in memories) / 4000
    assert abs(share - 0.3) < 4 * (0.3 * 0.7 / 4000) ** 0.5
    for memory in memories[:20]:
        for position in range(3):  # every query of the batch is answered alike
            seen = head(torch.randn(2, 1, Q), memory, position=position)
            assert (seen.log_prob is None) == memory.expected
            assert (seen.weights.amax(-1) == 1).all() == (not memory.expected)
    head.eval()
    assert not any(head.remember(states, mask, torch.tensor([3, 3])).expected for _ in range(100))


@pytest.mark.parametrize(("share", "always"), [(0.0, False), (1.0, True)])
def test_a_share_of_none_and_of_all_are_exact(share: float, always: bool):
    head = attention(Dot(query_size=Q, key_size=K), Reinforce(expected=share))
    states, mask = torch.randn(2, 3, K), torch.ones(2, 3, dtype=torch.bool)
    assert {head.remember(states, mask, torch.tensor([3, 3])).expected for _ in range(200)} == {always}


def test_a_bias_is_added_to_the_scores(by_score: Attention):
    query, states, bias = torch.randn(3, 2, Q), torch.randn(3, 5, K), torch.randn(3, 2, 5)
    memory = by_score.remember(states, padding_mask(LENGTHS, 5), LENGTHS)
    scores = by_score.score(query, memory.keys) + bias
    expected = Soft()(scores, memory.mask.unsqueeze(1), None).weights
    torch.testing.assert_close(by_score(query, memory, position=0, bias=bias).weights, expected)


def test_a_head_axis_is_only_another_leading_dimension(by_score: Attention):
    query, states, lengths = torch.randn(2, 3, 4, Q), torch.randn(2, 3, 5, K), torch.tensor([5, 3])
    mask = padding_mask(lengths, 5).unsqueeze(1).expand(2, 3, 5)
    together = by_score(query, by_score.remember(states, mask, lengths.unsqueeze(1)), position=0)
    assert together.context.shape == (2, 3, 4, K)
    for h in range(3):
        alone = attend(by_score, query[:, h], states[:, h], lengths)
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
def test_under_autocast_it_stays_near_full_precision(by_score: Attention, dtype: torch.dtype):
    query, states, lengths = torch.randn(2, 3, Q), torch.randn(2, 4, K), torch.tensor([4, 2])
    exact = attend(by_score, query, states, lengths)
    with torch.autocast("cpu", dtype):
        near = attend(by_score, query, states, lengths)
    torch.testing.assert_close(near.context.float(), exact.context, atol=0.05, rtol=0.05)
