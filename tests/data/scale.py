"""Walks over the border of two epochs of a table of many pairs; prints as JSON what it held, in bytes a pair.

python tests/data/scale.py PAIRS FOLDER
"""

import json
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa

from nmt.data.order import Order, Share
from nmt.data.table import ROWS, SCHEMA, Table


def write_random(path: Path, pairs: int) -> None:
    """Pairs of 1 to 12 ids, the sides alike, written a record batch at a time."""
    generator = np.random.default_rng(1)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, SCHEMA) as stream:
        for begin in range(0, pairs, ROWS):
            count = min(ROWS, pairs - begin)
            source = generator.integers(1, 11, count)
            columns = [_lists(source), _lists(source + generator.integers(0, 3, count))]
            line = pa.array(np.arange(begin + 1, begin + count + 1))
            stream.write_batch(pa.record_batch([*columns, line], schema=SCHEMA))


def _lists(lengths: np.ndarray) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(np.arange(offsets[-1], dtype=np.int32)))


def anonymous() -> int:
    """Bytes of this process's own memory; pages of mapped files are not among them."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().split("\n") if line.startswith("RssAnon")
    )
    return int(line.split()[1]) * 1024


def order_of(table: Table) -> Order:
    """All of the first three quarters of the table, 0.9 of the last."""
    quarter = len(table) // 4
    shares = [Share(len(table) - quarter), Share(quarter, 0.9)]
    return Order(table.source_lengths, table.target_lengths, batch_tokens=4096, seed=1, shares=shares)


def walk(table: Table) -> tuple[list[list[int]], Order]:
    """The last batch of an epoch and two of the next, which was planned ahead as it is while a model trains."""
    order = order_of(table)
    batches = order.batches(0)
    walked = [order.batch(0, batches - 1).tolist()]
    for _ in range(batches):
        order.plan_ahead()
    return walked, order


def main(pairs: int, folder: Path) -> None:
    write_random(folder / "few.arrow", 2 * ROWS)
    walk(Table(folder / "few.arrow"))  # what is loaded and kept once is not of the pairs
    write_random(folder / "pairs.arrow", pairs)

    before = anonymous()
    table = Table(folder / "pairs.arrow")
    walked, order = walk(table)
    resident = anonymous() - before
    shown, last = sum(len(order.batch(0, number)) for number in range(order.batches(0))), order.batches(0) - 1
    start = time.perf_counter()
    walked += [order.batch(1, number).tolist() for number in (0, 1)]
    border = time.perf_counter() - start
    tokens = sum(len(table.source(row)) for rows in walked for row in rows)
    del order

    order = order_of(table)
    start = time.perf_counter()
    order.batches(1)
    plan = time.perf_counter() - start
    jumped = [order.batch(1, number).tolist() for number in (0, 1)]
    jumped.insert(0, order.batch(0, last).tolist())
    del order, table

    tracemalloc.start()
    walked_again, order = walk(Table(folder / "pairs.arrow"))
    order.batches(1)
    peak = tracemalloc.get_traced_memory()[1]
    found = {
        "shown": shown, "tokens": tokens, "same": walked == jumped and walked_again == walked[:1],
        "peak": round(peak / pairs, 2), "resident": round(resident / pairs, 2),
        "seconds_to_plan": round(plan, 2), "seconds_at_the_border": round(border, 3),
    }  # fmt: skip
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
