"""The fused kernel against the readable attention: contexts, gradients, empty rows, and the rate of its dropout."""

import pytest
import torch
from torch import Tensor

from nmt.attention import fused
from nmt.attention.align import Soft
from nmt.attention.attention import Attention, Memory
from nmt.attention.fused import FusedAttention
from nmt.attention.mask import padding_mask
from nmt.attention.score import ScaledDot
from nmt.attention.window import NoWindow


@pytest.fixture(params=[0, fused.SHORT], ids=["one call", "plain calls"], autouse=True)
def _both(request, monkeypatch):
    """Whatever the length, each of the two ways."""
    monkeypatch.setattr(fused, "SHORT", request.param)


B, H, T, S, K = 3, 2, 5, 6, 4
LENGTHS = torch.tensor([6, 0, 2])


def values(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()


def readable(*, causal: bool = False) -> Attention:
    return Attention(
        score=ScaledDot(query_size=K, key_size=K),
        window=NoWindow(),
        align=Soft(),
        key_size=K,
        causal=causal,
    )


def remembered(head: Attention | FusedAttention, keys: Tensor, others: Tensor, lengths: Tensor) -> Memory:
    mask = padding_mask(lengths, keys.size(-2)).unsqueeze(1)
    return head.remember(keys, mask, lengths.unsqueeze(1), values=others)


CASES = [
    pytest.param(False, LENGTHS, T, False, id="padding"),
    pytest.param(False, LENGTHS, T, True, id="padding, bias"),
    pytest.param(False, LENGTHS, 1, True, id="one query"),
    pytest.param(True, torch.full((B,), S), S, False, id="causal"),
    pytest.param(True, torch.full((B,), S), S, True, id="causal, bias"),
    pytest.param(True, torch.full((B,), 1), 1, True, id="causal, one place"),
]


@pytest.mark.parametrize(("causal", "lengths", "count", "biased"), CASES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_it_equals_the_readable_one_and_so_do_its_gradients(causal, lengths, count, biased, dtype):
    size = count if causal else S
    results = []
    for head in (readable(causal=causal), FusedAttention(key_size=K, causal=causal)):
        given = [values(B, H, n, K, seed=seed, dtype=dtype) for seed, n in ((1, count), (2, size), (3, size))]
        bias = values(B, H, count, size, seed=4, dtype=dtype) if biased else None
        memory = remembered(head, given[1], given[2], lengths)
        context = head(given[0], memory, position=torch.arange(count), bias=bias).context
        (context * values(B, H, count, K, seed=5, dtype=dtype).detach()).sum().backward()
        gradients = [one.grad for one in (*given, bias) if one is not None]
        results.append([context, *gradients])
        assert all(one.isfinite().all() for one in results[-1])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9 if dtype == torch.float64 else 1e-5)
    if 0 in lengths.tolist():
        assert not results[1][0][1].any()
        assert not results[1][1][1].any()


@pytest.mark.parametrize("position", [S - 1, torch.tensor([S - 1])], ids=["a number", "a tensor"])
def test_a_single_query_at_the_end_sees_all_that_is_remembered(position):
    query, keys, others = values(B, H, 1, K), values(B, H, S, K, seed=1), values(B, H, S, K, seed=2)
    lengths = torch.full((B,), S)
    contexts = [
        head(query, remembered(head, keys, others, lengths), position=position).context
        for head in (readable(causal=True), FusedAttention(key_size=K, causal=True))
    ]
    torch.testing.assert_close(*contexts, rtol=0, atol=1e-9)


def test_the_future_changes_no_bit():
    head = FusedAttention(key_size=K, causal=True)
    query, keys, others = (values(B, H, S, K, seed=seed).detach() for seed in range(3))
    lengths = torch.full((B,), S)

    def context() -> Tensor:
        return head(query, remembered(head, keys, others, lengths), position=torch.arange(S)).context

    before = context()
    keys[..., 4:, :], others[..., 4:, :] = 7.0, -9.0
    assert torch.equal(before[..., :4, :], context()[..., :4, :])


@pytest.mark.parametrize("biased", [False, True])
def test_dropout_drops_its_share_of_the_weights_and_makes_up_for_it(biased):
    torch.manual_seed(0)
    places = 400
    head = FusedAttention(key_size=places, dropout=0.3)
    query, keys = torch.zeros(1, 1, 50, places), torch.zeros(1, 1, places, places)
    memory = remembered(head, keys, torch.eye(places).view(1, 1, places, places), torch.tensor([places]))
    bias = torch.zeros(1, 1, 50, places) if biased else None
    weights = head(query, memory, position=0, bias=bias).context * places  # each a row of equal weights
    assert (weights == 0).double().mean().item() == pytest.approx(0.3, abs=0.02)
    assert weights[weights > 0].unique().tolist() == pytest.approx([1 / 0.7], rel=1e-4)
    assert weights.mean().item() == pytest.approx(1, abs=0.02)
    rested = head.eval()(query, memory, position=0, bias=bias).context * places
    torch.testing.assert_close(rested, torch.ones_like(rested))


def test_it_keeps_its_weights_to_itself_and_has_no_parameters():
    head = FusedAttention(key_size=K)
    memory = remembered(head, values(B, H, S, K), values(B, H, S, K), LENGTHS)
    assert head(values(B, H, T, K), memory, position=0)[1:] == (None, None, None)
    assert list(head.parameters()) == []
