"""Several heads against torch's own, against each other and against one head at a time."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nmt.attention.align import Align, Soft
from nmt.attention.attention import Attended, Attention
from nmt.attention.centre import RealCentre
from nmt.attention.hard import Reinforce
from nmt.attention.heads import Average, Concatenate, Heads, Merge
from nmt.attention.mask import padding_mask
from nmt.attention.score import Additive, Dot, Location, ScaledDot, Score
from nmt.attention.window import Monotonic, NoWindow, Predictive, Window

B, T, S, Q, K, H, W = 3, 4, 5, 6, 8, 2, 4
LENGTHS = torch.tensor([5, 3, 1])


def values(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def build(
    merge: Merge | None = None,
    score: Score | None = None,
    window: Window | None = None,
    align: Align | None = None,
    *,
    heads: int = H,
    size: int = W,
) -> Heads:
    """In float64, biases too other than zero."""
    torch.manual_seed(0)
    attention = Attention(
        score=score or ScaledDot(query_size=size, key_size=size),
        window=window or NoWindow(),
        align=align or Soft(),
        key_size=size,
    )
    merge = merge or Concatenate(heads=heads, head_size=size, size=K)
    made = Heads(
        attention=attention, merge=merge, query_size=Q, key_size=K, heads=heads, head_size=size
    ).double()
    for parameter in made.parameters():
        nn.init.normal_(parameter)
    return made


def attend(heads: Heads | Attention, query: Tensor, states: Tensor, lengths: Tensor = LENGTHS) -> Attended:
    memory = heads.remember(states, padding_mask(lengths, states.size(-2)), lengths)
    return heads(query, memory, position=torch.arange(query.size(-2)))


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


def written_out(heads: Heads, query: Tensor, states: Tensor, lengths: Tensor) -> tuple[list[Tensor], Tensor]:
    """The contexts ``[B, T, W]`` and weights ``[B, H, T, S]`` of scaled dot heads, one number at a time."""
    width = heads.query.weight.size(0) // heads.heads
    contexts = [torch.zeros(B, T, width, dtype=torch.float64) for _ in range(heads.heads)]
    weights = torch.zeros(B, heads.heads, T, S, dtype=torch.float64)
    for b, h, t in np.ndindex(B, heads.heads, T):
        own = slice(h * width, (h + 1) * width)
        q = heads.query.weight[own] @ query[b, t] + heads.query.bias[own]
        energies = []
        for s in range(lengths[b]):
            k = heads.key.weight[own] @ states[b, s] + heads.key.bias[own]
            energies.append((q @ k / np.sqrt(width)).exp())
        for s, energy in enumerate(energies):
            weights[b, h, t, s] = energy / sum(energies)
            value = heads.value.weight[own] @ states[b, s] + heads.value.bias[own]
            contexts[h][b, t] += weights[b, h, t, s] * value
    return contexts, weights


@torch.no_grad()
@pytest.mark.parametrize("lengths", [LENGTHS, torch.tensor([5, 0, 2])], ids=["some", "an empty sentence"])
def test_concatenated_heads_equal_their_formula(lengths: Tensor):
    heads, query, states = build(), values(B, T, Q), values(B, S, K, seed=1)
    contexts, weights = written_out(heads, query, states, lengths)
    found = attend(heads, query, states, lengths)
    close(found.context, heads.merge.output(torch.cat(contexts, dim=-1)))
    close(found.weights, weights.mean(dim=1))


@torch.no_grad()
def test_averaged_heads_equal_their_formula():
    heads = build(Average(head_size=W, size=K))
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    contexts, weights = written_out(heads, query, states, LENGTHS)
    found = attend(heads, query, states)
    close(found.context, heads.merge.output(sum(contexts) / H))
    close(found.weights, weights.mean(dim=1))


def test_averaging_is_concatenation_with_the_output_map_tiled_and_divided():
    average = build(Average(head_size=W, size=K))
    joined = build()
    joined.load_state_dict(
        {
            **average.state_dict(),
            "merge.output.weight": average.merge.output.weight.repeat(1, H) / H,
        }
    )
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    one, other = (attend(heads, query, states) for heads in (average, joined))
    close(one.context, other.context)
    close(one.weights, other.weights)


def torchs(heads: Heads) -> nn.MultiheadAttention:
    """Torch's layer with the same weights."""
    theirs = nn.MultiheadAttention(K, H, batch_first=True).double()
    theirs.load_state_dict(
        {
            "in_proj_weight": torch.cat((heads.query.weight, heads.key.weight, heads.value.weight)),
            "in_proj_bias": torch.cat((heads.query.bias, heads.key.bias, heads.value.bias)),
            "out_proj.weight": heads.merge.output.weight,
            "out_proj.bias": heads.merge.output.bias,
        }
    )
    return theirs


def test_scaled_dot_heads_and_their_gradients_equal_torchs():
    heads = Heads(
        attention=Attention(
            score=ScaledDot(query_size=W, key_size=W), window=NoWindow(), align=Soft(), key_size=W
        ),
        merge=Concatenate(heads=H, head_size=W, size=K),
        query_size=K,
        key_size=K,
        heads=H,
        head_size=W,
    ).double()
    for parameter in heads.parameters():
        nn.init.normal_(parameter)
    theirs = torchs(heads)
    queries, states = (
        [values(B, n, K, seed=seed).requires_grad_() for _ in range(2)] for n, seed in ((T, 0), (S, 1))
    )
    ours = attend(heads, queries[0], states[0])
    hidden = ~padding_mask(LENGTHS, S)
    context, weights = theirs(queries[1], states[1], states[1], key_padding_mask=hidden)
    close(ours.context, context)
    close(ours.weights, weights)
    for one in (ours.context, context):
        one.square().sum().backward()
    for mine, other in (queries, states):
        close(mine.grad, other.grad)
    maps = (heads.query, heads.key, heads.value)
    close(torch.cat([linear.weight.grad for linear in maps]), theirs.in_proj_weight.grad)
    close(heads.merge.output.weight.grad, theirs.out_proj.weight.grad)


def test_one_scaled_dot_head_equals_torchs_fused_kernel():
    head = Attention(score=ScaledDot(query_size=K, key_size=K), window=NoWindow(), align=Soft(), key_size=K)
    query, states = values(B, T, K), values(B, S, K, seed=1)
    mask = padding_mask(LENGTHS, S).unsqueeze(1)
    expected = F.scaled_dot_product_attention(query, states, states, attn_mask=mask)
    close(attend(head, query, states).context, expected)


def test_one_head_with_identity_maps_is_attention_itself():
    alone = Attention(score=Dot(query_size=K, key_size=K), window=NoWindow(), align=Soft(), key_size=K)
    heads = Heads(
        attention=alone,
        merge=Concatenate(heads=1, head_size=K, size=K),
        query_size=K,
        key_size=K,
        heads=1,
        head_size=K,
    ).double()
    for linear in (heads.query, heads.key, heads.value, heads.merge.output):
        nn.init.eye_(linear.weight)
    query, states = values(B, T, K), values(B, S, K, seed=1)
    one, other = attend(heads, query, states), attend(alone, query, states)
    close(one.context, other.context)
    close(one.weights, other.weights)


CHOICES = [
    pytest.param(lambda: {"score": Additive(query_size=W, key_size=W, size=3)}, id="additive"),
    pytest.param(lambda: {"score": Location(query_size=W, max_source=S)}, id="location"),
    pytest.param(lambda: {"window": Monotonic(size=1)}, id="local-m"),
    pytest.param(lambda: {"window": Predictive(size=2, centre=RealCentre(query_size=W))}, id="local-p"),
    pytest.param(lambda: {"align": Reinforce()}, id="hard"),
]


@pytest.mark.parametrize("make", CHOICES)
def test_each_head_is_the_attention_of_its_own_projections(make):
    heads = build(**make()).eval()
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    contexts, weights = [], []
    for h in range(H):
        own = slice(h * W, (h + 1) * W)
        values_of = F.linear(states, heads.value.weight[own], heads.value.bias[own])
        keys = (
            values_of if heads.key is None else F.linear(states, heads.key.weight[own], heads.key.bias[own])
        )
        memory = heads.attention.remember(keys, padding_mask(LENGTHS, S), LENGTHS, values=values_of)
        asked = F.linear(query, heads.query.weight[own], heads.query.bias[own])
        alone = heads.attention(asked, memory, position=torch.arange(T))
        contexts.append(alone.context)
        weights.append(alone.weights)
    found = attend(heads, query, states)
    close(found.context, heads.merge(torch.stack(contexts, dim=1)))
    close(found.weights, sum(weights) / H)


@pytest.mark.parametrize("make", CHOICES)
def test_padding_never_matters_and_a_batch_of_one_equals_its_row(make):
    heads = build(**make()).eval()
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    other = states.clone()
    other[1, 3:], other[2, 1:] = 7.0, -9.0
    found = attend(heads, query, states)
    assert torch.equal(found.context, attend(heads, query, other).context)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = attend(heads, query[row : row + 1], states[row : row + 1, :length], LENGTHS[row : row + 1])
        close(alone.context[0], found.context[row])


def test_the_choices_of_all_heads_are_told_together():
    heads = build(align=Reinforce())
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    told: list[Attended] = []
    heads.attention.register_forward_hook(lambda _, __, result: told.append(result))
    torch.manual_seed(0)
    found = attend(heads, query, states)
    while found.log_prob is None:  # an expectation batch
        found = attend(heads, query, states)
    close(found.log_prob, told[-1].log_prob.sum(dim=1))
    close(found.entropy, told[-1].entropy.sum(dim=1))
    assert told[-1].log_prob.shape == (B, H, T)


def test_a_score_that_reads_no_keys_has_no_key_map():
    assert build(score=Location(query_size=W, max_source=S)).key is None


@pytest.mark.parametrize("average", [False, True], ids=["concatenated", "averaged"])
def test_a_silent_head_says_nothing_and_the_others_what_they_said(average):
    heads = build(Average(head_size=W, size=K) if average else None)
    query, states = values(B, T, Q), values(B, S, K, seed=1)
    whole, bias = attend(heads, query, states).context, heads.merge.output.bias
    parts = []
    for silent in ({1}, {0}, {0, 1}):
        heads.silent = frozenset(silent)
        parts.append(attend(heads, query, states).context)
    close(parts[0] + parts[1] - bias, whole)
    close(parts[2], bias.expand_as(parts[2]))
    assert (parts[0] - parts[1]).abs().max() > 0.1
