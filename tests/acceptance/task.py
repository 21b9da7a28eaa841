"""REVERSE and COPY: twenty symbols, a fixed random substitution, and places that only attention can tell.

Letters: B sentences, S source length with its end symbol, T target words.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor

from nmt.data.batch import Batch, collate
from nmt.text.special import EOS

SYMBOLS = 20
SHORTEST, LONGEST = 4, 12
HELD_OUT = 400


class Task(Protocol):
    """What can be learnt and examined."""

    @property
    def vocabulary(self) -> int:
        """Tokens of either side, special ones and all."""

    @property
    def held_out(self) -> Batch:
        """Sentences that training never sees."""

    def batch(self, generator: np.random.Generator, size: int) -> Batch:
        """Fresh sentences, none of them held out."""


@dataclass(frozen=True)
class Reordering:
    """Each target word is a source word put through the substitution: the last first, or in the source's order."""

    backwards: bool
    vocabulary: ClassVar[int] = EOS + 1 + SYMBOLS

    @cached_property
    def substitution(self) -> np.ndarray:
        """The target symbol of each source symbol, from 0."""
        return np.random.default_rng(1).permutation(SYMBOLS)

    @cached_property
    def held_out(self) -> Batch:
        generator = np.random.default_rng(2)
        return self._pairs([_sentence(generator) for _ in range(HELD_OUT)])

    def batch(self, generator: np.random.Generator, size: int) -> Batch:
        sentences = list[np.ndarray]()
        while len(sentences) < size:
            if (sentence := _sentence(generator)).tobytes() not in self._unseen:
                sentences.append(sentence)
        return self._pairs(sentences)

    def right_places(self, words: Tensor) -> Tensor:
        """The source place of each target word. Shape: words ``[B]``, their numbers -> ``[B, LONGEST]``."""
        places = torch.arange(LONGEST).expand(len(words), -1)
        return words.unsqueeze(1) - 1 - places if self.backwards else places

    @cached_property
    def _unseen(self) -> set[bytes]:
        generator = np.random.default_rng(2)
        return {_sentence(generator).tobytes() for _ in range(HELD_OUT)}

    def _pairs(self, sentences: list[np.ndarray]) -> Batch:
        targets = [self.substitution[sentence] for sentence in sentences]
        if self.backwards:
            targets = [target[::-1] for target in targets]
        first = EOS + 1
        return collate([sentence + first for sentence in sentences], [target + first for target in targets])


def _sentence(generator: np.random.Generator) -> np.ndarray:
    return generator.integers(SYMBOLS, size=generator.integers(SHORTEST, LONGEST + 1))


COPY, REVERSE = Reordering(backwards=False), Reordering(backwards=True)
