"""Subword sampling: one of the many ways to cut a text, drawn by a seed alone.

SentencePiece samples too, but mixes something of the process into its seed, and its n-best search gives up by the
clock; a resumed run would see other pieces. Here a seed gives the same pieces in any process.

Pieces never cross a space, so a text is cut word by word; a language without spaces is one long word.
"""

import math
import random
import re
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Protocol

from nmt.text.normalise import SPACE_MARK
from nmt.text.special import UNK
from nmt.text.tokenizer import Tokenizer

WORDS = 20_000  # whose segmentations are remembered
LONGEST = 16  # characters of such a word: without spaces, a whole sentence is one
UNKNOWN = 10.0  # how much less likely than any piece an unknown character is, as in SentencePiece

_WORD = re.compile(f"{SPACE_MARK}[^{SPACE_MARK}]*|^[^{SPACE_MARK}]+")


class Cut(Protocol):
    """Draws the pieces of one word."""

    def __call__(self, word: str, generator: random.Random) -> list[str]: ...


class Sampler:
    """Draws the ids of a text, which decode to the same text however it was cut."""

    def __init__(self, tokenizer: Tokenizer, cut: Cut) -> None:
        self._tokenizer, self._cut = tokenizer, cut
        self._ids = {piece: id for piece, (id, _) in tokenizer.vocabulary.items()}

    def __call__(self, text: str, seed: int) -> list[int]:
        """The ids of a text, without begin and end."""
        generator = random.Random(seed)
        ids: list[int] = []
        for word in _WORD.findall(self._tokenizer.marked(text)):
            for piece in self._cut(word, generator):
                found = self._ids.get(piece)
                if found is not None:
                    ids.append(found)
                else:
                    unknown = self._tokenizer.unknown(piece)
                    ids += (
                        unknown[1:] if unknown == [UNK] == ids[-1:] else unknown
                    )  # several in a row are one
        return ids


class UnigramCut:
    """Kudo 2018, "Subword Regularization": a segmentation x is drawn from all with probability ~ P(x)^alpha.

    Forward filtering, backward sampling: the sum over all ways to reach a place is computed once for a word, then
    pieces are drawn from its end to its beginning.
    """

    def __init__(self, tokenizer: Tokenizer, alpha: float) -> None:
        self._scores = {piece: alpha * score for piece, (_, score) in tokenizer.vocabulary.items()}
        self._longest = max(map(len, self._scores))
        self._unknown = alpha * (min(score for _, score in tokenizer.vocabulary.values()) - UNKNOWN)
        self._remembered = lru_cache(WORDS)(self._lattice_of)

    def __call__(self, word: str, generator: random.Random) -> list[str]:
        lattice = (self._remembered if len(word) <= LONGEST else self._lattice_of)(word)
        pieces, end = [], len(word)
        while end:
            starts, sums = lattice[end]
            start = starts[min(bisect(sums, generator.random() * sums[-1]), len(starts) - 1)]
            pieces.append(word[start:end])
            end = start
        return pieces[::-1]

    def _lattice_of(self, word: str) -> list[tuple[list[int], list[float]]]:
        """For each place in a word, where pieces that end there start, and the running sums of their chances."""
        reached = [0.0]  # log of the sum over all ways to each place
        lattice: list[tuple[list[int], list[float]]] = [([], [])]
        for end in range(1, len(word) + 1):
            edges = list(self._edges(word, end))
            logs = [reached[start] + score for start, score in edges]
            top = max(logs)
            sums = list(accumulate(math.exp(log - top) for log in logs))
            reached.append(top + math.log(sums[-1]))
            lattice.append(([start for start, _ in edges], sums))
        return lattice

    def _edges(self, word: str, end: int) -> Iterator[tuple[int, float]]:
        """Starts and scores of the pieces that end at a place, a single character always among them."""
        for start in range(max(0, end - self._longest), end - 1):
            if (score := self._scores.get(word[start:end])) is not None:
                yield start, score
        yield end - 1, self._scores.get(word[end - 1 : end], self._unknown)


class BpeCut:
    """Provilkov et al. 2020, "BPE-Dropout": at every step each possible merge is skipped with a probability."""

    def __init__(self, tokenizer: Tokenizer, dropout: float) -> None:
        self._scores = {piece: score for piece, (_, score) in tokenizer.vocabulary.items()}
        self._dropout = dropout

    def __call__(self, word: str, generator: random.Random) -> list[str]:
        pieces = list(word)
        while True:
            best, place = -math.inf, -1
            for here in range(len(pieces) - 1):
                score = self._scores.get(pieces[here] + pieces[here + 1], -math.inf)
                if score > best and generator.random() >= self._dropout:
                    best, place = score, here
            if place < 0:
                return pieces
            pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
