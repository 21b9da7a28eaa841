"""One text file with both sides on a line."""

from collections.abc import Iterator
from dataclasses import dataclass

from nmt.data.corpus import Counts, Pair, file_digests
from nmt.errors import NmtError
from nmt.text.lines import LineCounts, read_lines


@dataclass(frozen=True)
class Tsv:
    """A file of ``source<TAB>target`` lines; further columns are ignored."""

    path: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """Raises NmtError at ``file:line`` for a line without a tab."""
        line_counts = LineCounts()
        if counts is not None:
            counts[self.path] = line_counts
        for line, text in enumerate(read_lines(self.path, line_counts), start=1):
            columns = text.split("\t", 2)
            if len(columns) < 2:
                what = "expected a source, a tab and a target, found one column"
                raise NmtError(self.place(line), what)
            yield Pair(columns[0], columns[1], line)

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"

    def digests(self) -> dict[str, str]:
        return file_digests(self.paths)
