"""Two line-aligned text files."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from nmt.data.corpus import Counts, Pair, file_digests
from nmt.errors import NmtError
from nmt.text.lines import LineCounts, read_lines


@dataclass(frozen=True)
class TwoFiles:
    """Two files, line n of one the translation of line n of the other."""

    source: str
    target: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.source, self.target)

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """Raises NmtError, at the end, when the files differ in their number of lines."""
        source_counts, target_counts = LineCounts(), LineCounts()
        if counts is not None:
            counts[self.source], counts[self.target] = source_counts, target_counts
        sources, targets = read_lines(self.source, source_counts), read_lines(self.target, target_counts)
        for line, (source, target) in enumerate(zip_longest(sources, targets), start=1):
            if source is not None and target is not None:
                yield Pair(source, target, line)
        if source_counts.lines != target_counts.lines:
            what = f"has {source_counts.lines:,} lines, but {self.target} has {target_counts.lines:,}"
            raise NmtError(self.source, what, "line n of one must translate line n of the other")

    def place(self, line: int) -> str:
        return f"{self.source}:{line}"

    def digests(self) -> dict[str, str]:
        return file_digests(self.paths)
