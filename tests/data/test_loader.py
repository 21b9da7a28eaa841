"""The stream goes on from any cursor, shows errors, and stops when told."""

import threading
from contextlib import closing
from itertools import islice

import numpy as np
import pytest

from nmt.data.loader import Cursor, batches
from nmt.data.order import Order
from nmt.data.table import Table


def order_of(table: Table) -> Order:
    return Order(table.source_lengths, table.target_lengths, batch_tokens=3000, seed=1)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


def test_the_stream_goes_on_over_epochs(table: Table) -> None:
    order = order_of(table)
    first, second = order.batches(0), order.batches(1)
    with closing(batches(table, order)) as stream:
        found = list(islice(stream, first + second))
    assert [cursor for cursor, _ in found] == [
        *(Cursor(0, i + 1) for i in range(first)),
        *(Cursor(1, i + 1) for i in range(second)),
    ]
    for epoch in (found[:first], found[first:]):
        rows = np.concatenate([batch.rows for _, batch in epoch])
        assert sorted(rows.tolist()) == list(range(len(table)))


@pytest.mark.parametrize("used", [1, 5, 20])
def test_a_stream_from_a_cursor_is_the_rest_of_the_stream(used: int, table: Table) -> None:
    with closing(batches(table, order_of(table))) as stream:
        found = list(islice(stream, used + 12))
    cursor = found[used - 1][0]
    with closing(batches(table, order_of(table), cursor)) as stream:
        again = list(islice(stream, 12))
    assert [cursor for cursor, _ in again] == [cursor for cursor, _ in found[used:]]
    assert all(
        np.array_equal(one.rows, other.rows) for (_, one), (_, other) in zip(again, found[used:], strict=True)
    )


def test_ranks_share_each_batch(table: Table) -> None:
    order = order_of(table)
    rows = []
    for rank in range(3):
        with closing(batches(table, order, rank=rank, world=3)) as stream:
            rows.append(next(stream)[1].rows)
    assert sorted(np.concatenate(rows).tolist()) == sorted(order.batch(0, 0).tolist())


def test_closing_stops_the_thread(table: Table) -> None:
    stream = batches(table, order_of(table))
    next(stream)
    assert len(threads()) == 1
    stream.close()
    assert not threads()


def test_a_stream_that_is_never_used_starts_no_thread(table: Table) -> None:
    batches(table, order_of(table)).close()
    assert not threads()


def test_an_error_in_the_thread_reaches_the_consumer(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(row: int) -> None:
        raise OSError("the disk is gone")

    stream = batches(table, order_of(table))
    next(stream)
    monkeypatch.setattr(table, "target", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        list(stream)
    assert not threads()
