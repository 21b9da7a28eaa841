"""Relations by their formulas, one number at a time, and the laws that make them relations of places."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nmt.attention.align import Soft
from nmt.attention.attention import Attention
from nmt.attention.heads import Concatenate, Heads
from nmt.attention.mask import padding_mask
from nmt.attention.relation import Relation, Relative, Rotary
from nmt.attention.score import ScaledDot
from nmt.attention.window import NoWindow

B, H, T, W = 2, 3, 7, 6


def values(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def close(one: Tensor, other: Tensor | np.ndarray, tolerance: float = 1e-9) -> None:
    torch.testing.assert_close(one, torch.as_tensor(other), rtol=0, atol=tolerance)


@pytest.mark.parametrize("base", [10000.0, 7.0])
def test_rotary_turns_each_pair_by_its_angle(base):
    vectors, places = values(B, H, T, W), torch.tensor([0, 1, 2, 5, 9, 100, 4])
    found = Rotary(size=W, base=base).move(vectors, places)
    for b, h, t, i in np.ndindex(B, H, T, W // 2):
        angle = places[t].item() * base ** (-2 * i / W)
        one, other = vectors[b, h, t, i].item(), vectors[b, h, t, i + W // 2].item()
        turned = complex(one, other) * complex(math.cos(angle), math.sin(angle))
        assert found[b, h, t, i].item() == pytest.approx(turned.real, abs=1e-9)
        assert found[b, h, t, i + W // 2].item() == pytest.approx(turned.imag, abs=1e-9)


def test_rotary_products_depend_on_the_distance_alone_and_lengths_on_nothing():
    rotary, query, key = Rotary(size=W), values(1, W), values(1, W, seed=1)

    def product(at: int, other: int) -> Tensor:
        return (rotary.move(query, torch.tensor([at])) * rotary.move(key, torch.tensor([other]))).sum()

    close(product(3, 8), product(103, 108))
    close(product(8, 3), product(1008, 1003))
    assert abs(product(3, 8) - product(8, 3)) > 1e-3
    moved = rotary.move(values(B, H, T, W), torch.arange(T))
    close(moved.norm(dim=-1), values(B, H, T, W).norm(dim=-1))
    close(rotary.move(query, torch.tensor([0])), query)


def test_rotary_adds_nothing_to_the_scores_and_keeps_the_type():
    rotary = Rotary(size=W)
    assert rotary.bias(values(B, H, T, W), torch.arange(T), T) is None
    for kind in (torch.float64, torch.float32, torch.bfloat16):
        assert rotary.move(values(1, W).to(kind), torch.tensor([3])).dtype == kind


def test_rotary_refuses_an_odd_width():
    with pytest.raises(ValueError, match="a head of width 5 has an odd one out"):
        Rotary(size=5)


@pytest.mark.parametrize("places", [[0, 1, 2, 3, 4, 5, 6], [4], [0, 6]], ids=str)
def test_relative_adds_the_product_with_the_vector_of_the_distance(places):
    relative, query = Relative(size=W, reach=2).double(), values(B, H, len(places), W)
    found = relative.bias(query, torch.tensor(places), 5)
    assert found.shape == (B, H, len(places), 5)
    for b, h, t, s in np.ndindex(*found.shape):
        row = relative.table[min(max(s - places[t], -2), 2) + 2]
        assert found[b, h, t, s].item() == pytest.approx(
            (query[b, h, t] @ row).item() / math.sqrt(W), abs=1e-9
        )


def test_relative_distances_beyond_reach_are_alike():
    relative = Relative(size=W, reach=2).double()
    found = relative.bias(values(1, 1, W), torch.tensor([10]), 21)[0, 0]
    assert (found[:9] == found[0]).all()
    assert (found[12:] == found[20]).all()
    assert len(found.unique()) == 5


def test_relative_moves_nothing_and_every_distance_learns():
    relative, query = Relative(size=W, reach=2), torch.randn(1, 5, W)
    assert relative.move(query, torch.arange(5)) is query
    relative.bias(query, torch.arange(5), 5).square().sum().backward()
    assert relative.table.shape == (5, W)
    assert relative.table.grad.any(dim=1).all()


def heads(relation: Relation | None) -> Heads:
    torch.manual_seed(0)
    made = Heads(
        attention=Attention(
            score=ScaledDot(query_size=W, key_size=W), window=NoWindow(), align=Soft(), key_size=W
        ),
        merge=Concatenate(heads=H, head_size=W, size=8),
        query_size=8,
        key_size=8,
        heads=H,
        head_size=W,
        relation=relation,
    ).double()
    for parameter in made.parameters():
        nn.init.normal_(parameter)
    return made


def attend(made: Heads, states: Tensor, first: int, count: int) -> Tensor:
    """What the queries at ``first`` and after it get from all states."""
    lengths = torch.full((B,), states.size(1))
    memory = made.remember(states, padding_mask(lengths, states.size(1)), lengths)
    places = torch.arange(first, first + count)
    return made(states[:, first : first + count], memory, position=places).context


def test_heads_with_relative_places_equal_their_formula():
    relative = Relative(size=W, reach=2)
    made, states = heads(relative), values(B, T, 8)
    q, k, v = (
        map_of(states).view(B, T, H, W).detach().numpy() for map_of in (made.query, made.key, made.value)
    )
    table, joined = relative.table.detach().numpy(), np.zeros((B, T, H * W))
    for b, t, h in np.ndindex(B, T, H):
        scores = [
            q[b, t, h] @ (k[b, s, h] + table[min(max(s - t, -2), 2) + 2]) / math.sqrt(W) for s in range(T)
        ]
        weights = np.exp(scores) / np.exp(scores).sum()
        joined[b, t, h * W : (h + 1) * W] = sum(weights[s] * v[b, s, h] for s in range(T))
    close(attend(made, states, 0, T), made.merge.output(torch.as_tensor(joined)))


@pytest.mark.parametrize("relation", [Rotary(size=W), Relative(size=W, reach=2)], ids=["rotary", "relative"])
def test_queries_asked_one_by_one_know_their_places(relation):
    made, states = heads(relation), values(B, T, 8)
    whole = attend(made, states, 0, T)
    for place in range(T):
        close(attend(made, states, place, 1)[:, 0], whole[:, place])


def test_keys_remembered_piece_by_piece_know_their_places():
    made, states = heads(Rotary(size=W)), values(B, T, 8)
    lengths = torch.full((B,), T)
    whole = made.remember(states, padding_mask(lengths, T), lengths)
    pieces = [
        made.remember(states[:, t : t + 1], padding_mask(torch.ones(B), 1), torch.ones(B), first=t)
        for t in range(T)
    ]
    close(torch.cat([piece.keys for piece in pieces], dim=-2), whole.keys)


@pytest.mark.parametrize("relation", [Rotary(size=W), Relative(size=W, reach=2)], ids=["rotary", "relative"])
def test_without_a_relation_order_is_unknown_and_with_one_it_is_not(relation):
    states, turned = values(B, T, 8), values(B, T, 8).flip(1)
    blind, seeing = heads(None), heads(relation)
    close(attend(blind, states, 0, T), attend(blind, turned, 0, T).flip(1))
    assert (attend(seeing, states, 0, T) - attend(seeing, turned, 0, T).flip(1)).abs().max() > 1e-2
