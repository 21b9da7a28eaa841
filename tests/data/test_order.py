"""The order is a pure function, wastes little, and shows every pair once an epoch."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.data.order import Ints, Order, Share, rank_rows

MULTI30K = Path(__file__).parents[3] / "shared/data/multi30k"
LENGTHS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=200)


def order_of(lengths: list[tuple[int, int]], batch_tokens: int = 100, seed: int = 1) -> Order:
    source, target = np.array(lengths, dtype=np.int32).T
    return Order(source, target, batch_tokens=batch_tokens, seed=seed)


def captions(pairs: int) -> tuple[Ints, Ints]:
    """Lengths as of captions and their translations: log-normal around 13, the sides alike."""
    generator = np.random.default_rng(5)
    source = np.exp(generator.normal(2.55, 0.35, pairs))
    target = source * np.exp(generator.normal(0.05, 0.2, pairs))
    return tuple(np.maximum(1, side.round()).astype(np.int32) for side in (source, target))  # type: ignore[return-value]


def padding(order: Order, source: Ints, target: Ints) -> float:
    """Share of padding among the cells of both sides, special tokens counted as real."""
    cells = real = 0
    for number in range(order.batches(0)):
        rows = order.batch(0, number)
        cells += len(rows) * (int(source[rows].max()) + int(target[rows].max()) + 2)
        real += int((source[rows] + target[rows] + 2).sum())
    return 1 - real / cells


@given(lengths=LENGTHS, seed=st.integers(0, 2**32), epoch=st.integers(0, 1000), budget=st.integers(1, 500))
def test_every_pair_comes_once_an_epoch(
    lengths: list[tuple[int, int]], seed: int, epoch: int, budget: int
) -> None:
    order = order_of(lengths, budget, seed)
    rows = np.concatenate([order.batch(epoch, i) for i in range(order.batches(epoch))])
    assert sorted(rows.tolist()) == list(range(len(lengths)))


@given(lengths=LENGTHS, budget=st.integers(1, 500))
def test_no_batch_is_over_the_budget_unless_it_is_one_pair(
    lengths: list[tuple[int, int]], budget: int
) -> None:
    order = order_of(lengths, budget)
    for number in range(order.batches(0)):
        rows = order.batch(0, number)
        longer = max(max(lengths[row]) + 1 for row in rows)
        assert len(rows) == 1 or len(rows) * longer <= budget


@given(lengths=LENGTHS, epochs=st.lists(st.integers(0, 5), min_size=1, max_size=5))
def test_a_batch_depends_on_seed_epoch_and_number_alone(
    lengths: list[tuple[int, int]], epochs: list[int]
) -> None:
    used = order_of(lengths)
    for epoch in epochs:
        fresh = order_of(lengths)
        number = fresh.batches(epoch) // 2
        assert used.batches(epoch) == fresh.batches(epoch)
        np.testing.assert_array_equal(used.batch(epoch, number), fresh.batch(epoch, number))


def test_epochs_and_seeds_differ() -> None:
    lengths = [(5, 5)] * 100
    batches = [order_of(lengths, seed=seed).batch(epoch, 0).tolist() for seed in (1, 2) for epoch in (0, 1)]
    assert len({tuple(batch) for batch in batches}) == 4


def test_the_order_is_the_same_on_any_machine() -> None:
    order = order_of([(i % 7 + 1, i % 5 + 1) for i in range(40)], batch_tokens=60, seed=7)
    assert [order.batch(3, i).tolist() for i in range(2)] == [
        [35, 0, 15, 36, 1, 21, 7, 22, 2, 37, 16, 30],
        [10, 31, 17, 3, 38, 23, 8],
    ]


@pytest.mark.parametrize("batch_tokens", [1024, 4096])
def test_padding_is_under_five_percent_on_caption_lengths(batch_tokens: int) -> None:
    source, target = captions(29_000)
    order = Order(source, target, batch_tokens=batch_tokens, seed=1)
    assert padding(order, source, target) < 0.05


@pytest.mark.skipif(not MULTI30K.exists(), reason=f"no Multi30k at {MULTI30K}")
def test_padding_is_under_five_percent_on_multi30k() -> None:
    def words(name: str) -> Ints:
        lines = gzip.decompress((MULTI30K / name).read_bytes()).decode().split("\n")[:-1]
        return np.array([len(line.split()) for line in lines], dtype=np.int32)

    source, target = words("train.en.gz"), words("train.de.gz")
    assert len(source) == 29_000
    assert padding(Order(source, target, batch_tokens=4096, seed=1), source, target) < 0.05


def test_batches_are_nearly_full() -> None:
    source, target = captions(29_000)
    order = Order(source, target, batch_tokens=4096, seed=1)
    tokens = [
        len(rows) * (max(int(source[rows].max()), int(target[rows].max())) + 1)
        for rows in (order.batch(0, i) for i in range(order.batches(0)))
    ]
    assert float(np.mean(tokens)) > 0.9 * 4096


def test_several_pools_are_cut_like_one() -> None:
    source, target = captions(29_000)
    order = Order(source, target, batch_tokens=256, seed=1)  # 128 batches of 256 tokens are a tenth of it
    rows = np.concatenate([order.batch(0, i) for i in range(order.batches(0))])
    assert sorted(rows.tolist()) == list(range(29_000))
    assert padding(order, source, target) < 0.05


@given(lengths=LENGTHS, steps=st.integers(0, 9), jump=st.integers(0, 4))
def test_planning_ahead_changes_no_plan(lengths: list[tuple[int, int]], steps: int, jump: int) -> None:
    order, other = order_of(lengths), order_of(lengths)
    order.batches(2)
    for _ in range(steps):
        order.plan_ahead()
    for number in range(other.batches(jump)):
        np.testing.assert_array_equal(order.batch(jump, number), other.batch(jump, number))


def shared(rows: list[int], weights: list[float], epochs: int, seed: int = 1) -> list[list[int]]:
    """How often each row comes, a list for each epoch."""
    lengths = np.arange(sum(rows), dtype=np.int32) % 9 + 1
    shares = [Share(*share) for share in zip(rows, weights, strict=True)]
    order = Order(lengths, lengths, batch_tokens=50, seed=seed, shares=shares)
    seen = []
    for epoch in range(epochs):
        chosen = np.concatenate([order.batch(epoch, i) for i in range(order.batches(epoch))])
        seen.append(np.bincount(chosen, minlength=sum(rows)).tolist())
    return seen


def test_whole_weights_repeat_a_corpus() -> None:
    assert shared([3, 2], [2, 1], 1) == [[2, 2, 2, 1, 1]]


def test_a_part_of_a_weight_takes_turns() -> None:
    epochs = np.array(shared([40, 10], [0.25, 1.5], 4))
    assert epochs[:, :40].sum(1).tolist() == [10] * 4
    assert epochs[:, :40].sum(0).tolist() == [1] * 40, "each once in four epochs"
    assert epochs[:, 40:].sum(1).tolist() == [15] * 4
    assert epochs[:, 40:].sum(0).tolist() == [6] * 10
    assert sorted(set(epochs[0, 40:].tolist())) == [1, 2]
    assert shared([40, 10], [0.25, 1.5], 4, seed=2) != epochs.tolist()


@given(
    parts=st.lists(st.tuples(st.integers(0, 30), st.floats(0.01, 3)), min_size=1, max_size=4),
    epochs=st.integers(1, 5),
)
def test_no_pair_comes_more_than_once_more_often_than_another(
    parts: list[tuple[int, float]], epochs: int
) -> None:
    rows, weights = [[*column] for column in zip(*parts, strict=True)]
    if not sum(rows):
        return
    seen = np.array(shared(rows, weights, epochs))
    for corpus, (count, weight) in zip(np.split(seen, np.cumsum(rows)[:-1], axis=1), parts, strict=True):
        if count:
            assert np.ptp(corpus.sum(0)) <= 1
            assert abs(corpus[0].sum() - weight * count) <= 1


def test_a_corpus_of_weight_one_is_as_if_there_were_no_weights() -> None:
    source, target = captions(3_000)
    plain = Order(source, target, batch_tokens=700, seed=1)
    for shares in ([Share(3_000)], [Share(1_000), Share(2_000, 1.0)]):
        order = Order(source, target, batch_tokens=700, seed=1, shares=shares)
        for number in range(plain.batches(1)):
            np.testing.assert_array_equal(order.batch(1, number), plain.batch(1, number))


@given(st.integers(0, 40), st.integers(1, 6))
def test_ranks_share_a_batch_without_overlap(size: int, world: int) -> None:
    rows = np.arange(size, dtype=np.int32)
    parts = [rank_rows(rows, rank, world) for rank in range(world)]
    assert sorted(np.concatenate(parts).tolist()) == list(range(size))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(("sources", "targets"), [(0, 0), (2, 3)])
def test_lengths_must_belong_together(sources: int, targets: int) -> None:
    with pytest.raises(ValueError, match=f"{sources} sources and {targets} targets"):
        Order(np.ones(sources, np.int32), np.ones(targets, np.int32), batch_tokens=10, seed=1)


def test_shares_must_belong_to_the_lengths() -> None:
    lengths = np.ones(3, np.int32)
    with pytest.raises(ValueError, match="shares of 4 pairs and lengths of 3"):
        Order(lengths, lengths, batch_tokens=10, seed=1, shares=[Share(4)])
