"""The erase test: does the model rely on the word that it looks at?

A target piece is forced, and one source word is hidden behind unknown pieces: the word most attended to when that piece
was due, or any other word. What the piece loses in log-probability says how much the model relied on the word (after
Li, Monroe and Jurafsky 2016; that weights alone do not say so: Jain and Wallace 2019).
"""

from dataclasses import dataclass
from random import Random
from statistics import fmean, stdev

import numpy as np

from nmt.alignment.merge import membership
from nmt.alignment.words import word_spans
from nmt.decoding.translator import Translator
from nmt.text.special import UNK

SENTENCES, STEPS, SEED = 200, 5, 1


@dataclass(frozen=True)
class Trial:
    """One target piece of one sentence, and two source words to hide, each as its places among the pieces."""

    sentence: int
    step: int
    most: tuple[int, ...]
    other: tuple[int, ...]


def erase(
    translator: Translator,
    sources: list[str],
    references: list[str],
    *,
    sentences: int = SENTENCES,
    steps: int = STEPS,
    seed: int = SEED,
) -> dict[str, float] | None:
    """The mean drop of both kinds, and their difference with its 95 % interval over sentences; None where the model
    has no attention."""
    dice = Random(seed)
    rows = sorted(dice.sample(range(len(sources)), min(sentences, len(sources))))
    tokenizers = translator.tokenizers
    pieces = [tokenizers.source.encode(sources[row]) for row in rows]
    targets = [tokenizers.target.encode(references[row]) for row in rows]
    words = [words_of(translator, sources[row]) for row in rows]
    plain = translator.engine.force(pieces, targets)
    weights = [one.weights for one in plain if one.weights is not None]
    if len(weights) < len(plain):
        return None
    trials = [
        trial
        for number in range(len(rows))
        for trial in _trials(number, weights[number], words[number], steps, dice)
    ]
    hidden = [
        _without(pieces[trial.sentence], places) for trial in trials for places in (trial.most, trial.other)
    ]
    found = translator.engine.force(hidden, [targets[trial.sentence] for trial in trials for _ in range(2)])
    drops: dict[int, list[tuple[float, float]]] = {}
    for trial, most, other in zip(trials, found[::2], found[1::2], strict=True):
        before = plain[trial.sentence].token_scores[trial.step]
        drop = (before - most.token_scores[trial.step], before - other.token_scores[trial.step])
        drops.setdefault(trial.sentence, []).append(drop)
    return _summary(drops) if drops else None


def words_of(translator: Translator, line: str) -> list[tuple[int, ...]]:
    """For each word of a source the places of its pieces; a piece astride two words belongs to both."""
    tokenizer = translator.tokenizers.source
    shares = membership(tokenizer.spans(line), word_spans(tokenizer.normalise(line)))
    return [places for word in shares if (places := tuple(map(int, np.flatnonzero(word))))]


def _trials(
    sentence: int, weights: np.ndarray, words: list[tuple[int, ...]], steps: int, dice: Random
) -> list[Trial]:
    """Some steps of one sentence (not that of its end), each with its most attended word and another."""
    if len(words) < 2:
        return []
    trials = []
    for step in sorted(dice.sample(range(len(weights) - 1), min(steps, len(weights) - 1))):
        attended = [float(weights[step, list(places)].sum()) for places in words]
        most = int(np.argmax(attended))
        other = dice.choice([word for word in range(len(words)) if word != most])
        if attended[most] > 0:
            trials.append(Trial(sentence, step, words[most], words[other]))
    return trials


def _without(pieces: list[int], places: tuple[int, ...]) -> list[int]:
    return [UNK if place in places else piece for place, piece in enumerate(pieces)]


def _summary(drops: dict[int, list[tuple[float, float]]]) -> dict[str, float]:
    """Steps of a sentence are not independent, so the interval is over the sentences' means."""
    every = [drop for of_one in drops.values() for drop in of_one]
    most, other = fmean(drop[0] for drop in every), fmean(drop[1] for drop in every)
    means = [fmean(one[0] - one[1] for one in of_one) for of_one in drops.values()]
    half = 1.96 * stdev(means) / len(means) ** 0.5 if len(means) > 1 else float("inf")
    return {
        "most": round(most, 4),
        "other": round(other, 4),
        "difference": round(fmean(means), 4),
        "half_interval": round(half, 4),
        "sentences": len(drops),
        "steps": len(every),
    }
