"""Parallel corpora: what every reader gives, whatever the file; the readers are in ``readers/``."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from nmt.text.lines import LineCounts, open_binary

Counts = dict[str, LineCounts]


class Pair(NamedTuple):
    """A sentence and its translation as they stand in the file, and their line or record, from 1.

    A side that is not there is "": the pair is dropped whole, so no other pair moves.
    """

    source: str
    target: str
    line: int


class Corpus(Protocol):
    """Something that pairs can be read from, again and again."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it is made of, or its name on the hub."""

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """All pairs in order, blank ones too; ``counts`` is filled with what was found in each text file."""

    def place(self, line: int) -> str:
        """Where a pair is, for a person: ``train.en.gz:17``."""

    def digests(self) -> dict[str, str]:
        """The sha256 of each file as it lies on disk, or of the text itself where there is no such file."""


def sources(corpora: Sequence[Corpus]) -> Iterator[str]:
    """The source lines of all corpora, one after the other."""
    return (pair.source for corpus in corpora for pair in corpus.pairs())


def targets(corpora: Sequence[Corpus]) -> Iterator[str]:
    """The target lines of all corpora."""
    return (pair.target for corpus in corpora for pair in corpus.pairs())


def digests(corpora: Sequence[Corpus]) -> dict[str, str]:
    """The hashes of all corpora, by file; raises NmtError when one is missing."""
    return {path: digest for corpus in corpora for path, digest in corpus.digests().items()}


def names(corpora: Sequence[Corpus]) -> str:
    """``train.en and train.de``, for a person."""
    return " and ".join(path for corpus in corpora for path in corpus.paths)


def file_digests(paths: Sequence[str]) -> dict[str, str]:
    """The sha256 of files; raises NmtError when one is missing."""
    found = {}
    for path in paths:
        with open_binary(path) as file:
            found[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
