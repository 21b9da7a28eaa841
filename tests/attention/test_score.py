"""Each score function against its formula, written a second time in NumPy, one query and one key at a time."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import Tensor

from nmt.attention.score import (
    Additive,
    Concat,
    Cosine,
    Dot,
    Feedforward,
    General,
    Location,
    ScaledDot,
    Score,
)
from nmt.errors import NmtError

Q, K, N, B, T, S = 4, 6, 5, 2, 3, 7
PLACES = 9  # of the location score's table


def values(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def scores(score: Score, query: Tensor, keys: Tensor) -> np.ndarray:
    return score(query, score.project(keys)).detach().numpy()


def number(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy()


def dot(score: Dot, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return sum(one * other for one, other in zip(q, k, strict=True))


def scaled_dot(score: ScaledDot, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return q @ k / np.sqrt(len(k))


def cosine(score: Cosine, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return score.scale * (q @ k) / (np.sqrt(q @ q) * np.sqrt(k @ k))


def general(score: General, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return q @ number(score.weight) @ k


def location(score: Location, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return number(score.weight)[s] @ q


def additive(score: Additive, q: np.ndarray, k: np.ndarray, s: int) -> float:
    bias = 0.0 if score.key.bias is None else number(score.key.bias)
    hidden = np.tanh(number(score.query.weight) @ q + number(score.key.weight) @ k + bias)
    energy = number(score.energy)
    if score.gain is not None:
        energy = number(score.gain) * energy / np.sqrt(energy @ energy)
    return energy @ hidden


def concat(score: Concat, q: np.ndarray, k: np.ndarray, s: int) -> float:
    return number(score.energy) @ np.tanh(number(score.weight) @ np.concatenate((q, k)))


# Every class of nmt/attention/score.py: how it is made, its formula, and the number of parameters that this demands.
SCORES = [
    pytest.param(lambda: Dot(query_size=K, key_size=K), dot, 0, id="dot"),
    pytest.param(lambda: ScaledDot(query_size=K, key_size=K), scaled_dot, 0, id="scaled dot"),
    pytest.param(lambda: Cosine(query_size=K, key_size=K, scale=3.0), cosine, 0, id="cosine"),
    pytest.param(lambda: General(query_size=Q, key_size=K), general, Q * K, id="general"),
    pytest.param(lambda: Location(query_size=Q, max_source=PLACES), location, PLACES * Q, id="location"),
    pytest.param(
        lambda: Additive(query_size=Q, key_size=K, size=N), additive, N * (Q + K) + N, id="additive"
    ),
    pytest.param(
        lambda: Additive(query_size=Q, key_size=K, size=N, bias=True),
        additive,
        N * (Q + K) + 2 * N,
        id="additive with bias",
    ),
    pytest.param(
        lambda: Additive(query_size=Q, key_size=K, size=N, normalised=True),
        additive,
        N * (Q + K) + N + 1,
        id="normalised additive",
    ),
    pytest.param(lambda: Concat(query_size=Q, key_size=K, size=N), concat, N * (Q + K) + N, id="concat"),
]
MAKES = [pytest.param(case.values[0], id=case.id) for case in SCORES]
WITH_COVERAGE = [
    pytest.param(lambda: Additive(query_size=Q, key_size=K, size=N, bias=True, coverage=True), id="additive"),
    pytest.param(lambda: Concat(query_size=Q, key_size=K, size=N, coverage=True), id="concat"),
]


def made(make) -> Score:
    """In float64, with every parameter another number, so that none is left out unseen."""
    torch.manual_seed(0)
    score: Score = make().double()
    for parameter in score.parameters():
        torch.nn.init.normal_(parameter)
    return score


def asked(score: Score, *leading: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Queries and keys of the widths that suit it."""
    query_size = K if isinstance(score, Dot | ScaledDot | Cosine) else Q
    return values(*leading, T, query_size, seed=seed), values(*leading, S, K, seed=seed + 1)


@pytest.mark.parametrize(("make", "formula", "parameters"), SCORES)
def test_a_score_equals_its_formula(make, formula, parameters: int):
    score = made(make)
    query, keys = asked(score, B)
    expected = np.zeros((B, T, S))
    for b, t, s in np.ndindex(B, T, S):
        expected[b, t, s] = formula(score, query.numpy()[b, t], keys.numpy()[b, s], s)
    np.testing.assert_allclose(scores(score, query, keys), expected, rtol=0, atol=1e-9)
    narrow = scores(deepcopy(score).float(), query.float(), keys.float())
    np.testing.assert_allclose(narrow, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("make", "formula", "parameters"), SCORES)
def test_it_has_the_parameters_that_its_formula_demands(make, formula, parameters: int):
    assert sum(parameter.numel() for parameter in make().parameters()) == parameters


@pytest.mark.parametrize("make", MAKES)
def test_the_gradient_reaches_every_parameter_and_what_it_reads(make):
    score = made(make)
    query, keys = (one.requires_grad_() for one in asked(score, B))
    score(query, score.project(keys)).square().sum().backward()
    reads = [("query", query), *score.named_parameters()] + [("keys", keys)] * score.reads_keys
    for name, tensor in reads:
        assert tensor.grad is not None, name
        assert tensor.grad.abs().max() > 1e-6, name
    assert score.reads_keys or keys.grad is None or not keys.grad.any()


@pytest.mark.parametrize("make", MAKES)
def test_leading_dimensions_are_independent(make):
    score, heads = made(make), 3
    query, keys = asked(score, B, heads)
    together = scores(score, query, keys)
    assert together.shape == (B, heads, T, S)
    for b, h in np.ndindex(B, heads):
        np.testing.assert_allclose(together[b, h], scores(score, query[b, h], keys[b, h]), atol=1e-12)


@pytest.mark.parametrize("make", MAKES)
def test_a_source_of_one_place_and_none_have_as_many_scores(make):
    score = made(make)
    query, keys = asked(score, B)
    whole = scores(score, query, keys)
    assert scores(score, query, keys[:, :0]).shape == (B, T, 0)
    np.testing.assert_allclose(scores(score, query, keys[:, :1]), whole[..., :1], atol=1e-12)


@pytest.mark.parametrize("make", [*MAKES, *WITH_COVERAGE])
def test_search_rounds_otherwise_but_computes_the_same(make):
    score = made(make)
    query, keys = asked(score, B)
    learning = scores(score, query, keys)
    with torch.inference_mode():
        np.testing.assert_allclose(scores(score, query, keys), learning, atol=1e-12)


def test_dot_of_hand_worked_numbers():
    query, keys = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [-1.0, 0.5]])
    np.testing.assert_array_equal(scores(Dot(query_size=2, key_size=2), query, keys), [[11.0, 0.0]])


@pytest.mark.parametrize("kind", [Dot, ScaledDot, Cosine])
def test_what_has_no_map_refuses_unequal_widths_and_names_both(kind):
    with pytest.raises(ValueError, match=r"query 4 and key 6.*general or additive"):
        kind(query_size=4, key_size=6)


def test_general_with_the_identity_is_dot():
    query, keys = values(B, T, K), values(B, S, K, seed=1)
    score = General(query_size=K, key_size=K).double()
    torch.nn.init.eye_(score.weight)
    np.testing.assert_allclose(
        scores(score, query, keys), scores(Dot(query_size=K, key_size=K), query, keys), atol=1e-12
    )


def test_scaled_dot_times_the_root_of_the_width_is_dot():
    query, keys = values(B, T, K), values(B, S, K, seed=1)
    scaled = scores(ScaledDot(query_size=K, key_size=K), query, keys)
    np.testing.assert_allclose(
        scaled * np.sqrt(K), scores(Dot(query_size=K, key_size=K), query, keys), atol=1e-12
    )


def test_concat_is_additive_with_split_weights():
    split, joint = made(WITH_COVERAGE[0].values[0]), made(WITH_COVERAGE[1].values[0])
    split.load_state_dict(
        {
            "query.weight": joint.weight[:, :Q],
            "key.weight": joint.weight[:, Q:],
            "key.bias": torch.zeros(N),
            "energy": joint.energy,
            "coverage": joint.coverage,
        }
    )
    query, keys, given = values(B, T, Q), values(B, S, K, seed=1), values(B, T, S, seed=2)
    one, other = (score(query, score.project(keys), given) for score in (joint, split))
    torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_cosine_lies_within_its_scale_and_does_not_see_lengths():
    score = Cosine(query_size=K, key_size=K, scale=2.0)
    query, keys = values(B, T, K), values(B, S, K, seed=1)
    plain = scores(score, query, keys)
    assert np.abs(plain).max() < 2.0
    np.testing.assert_allclose(scores(score, 1e-9 * query, 1e9 * keys), plain, atol=1e-12)
    np.testing.assert_allclose(scores(score, keys, keys).diagonal(axis1=-2, axis2=-1), 2.0, atol=1e-12)


def test_a_vector_of_zeros_has_cosine_zero_and_a_gradient_of_ordinary_size():
    score = Cosine(query_size=K, key_size=K)
    query = torch.zeros(1, 1, K, requires_grad=True)
    keys = torch.stack((torch.ones(K), torch.zeros(K))).unsqueeze(0).requires_grad_()
    found = score(query, score.project(keys))
    assert found.tolist() == [[[0.0, 0.0]]]
    found.sum().backward()
    assert query.grad is not None
    assert query.grad.abs().max() < 10
    assert keys.grad is not None
    assert keys.grad.isfinite().all()


def test_location_does_not_see_what_stands_at_a_place():
    score = made(lambda: Location(query_size=Q, max_source=PLACES))
    query = values(B, T, Q)
    one, other = (scores(score, query, values(B, S, K, seed=seed)) for seed in (1, 2))
    np.testing.assert_array_equal(one, other)


def test_a_source_past_the_location_table_is_an_error_that_names_both_numbers():
    score = Location(query_size=Q, max_source=3)
    score.project(torch.zeros(B, 3, K))
    with pytest.raises(NmtError, match="source: has 4 pieces, but the location score has places for 3"):
        score.project(torch.zeros(B, 4, K))


def test_a_normalised_energy_does_not_see_the_length_of_v():
    score = made(lambda: Additive(query_size=Q, key_size=K, size=N, normalised=True))
    query, keys = asked(score, B)
    plain = scores(score, query, keys)
    with torch.no_grad():
        score.energy.mul_(7.0)
    np.testing.assert_allclose(scores(score, query, keys), plain, atol=1e-12)
    with torch.no_grad():
        score.gain.mul_(2.0)
    np.testing.assert_allclose(scores(score, query, keys), 2 * plain, atol=1e-12)


@pytest.mark.parametrize("make", WITH_COVERAGE)
def test_coverage_enters_the_hidden_layer_by_a_vector_of_its_own(make):
    """See, Liu and Manning 2017, eq. 11."""
    score: Feedforward = made(make)
    query, keys, given = values(B, T, Q), values(B, S, K, seed=1), values(B, T, S, seed=2).abs()
    found = number(score(query, score.project(keys), given))
    if isinstance(score, Additive):
        w_q, w_k, bias = score.query.weight, score.key.weight, number(score.key.bias)
    else:
        w_q, w_k, bias = score.weight[:, :Q], score.weight[:, Q:], 0.0
    for b, t, s in np.ndindex(B, T, S):
        hidden = number(w_q) @ query.numpy()[b, t] + number(w_k) @ keys.numpy()[b, s] + bias
        hidden = np.tanh(hidden + number(score.coverage) * given.numpy()[b, t, s])
        np.testing.assert_allclose(found[b, t, s], number(score.energy) @ hidden, rtol=0, atol=1e-9)


@pytest.mark.parametrize("make", WITH_COVERAGE)
def test_no_coverage_yet_is_coverage_of_zero_and_its_vector_learns(make):
    score = made(make)
    query, keys = values(B, T, Q), score.project(values(B, S, K, seed=1))
    torch.testing.assert_close(score(query, keys), score(query, keys, torch.zeros(B, T, S).double()))
    score(query, keys, torch.ones(B, T, S).double()).sum().backward()
    assert score.coverage.grad.abs().max() > 1e-6
    assert not make().coverage.any()  # to begin with it says nothing


def test_additive_in_search_does_not_depend_on_the_other_rows():
    score = Additive(query_size=64, key_size=64, size=33)
    query, keys = torch.randn(19, 1, 64), torch.randn(19, 7, 64)
    with torch.inference_mode():
        projected = score.project(keys)
        whole = score(query, projected)
        hidden = torch.tanh(score.query(query).unsqueeze(-2) + projected.unsqueeze(-3))
        for row in range(19):
            assert torch.equal(torch.linalg.vecdot(hidden[row], score.energy), whole[row])
