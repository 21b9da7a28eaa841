"""The upper decoding contract, torch-free: what Translator, serving and shards ask of any engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pieces = Sequence[int]  # the ids of one source sentence, without begin and end


@dataclass(frozen=True)
class Options:
    """What a caller may ask of a search.

    ``alpha`` is the exponent of the GNMT length penalty (0: none). The longest hypothesis is
    ``max_ratio * source length + max_offset`` pieces. ``batch_tokens`` bounds what is translated together. A source
    is read up to ``max_source`` pieces. ``weights`` asks for the attention.
    """

    beam: int = 5
    nbest: int = 1
    alpha: float = 0.6
    max_ratio: float = 2.0
    max_offset: int = 20
    batch_tokens: int = 4096
    max_source: int = 1000
    weights: bool = False


@dataclass(frozen=True)
class Hypothesis:
    """One translation.

    ids: target pieces without begin and end. score: log-probability divided by the length penalty, where the
    length counts the end symbol, as the sum of log-probabilities does. token_scores: the log-probability of each
    piece and of the end symbol. weights: ``[len(token_scores), source pieces + 1]``, the last column being the
    source's end symbol, where they were asked for and the model has them.
    """

    ids: tuple[int, ...]
    score: float
    token_scores: tuple[float, ...]
    weights: NDArray[np.float32] | None = None


class Engine(Protocol):
    """Translates sentences of pieces, each on its own: the same text whatever else is in the call."""

    @property
    def max_source(self) -> int | None:
        """The longest source that the model can read, its end symbol included; None: any."""

    @property
    def max_target(self) -> int | None:
        """The longest target that the model can say, its end symbol included; None: any."""

    def translate(self, pieces: Sequence[Pieces], options: Options) -> list[list[Hypothesis]]:
        """For each sentence its ``nbest`` hypotheses, best first."""

    def force(self, pieces: Sequence[Pieces], targets: Sequence[Pieces]) -> list[Hypothesis]:
        """Scores given translations, with weights: each target as the hypothesis it would be."""

    def look(self, pieces: Pieces, target: Pieces) -> dict[str, NDArray[np.float32]]:
        """Where each head of each attention to the source looks while one target is said: ``[heads, target + 1,
        source + 1]`` by the attention's name, nothing where a model has no attention."""
