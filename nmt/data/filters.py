"""Which training pairs are left out, and why: one small class a reason.

Validation and test sets are never filtered.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from nmt.data.repeats import Repeats
from nmt.text.script import share


class Candidate(NamedTuple):
    """A pair of normalised texts and their pieces."""

    source: str
    target: str
    source_ids: Sequence[int]
    target_ids: Sequence[int]


class Filter(Protocol):
    """``drops`` says whether a pair goes, ``reason`` why, in words that follow a number of pairs."""

    @property
    def reason(self) -> str: ...

    def drops(self, pair: Candidate) -> bool: ...


def reason_to_drop(pair: Candidate, filters: Sequence[Filter]) -> str | None:
    """The reason of the first filter that drops a pair; None when all keep it."""
    return next((one.reason for one in filters if one.drops(pair)), None)


class Blank:
    """A side is empty."""

    reason = "with a blank side"

    def drops(self, pair: Candidate) -> bool:
        return not pair.source_ids or not pair.target_ids


@dataclass(frozen=True)
class TooLong:
    """A side has more than ``most`` pieces."""

    most: int
    reason = "over max_length"

    def drops(self, pair: Candidate) -> bool:
        return max(len(pair.source_ids), len(pair.target_ids)) > self.most


@dataclass(frozen=True)
class OutOfProportion:
    """The sides' lengths in characters do not belong together.

    They are compared relative to ``typical``, the source characters per target character of the corpus, so that
    one bound serves en-de and en-zh alike.
    """

    most: float
    typical: float
    reason = "over max_ratio"

    def drops(self, pair: Candidate) -> bool:
        ratio = len(pair.source) / (len(pair.target) * self.typical)
        return not 1 / self.most <= ratio <= self.most


class Copy:
    """The target is the source, but for case: nobody translated it."""

    reason = "with equal sides"

    def drops(self, pair: Candidate) -> bool:
        return pair.source.casefold() == pair.target.casefold()


class OtherDigits:
    """A number in digits is on one side only.

    What stands between groups of digits differs by language (1,000 and 1.000 and 1 000), so it does not count;
    digits of other scripts do.
    """

    reason = "with other digits"

    def drops(self, pair: Candidate) -> bool:
        return _numbers(pair.source) != _numbers(pair.target)


@dataclass(frozen=True)
class OtherScript:
    """Too few of a side's letters are in the script of its language; None: a language that has no one script."""

    source: str | None
    target: str | None
    least: float
    reason = "under min_script"

    def drops(self, pair: Candidate) -> bool:
        sides = ((pair.source, self.source), (pair.target, self.target))
        return any(share(text, script) < self.least for text, script in sides if script is not None)


@dataclass(frozen=True)
class Punctuation:
    """Too many of a side's characters, spaces not counted, are punctuation or symbols."""

    most: float
    reason = "over max_punctuation"

    def drops(self, pair: Candidate) -> bool:
        return any(_punctuation(text) > self.most for text in (pair.source, pair.target))


@dataclass(frozen=True)
class Repeated:
    """The pair, or one side of it, was there before. The last filter: only pairs that are kept count."""

    repeats: Repeats
    reason = "there before"

    def drops(self, pair: Candidate) -> bool:
        return self.repeats.again(pair.source, pair.target)


_NUMBER = re.compile(
    r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?"  # a space groups thousands only
    r"|\d+(?:[.,'’]\d+)*"
)


def _numbers(text: str) -> set[str]:
    """``"1,000 or ٣"`` -> ``{"1000", "3"}``."""
    return {
        "".join(str(unicodedata.digit(c)) for c in number if c.isdecimal())
        for number in _NUMBER.findall(text)
    }


def _punctuation(text: str) -> float:
    characters = text.replace(" ", "")
    signs = sum(not c.isalnum() and unicodedata.category(c)[0] in "PS" for c in characters)
    return signs / max(1, len(characters))
