"""Tokenised pairs on disk: an Arrow file, memory-mapped, so that any corpus costs eight bytes a pair.

The file is an Arrow IPC stream with columns ``source``, ``target`` (lists of int32) and ``line``, and for subword
sampling ``source_text`` and ``target_text``, which ``datasets.Dataset.from_file`` reads too. Importing ``datasets``
itself takes a second that training need not wait.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ids = npt.NDArray[np.int32]

ROWS = 8192  # a record batch: what a row's number is divided by to find it
SCHEMA = pa.schema([("source", pa.list_(pa.int32())), ("target", pa.list_(pa.int32())), ("line", pa.int64())])
WITH_TEXTS = SCHEMA.append(pa.field("source_text", pa.string())).append(pa.field("target_text", pa.string()))


class Row(NamedTuple):
    """One tokenised pair, without begin and end, the line it came from, and the texts that it was."""

    source: list[int]
    target: list[int]
    line: int
    source_text: str = ""
    target_text: str = ""


class Part(NamedTuple):
    """A corpus of the table: so many rows, after those of the parts before, and where a line of it is."""

    rows: int
    place: Callable[[int], str]


class Column(NamedTuple):
    """The lists of one record batch: list r is ``values[offsets[r] : offsets[r + 1]]``."""

    offsets: Ids
    values: Ids


class Table:
    """Random access to the pairs of an Arrow file, by row, without copying."""

    def __init__(self, path: str | Path, parts: Sequence[Part] = ()) -> None:
        """Maps the file; with its ``parts`` it can tell where a row came from."""
        self.path = Path(path)
        self._parts = parts
        batches = list(pa.ipc.open_stream(pa.memory_map(str(path))))
        self._source = [_column(batch, "source") for batch in batches]
        self._target = [_column(batch, "target") for batch in batches]
        self._line = [batch.column("line").to_numpy() for batch in batches]
        texts = [batch for batch in batches if "source_text" in batch.schema.names]
        self._texts = [(batch.column("source_text"), batch.column("target_text")) for batch in texts]
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

    def place(self, row: int) -> str:
        """Where a row came from, for a person: ``corpora/x.en.gz:1234``."""
        begin = 0
        for part in self._parts:
            if row < begin + part.rows:
                return part.place(self.line(row))
            begin += part.rows
        return f"{self.path}:{row + 1}"  # a table that was opened without its corpora

    def texts(self, row: int) -> tuple[str, str]:
        """The normalised source and target of a row, of a table that was written with them."""
        source, target = self._texts[row // ROWS]
        return source[row % ROWS].as_py(), target[row % ROWS].as_py()


def write(path: str | Path, rows: Iterable[Row], *, texts: bool = False) -> int:
    """Writes rows as they come, holding ``ROWS`` of them in memory; returns their number."""
    written = 0
    schema = WITH_TEXTS if texts else SCHEMA
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        for some in _chunks(rows):
            columns = [
                pa.array(column, type=kind)
                for column, kind in zip(zip(*some, strict=True), schema.types, strict=False)  # texts last
            ]
            stream.write_batch(pa.record_batch(columns, schema=schema))
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
    lengths = np.empty(sum(len(column.offsets) - 1 for column in columns), np.int32)
    begin = 0
    for offsets, _ in columns:
        end = begin + len(offsets) - 1
        np.subtract(offsets[1:], offsets[:-1], out=lengths[begin:end])
        begin = end
    return lengths
