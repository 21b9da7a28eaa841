"""Tokenised pairs on disk: an Arrow file, memory-mapped, so that any corpus costs eight bytes a pair.

The file is an Arrow IPC stream with columns ``source``, ``target`` (lists of int32) and ``line``, which
``datasets.Dataset.from_file`` reads too. Importing ``datasets`` itself takes a second that training need
not wait.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ids = npt.NDArray[np.int32]

ROWS = 8192  # a record batch: what a row's number is divided by to find it
SCHEMA = pa.schema([("source", pa.list_(pa.int32())), ("target", pa.list_(pa.int32())), ("line", pa.int64())])


class Row(NamedTuple):
    """One tokenised pair, without begin and end, and the line it came from."""

    source: list[int]
    target: list[int]
    line: int


class Column(NamedTuple):
    """The lists of one record batch: list r is ``values[offsets[r] : offsets[r + 1]]``."""

    offsets: Ids
    values: Ids


class Table:
    """Random access to the pairs of an Arrow file, by row, without copying."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        batches = list(pa.ipc.open_stream(pa.memory_map(str(path))))
        self._source = [_column(batch, "source") for batch in batches]
        self._target = [_column(batch, "target") for batch in batches]
        self._line = [batch.column("line").to_numpy() for batch in batches]
        self.source_lengths = _lengths(self._source)
        self.target_lengths = _lengths(self._target)

    def __len__(self) -> int:
        return len(self.source_lengths)

    def source(self, row: int) -> Ids:
        """Source ids of a row, without EOS: a read-only view of the file. Shape: [S]."""
        return _view(self._source, row)

    def target(self, row: int) -> Ids:
        """Target ids of a row, without BOS and EOS: a read-only view of the file. Shape: [T]."""
        return _view(self._target, row)

    def line(self, row: int) -> int:
        """The line, from 1, that a row was in the corpus."""
        return int(self._line[row // ROWS][row % ROWS])


def write(path: str | Path, rows: Iterable[Row]) -> int:
    """Writes rows as they come, holding ``ROWS`` of them in memory; returns their number."""
    written = 0
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, SCHEMA) as stream:
        for some in _chunks(rows):
            columns = [
                pa.array(column, type=kind)
                for column, kind in zip(zip(*some, strict=True), SCHEMA.types, strict=True)
            ]
            stream.write_batch(pa.record_batch(columns, schema=SCHEMA))
            written += len(some)
    return written


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while some := list(islice(rows, ROWS)):
        yield some


def _column(batch: pa.RecordBatch, name: str) -> Column:
    lists = batch.column(name)
    return Column(lists.offsets.to_numpy(), lists.values.to_numpy())


def _view(columns: list[Column], row: int) -> Ids:
    offsets, values = columns[row // ROWS]
    here = row % ROWS
    return values[offsets[here] : offsets[here + 1]]


def _lengths(columns: list[Column]) -> Ids:
    return np.concatenate([np.diff(column.offsets) for column in columns] or [np.empty(0, np.int32)])
