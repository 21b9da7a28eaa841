"""TWO-HOP: a list of pairs a→b in random order, then a start symbol; the target is the value of its value.

A value is written as another token than the same symbol's as a key. The pairs close a circle: each symbol is the key of
one pair and the value of another, so that none is likelier than the rest and its place in the list tells nothing. The
longest lists alone are examined. Half of those in training are shorter: their answers can be had by ways that one hop
is enough for, and from there the way to two is short.
"""

from functools import cached_property
from typing import ClassVar

import numpy as np

from acceptance.task import HELD_OUT
from nmt.data.batch import Batch, collate
from nmt.text.special import EOS

SYMBOLS = 12
KEY = EOS + 1  # the first of the keys' tokens
VALUE = KEY + SYMBOLS
FEWEST, MOST = 2, 5  # pairs of a list

Pair = tuple[tuple[int, ...], int]
"""Source and answer."""


class TwoHop:
    """The task."""

    vocabulary: ClassVar[int] = VALUE + SYMBOLS

    @cached_property
    def held_out(self) -> Batch:
        """The longest lists."""
        return _pairs(sorted(self._unseen))

    def batch(self, generator: np.random.Generator, size: int) -> Batch:
        """Half of all lists the longest."""
        lists = list[Pair]()
        while len(lists) < size:
            long = generator.random() < 0.5
            one = _list(generator, MOST if long else generator.integers(FEWEST, MOST))
            if one not in self._unseen:
                lists.append(one)
        return _pairs(lists)

    @cached_property
    def _unseen(self) -> set[Pair]:
        generator = np.random.default_rng(2)
        return {_list(generator, MOST) for _ in range(HELD_OUT)}


def _list(generator: np.random.Generator, pairs: int) -> Pair:
    circle = generator.permutation(SYMBOLS)[:pairs].tolist()
    follower = dict(zip(circle, [*circle[1:], circle[0]], strict=True))
    listed = [
        token
        for key in generator.permutation(circle).tolist()
        for token in (KEY + key, VALUE + follower[key])
    ]
    return (*listed, KEY + circle[0]), VALUE + follower[follower[circle[0]]]


def _pairs(lists: list[Pair]) -> Batch:
    return collate([source for source, _ in lists], [[answer] for _, answer in lists])


TWO_HOP = TwoHop()
