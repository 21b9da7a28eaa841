"""A batch by hand, and against a loop."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from nmt.data.batch import collate, make_batch, pad_sources
from nmt.data.table import Table
from nmt.text.special import BOS, EOS, PAD

IDS = st.lists(st.integers(4, 99), max_size=6)


def test_a_batch_by_hand() -> None:
    batch = collate([[7, 8], [9]], [[5], [6, 7, 8]])
    assert batch.source.tolist() == [[7, 8, EOS], [9, EOS, PAD]]
    assert batch.source_lengths.tolist() == [3, 2]
    assert batch.target_in.tolist() == [[BOS, 5, PAD, PAD], [BOS, 6, 7, 8]]
    assert batch.target_out.tolist() == [[5, EOS, PAD, PAD], [6, 7, 8, EOS]]
    assert batch.target_lengths.tolist() == [2, 4]
    assert batch.rows.tolist() == [0, 1]
    assert batch.padded_length == 4
    assert batch.tokens == 6
    assert batch.source.dtype == batch.target_out.dtype == batch.source_lengths.dtype == torch.long


@given(st.lists(st.tuples(IDS, IDS), min_size=1, max_size=6))
def test_every_row_holds_its_pair_and_padding(pairs: list[tuple[list[int], list[int]]]) -> None:
    batch = collate([source for source, _ in pairs], [target for _, target in pairs])
    for row, (source, target) in enumerate(pairs):
        assert [i for i in batch.source[row].tolist() if i != PAD] == [*source, EOS]
        assert [i for i in batch.target_in[row].tolist() if i != PAD] == [BOS, *target]
        assert [i for i in batch.target_out[row].tolist() if i != PAD] == [*target, EOS]
    assert torch.equal(batch.target_mask.sum(1), batch.target_lengths)
    assert torch.equal((batch.source != PAD).sum(1), batch.source_lengths)


def test_a_batch_of_a_table_has_its_rows(table: Table) -> None:
    rows = np.array([999, 0, 5], dtype=np.int32)
    batch = make_batch(rows, table)
    assert batch.rows is rows
    for place, row in enumerate(rows):
        assert batch.source[place, : len(table.source(row))].tolist() == table.source(row).tolist()
        assert batch.target_out[place, : len(table.target(row))].tolist() == table.target(row).tolist()


def test_no_rows_make_an_empty_batch(table: Table) -> None:
    batch = make_batch(np.empty(0, dtype=np.int32), table)
    assert batch.source.shape == batch.target_out.shape == (0, 1)
    assert batch.tokens == 0


def test_sources_alone_are_padded_alike() -> None:
    source, lengths = pad_sources([[7], [8, 9]])
    assert source.tolist() == [[7, EOS, PAD], [8, 9, EOS]]
    assert lengths.tolist() == [2, 3]


def test_a_batch_moves_whole() -> None:
    moved = collate([[7]], [[8]]).to(torch.device("meta"))
    assert moved.source.is_meta
    assert moved.target_lengths.is_meta


def test_halves_are_the_same_pairs_without_the_padding_that_they_do_not_need():
    batch = collate([[5], [6, 7], [8, 9, 4]], [[4, 4, 4], [5], [6]])
    assert batch.cells == 12
    first, second = batch.halves()
    assert [half.rows.tolist() for half in (first, second)] == [[0], [1, 2]]
    alone = collate([[6, 7], [8, 9, 4]], [[5], [6]])
    for name in ("source", "source_lengths", "target_in", "target_out", "target_lengths"):
        assert torch.equal(getattr(second, name), getattr(alone, name))
    assert (first.source.tolist(), first.tokens, second.tokens) == ([[5, 3]], 4, 4)
