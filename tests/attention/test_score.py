"""Each score function against its formula, written a second time in NumPy."""

import numpy as np
import pytest
import torch
from torch import Tensor

from nmt.attention.score import Additive, Dot, General, Score

Q, K, N, B, T, S = 4, 6, 5, 2, 3, 7


def values(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def scores(score: Score, query: Tensor, keys: Tensor) -> np.ndarray:
    return score(query, score.project(keys)).detach().numpy()


def test_dot_is_the_inner_product():
    query, keys = values(B, T, K), values(B, S, K, seed=1)
    expected = np.einsum("btk,bsk->bts", query.numpy(), keys.numpy())
    np.testing.assert_allclose(scores(Dot(query_size=K, key_size=K), query, keys), expected, atol=1e-9)


def test_dot_of_hand_worked_numbers():
    query, keys = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [-1.0, 0.5]])
    np.testing.assert_array_equal(scores(Dot(query_size=2, key_size=2), query, keys), [[11.0, 0.0]])


def test_dot_refuses_unequal_widths_and_names_both():
    with pytest.raises(ValueError, match=r"query 4 and key 6.*general or additive"):
        Dot(query_size=4, key_size=6)


def test_general_equals_its_formula():
    score = General(query_size=Q, key_size=K).double()
    query, keys = values(B, T, Q), values(B, S, K, seed=1)
    weight = score.weight.detach().numpy()
    expected = np.einsum("btq,qk,bsk->bts", query.numpy(), weight, keys.numpy())
    np.testing.assert_allclose(scores(score, query, keys), expected, atol=1e-9)


def test_general_with_the_identity_is_dot():
    query, keys = values(B, T, K), values(B, S, K, seed=1)
    general = General(query_size=K, key_size=K).double()
    torch.nn.init.eye_(general.weight)
    np.testing.assert_allclose(
        scores(general, query, keys), scores(Dot(query_size=K, key_size=K), query, keys), atol=1e-12
    )


@pytest.mark.parametrize("bias", [False, True])
def test_additive_equals_its_formula(bias: bool):
    score = Additive(query_size=Q, key_size=K, size=N, bias=bias).double()
    shift = np.zeros(N)
    if bias:
        torch.nn.init.normal_(score.key.bias)
        shift = score.key.bias.detach().numpy()
    query, keys = values(B, T, Q), values(B, S, K, seed=1)
    w_q, w_k = score.query.weight.detach().numpy(), score.key.weight.detach().numpy()
    expected = np.zeros((B, T, S))
    for b, t, s in np.ndindex(B, T, S):
        hidden = np.tanh(w_q @ query.numpy()[b, t] + w_k @ keys.numpy()[b, s] + shift)
        expected[b, t, s] = score.energy.detach().numpy() @ hidden
    np.testing.assert_allclose(scores(score, query, keys), expected, atol=1e-9)


def test_additive_rounds_otherwise_in_search_but_computes_the_same():
    score = Additive(query_size=Q, key_size=K, size=N).double()
    query, keys = values(B, T, Q), values(B, S, K, seed=1)
    learning = scores(score, query, keys)
    with torch.inference_mode():
        searching = scores(score, query, keys)
    np.testing.assert_allclose(searching, learning, atol=1e-12)


def test_additive_in_search_does_not_depend_on_the_other_rows():
    score = Additive(query_size=64, key_size=64, size=33)
    query, keys = torch.randn(19, 1, 64), torch.randn(19, 7, 64)
    with torch.inference_mode():
        projected, asked = score.project(keys), query
        whole = score(asked, projected)
        hidden = torch.tanh(score.query(asked).unsqueeze(-2) + projected.unsqueeze(-3))
        for row in range(19):
            assert torch.equal(torch.linalg.vecdot(hidden[row], score.energy), whole[row])


SCORES = [
    pytest.param(lambda: Dot(query_size=K, key_size=K), id="dot"),
    pytest.param(lambda: General(query_size=K, key_size=K), id="general"),
    pytest.param(lambda: Additive(query_size=K, key_size=K, size=N, bias=True), id="additive"),
]


@pytest.mark.parametrize("make", SCORES)
def test_the_gradient_reaches_every_parameter_and_both_inputs(make):
    score: Score = make().double()
    query, keys = values(B, T, K).requires_grad_(), values(B, S, K, seed=1).requires_grad_()
    score(query, score.project(keys)).square().sum().backward()
    for name, tensor in [("query", query), ("keys", keys), *score.named_parameters()]:
        assert tensor.grad is not None, name
        assert tensor.grad.abs().max() > 1e-6, name


@pytest.mark.parametrize("make", SCORES)
def test_leading_dimensions_are_independent(make):
    score: Score = make().double()
    heads = 3
    query, keys = values(B, heads, T, K), values(B, heads, S, K, seed=1)
    together = scores(score, query, keys)
    assert together.shape == (B, heads, T, S)
    for b, h in np.ndindex(B, heads):
        np.testing.assert_allclose(together[b, h], scores(score, query[b, h], keys[b, h]), atol=1e-12)
