"""From the model's pieces to words: weights are summed over source pieces and averaged over target pieces.

A piece is known by its span of characters in the text that the model read or wrote, a word by its span in the
same text. What lies nowhere (the end-of-sentence place, a dummy ``▁``) has the span ``NOWHERE`` and belongs
to no word.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.alignment.words import Span
from nmt.errors import NmtError

Matrix = NDArray[np.float64]

NOWHERE: Span = (0, 0)
"""The span of a place without text, such as the end of a sentence."""


def token_spans(text: str, tokens: Sequence[str], place: str = "tokens") -> list[Span]:
    """Find given tokens (gold words, say) in the model's text by counting characters other than spaces.

    The two must agree, cased, once all spaces are gone. A token's span may hold a space of ``text``.

    >>> token_spans("我爱机器学习。", ["我", "爱", "机器", "学习", "。"])
    [(0, 1), (1, 2), (2, 4), (4, 6), (6, 7)]

    Raises ``NmtError`` at ``place`` with the first difference.
    """
    offsets = [offset for offset, character in enumerate(text) if not character.isspace()]
    plain = "".join(text[offset] for offset in offsets)
    bare = ["".join(token.split()) for token in tokens]
    joined = "".join(bare)
    if joined != plain:
        at = next(
            (k for k, (a, b) in enumerate(zip(joined, plain, strict=False)) if a != b),
            min(len(joined), len(plain)),
        )
        seen, wanted = joined[at : at + 10] or "the end", plain[at : at + 10] or "the end"
        raise NmtError(place, f"the tokens do not spell the text: {seen!r} where the text has {wanted!r}")
    spans, used = [], 0
    for token in bare:
        span = (offsets[used], offsets[used + len(token) - 1] + 1) if token else NOWHERE
        spans.append(span)
        used += len(token)
    return spans


def membership(pieces: Sequence[Span], words: Sequence[Span]) -> Matrix:
    """How much of each piece belongs to each word: shares of the characters that lie in any word.

    A piece astride two words is divided by its characters; one that touches no word has a column of zeros.

    Shape: [words, pieces]; each column sums to 1 or 0.
    """
    piece = np.array(pieces, dtype=np.int64).reshape(-1, 2)
    word = np.array(words, dtype=np.int64).reshape(-1, 2)
    # [W, 1] against [1, P] -> [W, P]
    starts = np.maximum(word[:, None, 0], piece[None, :, 0])
    ends = np.minimum(word[:, None, 1], piece[None, :, 1])
    overlap = np.maximum(ends - starts, 0).astype(np.float64)
    return _divide(overlap, overlap.sum(axis=0, keepdims=True))


def merge_weights(weights: Matrix, target: Matrix, source: Matrix) -> Matrix:
    """Attention between pieces as attention between words, the usual way (Garg et al. 2019).

    A row sums to 1 less what its pieces gave to places in no source word. A word without a piece has a row or
    column of zeros.

    Shape: weights [T, S], target membership [target words, T], source membership [source words, S]
    -> [target words, source words].

    Raises ``ValueError`` when the shapes do not fit.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (target.shape[1], source.shape[1]):
        shapes = f"{weights.shape} weights, {target.shape[1]} target and {source.shape[1]} source pieces"
        raise ValueError(f"weights and pieces differ: {shapes}")
    averages = _divide(target, target.sum(axis=1, keepdims=True))
    return averages @ weights @ source.T


def _divide(numbers: Matrix, by: Matrix) -> Matrix:
    """Divide, with 0 / 0 = 0."""
    return np.divide(numbers, by, out=np.zeros_like(numbers), where=by > 0)
