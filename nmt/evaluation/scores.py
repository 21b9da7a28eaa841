"""Hypotheses and references in, a report out: scores with signatures and intervals, by length, and faults.

Numbers and signatures are those of the ``sacrebleu`` program on the same files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nmt.errors import NmtError
from nmt.evaluation.counters import HAN_TEXT, Count, count_faults, length_ratio
from nmt.evaluation.length_buckets import Bucket, buckets
from nmt.evaluation.metrics import TITLES, Measurement, MetricName, bleu_tokenizer, build_metric, on_scale
from nmt.text.normalise import is_spaceless

METRICS: tuple[MetricName, ...] = ("bleu", "chrf", "ter")
CASED: tuple[MetricName, ...] = ("bleu", "bleu_lc", "chrf", "ter")
RESAMPLES = 1000
SEED = 12345
"""sacreBLEU's own defaults, so that the interval is the program's too."""


TOKENISED = 100
"""So many lines that end in a space and a full stop were forgotten to be detokenised."""


@dataclass(frozen=True)
class Score:
    """One metric: the plain program's score and signature, and the 95 % interval (None if not asked for)."""

    score: float
    signature: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class LengthScore:
    """The score of the sentences in one bucket."""

    bucket: Bucket
    metric: MetricName
    score: float

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON: ``from`` and ``to`` in ``unit``, ``sentences``, ``metric`` and ``score``."""
        bucket = self.bucket
        return {
            "from": bucket.first,
            "to": bucket.last,
            "unit": bucket.unit,
            "sentences": len(bucket.lines),
            "metric": self.metric,
            "score": self.score,
        }


@dataclass(frozen=True)
class Report:
    """All that was measured on one set of translations; ``notices`` are for the person, not for the JSON."""

    sentences: int
    metrics: dict[MetricName, Score]
    lengths: tuple[LengthScore, ...]
    counters: dict[str, Count]
    length_ratio: float
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON: ``metrics`` by name, ``lengths`` in order, ``counters`` by name."""
        return {
            "sentences": self.sentences,
            "metrics": {name: _without_none(vars(score)) for name, score in self.metrics.items()},
            "lengths": [entry.as_dict() for entry in self.lengths],
            "counters": {name: vars(count) for name, count in self.counters.items()}
            | {"length_ratio": self.length_ratio},
        }


def evaluate(
    hypotheses: Sequence[str],
    references: Sequence[str],
    *,
    target_language: str,
    metrics: Sequence[MetricName] = METRICS,
    sources: Sequence[str] | None = None,
    bootstrap: int = RESAMPLES,
    seed: int = SEED,
) -> Report:
    """Score translations against one reference each, in every way that a reader of a paper asks for.

    ``bootstrap`` is the number of resamples for the intervals, 0 for none. Lengths are those of the sources,
    or of the references where there are none; by length the first of ``metrics`` is given.

    Raises ``NmtError`` with both counts when they differ, and for no sentence at all.
    """
    check_counts(hypotheses, references, sources)
    hypotheses, references = stripped(hypotheses), stripped(references)
    measured = {
        name: Measurement(build_metric(name, target_language, references), hypotheses) for name in metrics
    }
    first = next(iter(measured.items()), None)
    return Report(
        sentences=len(references),
        metrics={name: _score(name, part, bootstrap, seed) for name, part in measured.items()},
        lengths=by_length(*first, references if sources is None else sources) if first else (),
        counters=count_faults(hypotheses, references, sources, target_language),
        length_ratio=length_ratio(hypotheses, references),
        notices=(*notices(references, target_language), *doubts(hypotheses)) if "bleu" in measured else (),
    )


def usual_metrics(language: str) -> tuple[MetricName, ...]:
    """What is told of a test set: BLEU also of lower-cased text, as papers do, but where a script has no case."""
    return METRICS if is_spaceless(language) else CASED


def score_text(report: Report) -> str:
    """The report as lines for a terminal of 80 columns."""
    lines: list[str] = []
    for name, score in report.metrics.items():
        interval = "" if score.low is None else f"   95 %: {score.low:.2f} to {score.high:.2f}"
        lines += [f"{TITLES[name]:<8}{score.score:6.2f}{interval}", f"        {score.signature}"]
    if report.lengths:
        first = report.lengths[0]
        lines += ["", f"{first.bucket.unit:<22}{'sentences':>10}{TITLES[first.metric]:>9}"]
        lines += [f"{_range(e.bucket):<22}{len(e.bucket.lines):>10}{e.score:>9.2f}" for e in report.lengths]
    lines += ["", f"{'lines that are / have':<22}{'count':>10}{'share':>9}"]
    for fault, count in report.counters.items():
        lines.append(f"{fault.replace('_', ' '):<22}{count.count:>10}{count.share:>9.2%}")
    lines.append(f"{'length ratio':<22}{report.length_ratio:>10.3f}")
    return "\n".join(lines) + "\n"


def check_counts(
    hypotheses: Sequence[str], references: Sequence[str], sources: Sequence[str] | None = None
) -> None:
    """Raises ``NmtError`` with both counts when they differ, and for no sentence at all."""
    if len(hypotheses) != len(references):
        raise NmtError("evaluation", f"{len(hypotheses)} translations, {len(references)} references")
    if sources is not None and len(sources) != len(references):
        raise NmtError("evaluation", f"{len(sources)} sources, {len(references)} references")
    if not references:
        raise NmtError("evaluation", "there is no sentence to score")


def notices(references: Sequence[str], target_language: str) -> Iterator[str]:
    """What makes a BLEU less than it seems."""
    tokenizer, notice = bleu_tokenizer(target_language)
    if notice:
        yield notice
    han = sum(1 for line in references if HAN_TEXT.search(line))
    if tokenizer == "13a" and 2 * han > len(references):
        yield f"the references are in Han characters, which {tokenizer} does not split: is this {target_language!r}?"


def doubts(hypotheses: Sequence[str]) -> Iterator[str]:
    """What the translations themselves say against their BLEU: sacreBLEU's own warning, at the same mark."""
    spaced = sum(line.endswith(" .") for line in hypotheses)
    if spaced >= TOKENISED:
        yield f"{spaced:,} lines end in ' .', as tokenised text does: BLEU is meant for detokenised text"


def stripped(lines: Sequence[str]) -> list[str]:
    """Strip the ends of lines, as the program does when it reads them."""
    return [line.rstrip() for line in lines]


def _score(name: MetricName, part: Measurement, bootstrap: int, seed: int) -> Score:
    if bootstrap == 0:
        return Score(part.score(), part.signature)
    low, high = (on_scale(name, end) for end in part.interval(bootstrap, seed))
    return Score(part.score(), part.signature, low, high)


def by_length(name: MetricName, measured: Measurement, lines: Sequence[str]) -> tuple[LengthScore, ...]:
    """Scores of one metric, bucket by bucket; ``lines`` are those whose length counts."""
    return tuple(LengthScore(bucket, name, measured.score_of(bucket.lines)) for bucket in buckets(lines))


def _range(bucket: Bucket) -> str:
    return f"{bucket.first} to {bucket.last}"


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
