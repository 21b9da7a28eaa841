"""A bilingual lexicon from a file, and what it says of pieces."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nmt.errors import NmtError
from nmt.text.lines import read_lines
from nmt.text.special import UNK

Encode = Callable[[str], Sequence[int]]


class Entry(NamedTuple):
    """One way to translate a word: ``probability`` of the target given the source."""

    source: str
    target: str
    probability: float


def read_lexicon(path: str | Path) -> Iterator[Entry]:
    """The entries of a file of ``source<TAB>target<TAB>probability`` lines; the probability may be left out, and is 1.

    Raises:
        NmtError: the file is missing or is not text; or, at ``file:line``, a line is none of these.
    """
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        match [part.strip() for part in line.split("\t")]:
            case [source, target] if source and target:
                yield Entry(source, target, 1.0)
            case [source, target, figure] if source and target:
                yield Entry(source, target, _probability(figure, f"{path}:{number}"))
            case _:
                hint = "source<TAB>target<TAB>probability"
                raise NmtError(f"{path}:{number}", f"is no entry of a lexicon: {line[:60]!r}", hint)


def _probability(figure: str, place: str) -> float:
    try:
        value = float(figure)
    except ValueError:
        value = math.nan
    if not 0 < value <= 1:
        raise NmtError(place, f"{figure[:30]!r} is no probability", "a number above 0, and 1 at most")
    return value


def piece_table(
    entries: Iterable[Entry], source: Encode, target: Encode, *, vocabulary: int, candidates: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each source piece its best target pieces, -1 for none, and their probabilities, ``[vocabulary, candidates]``
    each: every piece of a word goes with every piece of its translation, the likeliest entry counting.

    ``source`` and ``target`` turn a word into ids. An unknown piece goes with nothing: it stands for any word.
    """
    best: dict[int, dict[int, float]] = defaultdict(dict)
    for entry in entries:
        for one in set(source(entry.source)) - {UNK}:
            row = best[one]
            for other in set(target(entry.target)) - {UNK}:
                row[other] = max(entry.probability, row.get(other, 0.0))
    targets = np.full((vocabulary, candidates), -1, dtype=np.int64)
    odds = np.zeros((vocabulary, candidates), dtype=np.float32)
    for one, row in best.items():
        ranked = sorted(row.items(), key=lambda item: (-item[1], item[0]))[:candidates]
        targets[one, : len(ranked)], odds[one, : len(ranked)] = zip(*ranked, strict=True)
    return targets, odds
