"""Whether systems differ by more than the luck of the test set: paired tests over the same sentences.

Philipp Koehn (2004), "Statistical Significance Tests for Machine Translation Evaluation": resample the sentences, and
see how often the systems come out further apart than they are. Stefan Riezler and John Maxwell (2005), "On Some
Pitfalls in Automatic Evaluation and Significance Testing for MT": swap the systems' outputs at random instead.
Drawing and counting are sacreBLEU's own, so scores, intervals and p are those of ``sacrebleu --paired-bs`` and
``--paired-ar``.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sacrebleu.significance import PairedTest, Result

from nmt.evaluation.metrics import MetricName, build_metric, on_scale
from nmt.evaluation.scores import RESAMPLES, SEED, check_counts, stripped

Test = Literal["bs", "ar"]

TESTS: dict[Test, str] = {"bs": "paired bootstrap resampling", "ar": "approximate randomisation"}
SAMPLES: dict[Test, int] = {"bs": RESAMPLES, "ar": 10_000}
"""sacreBLEU's own defaults."""

LEVEL = 0.05
"""A p below it is significant."""


@dataclass(frozen=True)
class Outcome:
    """One system: its score, the mean and 95 % interval of its resamples, and how it differs from the baseline.

    ``difference`` is its score less the baseline's, ``p`` two-sided; None for the baseline itself.
    """

    score: float
    mean: float
    low: float
    high: float
    difference: float | None = None
    p: float | None = None

    @property
    def significant(self) -> bool:
        """Whether it differs from the baseline by more than luck."""
        return self.p is not None and self.p < LEVEL


@dataclass(frozen=True)
class Significance:
    """One metric: the outcome of each system by name, the baseline first, and the signature of score and test."""

    metric: MetricName
    signature: str
    outcomes: dict[str, Outcome]


def paired_test(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[str],
    *,
    target_language: str,
    metric: MetricName = "bleu",
    test: Test = "bs",
    samples: int | None = None,
    seed: int = SEED,
) -> Significance:
    """Test each system's translations (by name, a line a sentence) against those of the first, the baseline.

    ``samples`` are the resamples of the bootstrap, or the trials of the randomisation [1,000 and 10,000]. sacreBLEU
    holds all of them at once: 1,000 resamples of 10,000 lines take 1.1 GB.

    >>> texts = {"base": ["a b c d e"] * 9, "same": ["a b c d e"] * 9}
    >>> paired_test(texts, ["a b c d f"] * 9, target_language="en").outcomes["same"].p
    1.0

    Raises:
        NmtError: a system has another number of lines than the references, or there is none.
        ValueError: the seed is below 1; sacreBLEU takes 0 for no seed at all.
    """
    if seed < 1:
        raise ValueError(f"a seed of {seed}: sacreBLEU's begin at 1")
    for lines in systems.values():
        check_counts(lines, references)
    texts = {name: stripped(lines) for name, lines in systems.items()}
    with _seeded(seed):
        paired = PairedTest(
            list(texts.items()),
            {metric: build_metric(metric, target_language, stripped(references))},
            references=None,  # the metric has read them
            test_type=test,
            n_samples=SAMPLES[test] if samples is None else samples,
            n_ar_confidence=RESAMPLES if test == "ar" else -1,  # the bootstrap has an interval by itself
        )
        signatures, scores = paired()
    (title, signature), *_ = signatures.items()
    outcomes = dict(zip(systems, (_outcome(metric, found) for found in scores[title]), strict=True))
    (first, baseline), *others = outcomes.items()
    for name, one in others:
        outcomes[name] = _against(baseline, one, _least(test, texts[first], texts[name]))
    return Significance(metric, signature.format(), outcomes)


def _outcome(metric: MetricName, found: str | Result) -> Outcome:
    """sacreBLEU's result, in plain floats, without its difference."""
    assert isinstance(found, Result)  # strings are only in the column of the names
    assert found.mean is not None
    assert found.ci is not None
    mean, half = float(found.mean), float(found.ci)
    low, high = on_scale(metric, mean - half), on_scale(metric, mean + half)
    return Outcome(float(found.score), mean, low, high, p=found.p_value)


def _against(baseline: Outcome, system: Outcome, least: float) -> Outcome:
    """The outcome with its difference, and a p that is possible: ``least`` or more, and 1 for equal scores.

    sacreBLEU counts the samples that are *further* apart than the systems are, not those that are *as* far. That is
    the same but for systems that are (nearly) copies, to which it gives the least p of all, 1 / (samples + 1).
    """
    difference = system.score - baseline.score
    p = 1.0 if not difference or system.p is None else max(system.p, least)
    return Outcome(system.score, system.mean, system.low, system.high, difference, p)


def _least(test: Test, baseline: Sequence[str], system: Sequence[str]) -> float:
    """The least p there can be. Of the 2^n ways to swap n lines that differ, two leave the systems as far apart; and
    every resample of a single line is that line, which says nothing of luck."""
    if len(system) == 1:
        return 1.0
    differing = sum(ours != theirs for ours, theirs in zip(baseline, system, strict=True))
    return 2.0 ** (1 - differing) if test == "ar" else 0.0


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The seed where sacreBLEU looks for it, when a test is made: in the environment, and nowhere else."""
    before = os.environ.get("SACREBLEU_SEED")
    os.environ["SACREBLEU_SEED"] = str(seed)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SACREBLEU_SEED"]
        else:
            os.environ["SACREBLEU_SEED"] = before
