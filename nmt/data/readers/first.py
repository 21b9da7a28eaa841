"""The beginning of a corpus, for experiments on little data."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from nmt.data.corpus import Corpus, Counts, Pair


@dataclass(frozen=True)
class First:
    """The first ``count`` pairs of another corpus, those with a blank side counted."""

    corpus: Corpus
    count: int

    @property
    def paths(self) -> tuple[str, ...]:
        return self.corpus.paths

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        return islice(self.corpus.pairs(counts), self.count)

    def place(self, line: int) -> str:
        return self.corpus.place(line)

    def digests(self) -> dict[str, str]:
        return self.corpus.digests()
