"""From a translation's weights between pieces to weights between words: what pictures and alignments are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.alignment.merge import NOWHERE, membership, merge_weights, token_spans
from nmt.alignment.words import word_spans
from nmt.decoding.translator import Translation
from nmt.errors import NmtError
from nmt.text.files import Tokenizers


@dataclass(frozen=True)
class WordWeights:
    """source and target words, and weights ``[target words, source words]``; what a row lacks to 1 lay on the
    source's end symbol and on bare spaces, which belong to no word."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: NDArray[np.float64]


def word_weights(
    translation: Translation,
    tokenizers: Tokenizers,
    *,
    source_words: Sequence[str] | None = None,
    target_words: Sequence[str] | None = None,
    places: tuple[str, str] = ("source", "target"),
) -> WordWeights:
    """Merges pieces into words: those given, which ``places`` says where they stand, or else words at spaces and
    single characters of unspaced scripts.

    Raises:
        NmtError: the model has no attention, or the given words do not spell the text.
    """
    if translation.weights is None:
        raise NmtError(
            "model", "it has no attention to look at", "attention: none is the fixed-vector baseline"
        )
    source_text = tokenizers.source.normalise(translation.source)
    # A cropped source ends where the model stopped reading; its end symbol is the last column.
    pieces = [*tokenizers.source.spans(translation.source)[: translation.weights.shape[1] - 1], NOWHERE]
    source_spans = word_spans(source_text)
    if source_words is not None:
        source_spans = token_spans(
            source_text, [tokenizers.source.normalise(word) for word in source_words], places[0]
        )
    target_spans = word_spans(translation.text)
    if target_words is not None:
        target_spans = token_spans(
            translation.text, [tokenizers.target.normalise(word) for word in target_words], places[1]
        )
    rows = [*translation.spans[:-1], NOWHERE]
    weights = merge_weights(
        translation.weights.astype(np.float64),
        membership(rows, target_spans),
        membership(pieces, source_spans),
    )
    return WordWeights(
        tuple(source_text[start:end] for start, end in source_spans),
        tuple(translation.text[start:end] for start, end in target_spans),
        weights,
    )
