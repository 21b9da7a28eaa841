"""Parallel corpora: where the pairs are, and the one way to read them, checked line by line."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple, Protocol

from nmt.errors import NmtError
from nmt.text.lines import LineCounts, open_binary, read_lines

Counts = dict[str, LineCounts]


class Pair(NamedTuple):
    """A sentence and its translation as they stand in the file, and their line, from 1."""

    source: str
    target: str
    line: int


class Corpus(Protocol):
    """Something that pairs can be read from, again and again."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it is made of."""

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """All pairs in order, blank ones too; ``counts`` is filled with what was found in each file."""

    def sources(self) -> Iterator[str]:
        """The source lines alone."""

    def targets(self) -> Iterator[str]:
        """The target lines alone."""


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

    def sources(self) -> Iterator[str]:
        return read_lines(self.source)

    def targets(self) -> Iterator[str]:
        return read_lines(self.target)


@dataclass(frozen=True)
class OneTsv:
    """One file of ``source<TAB>target`` lines; further columns are ignored."""

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
                raise NmtError(f"{self.path}:{line}", what)
            yield Pair(columns[0], columns[1], line)

    def sources(self) -> Iterator[str]:
        return (pair.source for pair in self.pairs())

    def targets(self) -> Iterator[str]:
        return (pair.target for pair in self.pairs())


def digests(corpus: Corpus) -> dict[str, str]:
    """The sha256 of every file of a corpus, as it lies on disk; raises NmtError when one is missing."""
    found = {}
    for path in corpus.paths:
        with open_binary(path) as file:
            found[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
