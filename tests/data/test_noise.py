"""Noise is drawn from (seed, epoch, row) alone, and only what it should change changes."""

from contextlib import closing
from itertools import islice

import numpy as np
import pytest
import torch

from nmt.data.batch import Batch, make_batch
from nmt.data.loader import Cursor, batches
from nmt.data.noise import Noise
from nmt.data.order import Order
from nmt.data.table import Row, Table, write
from nmt.text.sampling import Sampler, UnigramCut
from nmt.text.special import BOS, EOS, PAD, UNK
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import train

COLOURS, ANIMALS = ("quick", "brown", "slow"), ("fox", "cat", "horse", "cow")
SENTENCES = [f"the {c} {animal} jumps over the lazy dog" for c in COLOURS for animal in ANIMALS]
SPECIAL = torch.tensor([PAD, BOS, EOS])


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train(SENTENCES, type="unigram", vocab_size=60, language="en")[0]


@pytest.fixture
def table(tokenizer: Tokenizer, tmp_path) -> Table:
    """60 pairs with their texts."""
    texts = SENTENCES * 5
    rows = [Row(tokenizer.encode(t), tokenizer.encode(t), i, t, t) for i, t in enumerate(texts, start=1)]
    write(tmp_path / "t.arrow", rows, texts=True)
    return Table(tmp_path / "t.arrow")


@pytest.fixture
def noise(tokenizer: Tokenizer) -> Noise:
    sample = Sampler(tokenizer, UnigramCut(tokenizer, alpha=0.2))
    return Noise(seed=3, sample_source=sample, sample_target=sample, drop_source=0.2, drop_target=0.3)


def same(one: Batch, other: Batch) -> bool:
    pairs = (("source", "target_in", "target_out", "rows"),)
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for names in pairs for name in names)


def test_a_pair_is_seen_alike_in_any_batch_and_order(table: Table, noise: Noise) -> None:
    rows = np.arange(20, dtype=np.int32)
    together = [noise.pair(table, int(row), 4) for row in rows]
    alone = {int(row): noise.pair(table, int(row), 4) for row in rows[::-1]}
    for row, pair in enumerate(together):
        assert all(np.array_equal(a, b) for a, b in zip(pair, alone[row], strict=True))


def test_a_side_that_is_drawn_too_long_stays_as_it_was(table: Table, noise: Noise) -> None:
    free = Noise(3, noise.sample_source, noise.sample_target)
    longest = max(len(table.source(row)) for row in range(20))
    bound = Noise(3, noise.sample_source, noise.sample_target, longest=longest)
    seen = []
    for row in range(20):
        drawn, kept = free.pair(table, row, 1), bound.pair(table, row, 1)
        seen.append(len(drawn.source) > longest)
        assert np.array_equal(kept.source, table.source(row) if seen[-1] else drawn.source)
        assert len(kept.target) <= longest
    assert 0 < sum(seen) < 20


def test_seeds_epochs_and_rows_are_seen_differently(table: Table, noise: Noise) -> None:
    other = Noise(4, noise.sample_source, noise.sample_target, noise.drop_source, noise.drop_target)
    seen = [
        noise.pair(table, 0, 0),
        noise.pair(table, 0, 1),
        noise.pair(table, 12, 0),
        other.pair(table, 0, 0),
    ]
    assert table.texts(0) == table.texts(12)
    assert len({tuple(pair.source) for pair in seen}) == 4
    assert not np.array_equal(seen[0].source, seen[0].target), "the sides are drawn apart"


def test_the_stream_goes_on_from_any_cursor_alike(table: Table, noise: Noise) -> None:
    order = Order(table.source_lengths, table.target_lengths, batch_tokens=300, seed=1)
    with closing(batches(table, order, noise=noise)) as stream:
        whole = list(islice(stream, 3 * order.batches(0)))
    place = order.batches(0) + 1
    again = Order(table.source_lengths, table.target_lengths, batch_tokens=300, seed=1)
    with closing(batches(table, again, Cursor(1, 1), noise=noise)) as stream:
        rest = list(islice(stream, len(whole) - place))
    assert len(rest) > 10
    assert all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(whole[place:], rest, strict=True))


def test_sampled_pieces_spell_the_same_text(table: Table, tokenizer: Tokenizer, noise: Noise) -> None:
    sampling = Noise(3, noise.sample_source, noise.sample_target)
    for epoch in range(3):
        batch = make_batch(np.arange(12, dtype=np.int32), table, sampling, epoch)
        for ids, text in zip(batch.source, SENTENCES, strict=True):
            assert tokenizer.decode(ids.tolist()) == text
        assert torch.equal(
            batch.target_in[:, 1:][batch.target_mask[:, 1:]],
            batch.target_out[:, :-1][batch.target_mask[:, 1:]],
        )


def test_word_dropout_hides_its_share_and_nothing_special(table: Table) -> None:
    rows = np.arange(len(table), dtype=np.int32)
    plain = make_batch(rows, table)
    hidden = make_batch(rows, table, Noise(1, drop_source=0.2, drop_target=0.5))
    assert torch.equal(hidden.target_out, plain.target_out)
    assert torch.equal(hidden.source_lengths, plain.source_lengths)
    for noisy, clean, share in ((hidden.source, plain.source, 0.2), (hidden.target_in, plain.target_in, 0.5)):
        changed = noisy != clean
        assert (noisy[changed] == UNK).all()
        assert not torch.isin(clean[changed], SPECIAL).any()
        pieces = int((~torch.isin(clean, SPECIAL)).sum())
        assert pieces > 500
        assert abs(int(changed.sum()) / pieces - share) < 0.05


def test_one_side_may_be_spared(table: Table) -> None:
    rows = np.arange(10, dtype=np.int32)
    plain, hidden = make_batch(rows, table), make_batch(rows, table, Noise(1, drop_source=0.5))
    assert torch.equal(hidden.target_in, plain.target_in)
    assert not torch.equal(hidden.source, plain.source)
