"""Parquet: tables of columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from glob import glob
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nmt.data.corpus import Counts, Pair, file_digests
from nmt.data.readers import arrow
from nmt.errors import NmtError
from nmt.text.lines import open_binary


@dataclass(frozen=True)
class Parquet:
    """A Parquet file, or all that a pattern such as ``data/*.parquet`` names, in order of name.

    ``source`` and ``target`` are columns; a dotted name leads into a struct. Lines count through all files.
    """

    pattern: str
    source: str
    target: str

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Raises NmtError when a pattern names no file."""
        if Path(self.pattern).exists() or not set("*?[") & set(self.pattern):
            return (self.pattern,)
        if not (found := sorted(glob(self.pattern, recursive=True))):
            raise NmtError(self.pattern, "no file has such a name")
        return tuple(found)

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """Raises NmtError for a file that is no Parquet, lacks a column, or is damaged."""
        begin = 1
        for path in self.paths:
            with open_binary(path) as stream:
                try:
                    file = pq.ParquetFile(stream)
                    arrow.check_columns(file.schema_arrow, self.source, self.target, path)
                    batches = file.iter_batches(arrow.ROWS, columns=[self.source, self.target])
                    yield from arrow.pairs(batches, self.source, self.target, begin=begin, place=self.place)
                except (pa.ArrowException, OSError) as error:
                    first_line = str(error).split("\n")[0]
                    raise NmtError(path, f"is not a readable Parquet file: {first_line}") from error
                begin += file.metadata.num_rows

    def place(self, line: int) -> str:
        for path, rows in self._rows.items():
            if line <= rows:
                return f"{path}:{line}"
            line -= rows
        raise IndexError(f"line {line} after the end of {self.pattern}")

    def digests(self) -> dict[str, str]:
        return file_digests(self.paths)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {path: pq.read_metadata(path).num_rows for path in self.paths}
