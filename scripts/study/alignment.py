"""Alignment error of attention against gold links, and the question which target word a row of weights belongs to.

A query that has not yet read the last word can only ask for the next one; a query that has may describe the word just
fed. Where the rows of weights lie one step late or early, the error says so.
"""

from dataclasses import replace

import numpy as np

from nmt.alignment.error_rate import aer
from nmt.alignment.extract import diagonal, target_links
from nmt.alignment.pharaoh import read_links
from nmt.decoding.translator import Translation, Translator
from nmt.stages.align import Texts, read_texts, read_tokenised
from nmt.stages.word_weights import WordWeights, word_weights
from study.rows import Gold

SHIFTS = {"as_is": 0, "next_row": 1, "row_before": -1}
"""Which row of weights is read for a target piece: its own, that of the piece after it, or of the one before."""


def alignment_errors(translator: Translator, gold: Gold) -> dict[str, float | int | str] | None:
    """AER of the links of each target word with its most attended source word, for every shift, and the diagonal's;
    None where the model has no attention."""
    texts = _texts(translator, gold)
    links = list(read_links(gold.links))
    forced = translator.force(texts.source, texts.target)
    if any(one.weights is None for one in forced):
        return None
    errors: dict[str, float | int | str] = {"gold": str(gold.links), "pairs": len(links)}
    for name, shift in SHIFTS.items():
        words = [_words(translator, texts, row, shifted(one, shift)) for row, one in enumerate(forced)]
        errors[name] = round(aer([target_links(one.weights) for one in words], links), 4)
    floor = [diagonal(len(one.source), len(one.target)) for one in words]
    return {**errors, "diagonal": round(aer(floor, links), 4)}


def shifted(translation: Translation, by: int) -> Translation:
    """The translation with row ``t + by`` of its weights at row t, zeros where there is none."""
    assert translation.weights is not None
    weights = np.zeros_like(translation.weights)
    rows = [row for row in range(len(weights)) if 0 <= row + by < len(weights)]
    weights[rows] = translation.weights[[row + by for row in rows]]
    return replace(translation, weights=weights)


def _texts(translator: Translator, gold: Gold) -> Texts:
    if gold.words is None:
        return read_tokenised(translator, gold.source, gold.target)
    return read_texts(gold.source, gold.target, source_words=gold.words[0], target_words=gold.words[1])


def _words(translator: Translator, texts: Texts, row: int, one: Translation) -> WordWeights:
    assert texts.source_words is not None
    assert texts.target_words is not None
    return word_weights(
        one,
        translator.tokenizers,
        source_words=texts.source_words[row],
        target_words=texts.target_words[row],
        places=(f"{texts.files[0]}:{row + 1}", f"{texts.files[1]}:{row + 1}"),
    )
