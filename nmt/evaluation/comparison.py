"""Systems beside a baseline: how far apart, whether by luck, at which lengths, and in which sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nmt.evaluation.metrics import Measurement, MetricName, build_metric
from nmt.evaluation.scores import SEED, LengthScore, by_length, doubts, notices, stripped
from nmt.evaluation.sentence_differences import SentenceDifference, most_different
from nmt.evaluation.significance import SAMPLES, Outcome, Significance, Test, paired_test

METRICS: tuple[MetricName, ...] = ("bleu", "chrf")
SENTENCE_METRIC: MetricName = "chrf"  # BLEU of one sentence is 0 where no four words match
SHOWN = 5


@dataclass(frozen=True)
class System:
    """One system's translations, its scores by length, and the sentences in which it differs most."""

    name: str
    lines: list[str]
    lengths: tuple[LengthScore, ...]
    differences: tuple[SentenceDifference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All that was found of systems on one text; the first is the baseline. ``notices`` are for the person."""

    systems: tuple[System, ...]
    references: list[str]
    sources: list[str] | None
    significance: tuple[Significance, ...]
    test: Test
    samples: int
    seed: int
    notices: tuple[str, ...] = ()

    @property
    def baseline(self) -> System:
        """The first, with which each other is compared."""
        return self.systems[0]

    @property
    def length_of(self) -> Literal["source", "reference"]:
        """Whose length sorts sentences into buckets."""
        return "reference" if self.sources is None else "source"

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON.

        - ``baseline`` (a name), ``test`` (bs or ar), ``samples``, ``seed``, ``sentences`` (a count);
        - ``length_of``: source or reference;
        - ``systems``, in order, each with ``name``, ``metrics`` by name {``score``, ``signature``, ``mean``, ``low``,
          ``high``} and ``lengths`` [{``from``, ``to``, ``unit``, ``sentences``, ``metric``, ``score``}]; all but the
          baseline also have, in each metric, ``difference``, ``p``, ``significant``, and ``difference`` in each length;
        - ``differences``, each with ``system``, ``metric``, ``line`` (from 1), ``baseline_score``, ``score``,
          ``difference``, ``source`` (where known), ``reference``, ``baseline``, ``translation``.
        """
        return {
            "baseline": self.baseline.name,
            "test": self.test,
            "samples": self.samples,
            "seed": self.seed,
            "sentences": len(self.references),
            "length_of": self.length_of,
            "systems": [
                {"name": system.name, "metrics": self._metrics(system), "lengths": self._lengths(system)}
                for system in self.systems
            ],
            "differences": [
                self._difference(system, one) for system in self.systems for one in system.differences
            ],
        }

    def _metrics(self, system: System) -> dict[str, dict[str, Any]]:
        return {
            one.metric: {"signature": one.signature} | _outcome_dict(one.outcomes[system.name])
            for one in self.significance
        }

    def _lengths(self, system: System) -> list[dict[str, Any]]:
        if system is self.baseline:
            return [entry.as_dict() for entry in system.lengths]
        return [
            entry.as_dict() | {"difference": entry.score - base.score}
            for entry, base in zip(system.lengths, self.baseline.lengths, strict=True)
        ]

    def _difference(self, system: System, one: SentenceDifference) -> dict[str, Any]:
        source = {} if self.sources is None else {"source": self.sources[one.line]}
        return {
            "system": system.name,
            "metric": SENTENCE_METRIC,
            "line": one.line + 1,
            "baseline_score": one.baseline,
            "score": one.score,
            "difference": one.difference,
            **source,
            "reference": self.references[one.line],
            "baseline": self.baseline.lines[one.line],
            "translation": system.lines[one.line],
        }


def compare(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[str],
    *,
    target_language: str,
    metrics: Sequence[MetricName] = METRICS,
    sources: Sequence[str] | None = None,
    test: Test = "bs",
    samples: int | None = None,
    seed: int = SEED,
    show: int = SHOWN,
) -> Comparison:
    """Compare each system's translations (by name, a line a sentence) with those of the first, the baseline.

    Lengths are those of the sources, or of the references where there are none; by length the first of ``metrics``
    is given. ``show`` is the number of sentences that gain most, and of those that lose most, for each system.

    Raises ``NmtError`` as :func:`~nmt.evaluation.significance.paired_test` does.
    """
    significance = tuple(
        paired_test(
            systems,
            references,
            target_language=target_language,
            metric=metric,
            test=test,
            samples=samples,
            seed=seed,
        )
        for metric in metrics
    )
    texts = {name: stripped(lines) for name, lines in systems.items()}
    references = stripped(references)
    whole = build_metric(metrics[0], target_language, references)
    single = build_metric(SENTENCE_METRIC, target_language, references)
    baseline = Measurement(single, next(iter(texts.values())))
    return Comparison(
        systems=tuple(
            System(
                name=name,
                lines=lines,
                lengths=by_length(
                    metrics[0], Measurement(whole, lines), references if sources is None else sources
                ),
                differences=tuple(
                    most_different(baseline, Measurement(single, lines), len(lines), show) if show else ()
                ),
            )
            for name, lines in texts.items()
        ),
        references=references,
        sources=None if sources is None else list(sources),
        significance=significance,
        test=test,
        samples=SAMPLES[test] if samples is None else samples,
        seed=seed,
        notices=tuple(_notices(texts, references, target_language) if "bleu" in metrics else ()),
    )


def _notices(systems: Mapping[str, Sequence[str]], references: Sequence[str], language: str) -> Iterator[str]:
    yield from notices(references, language)
    for name, lines in systems.items():
        yield from (f"{name}: {doubt}" for doubt in doubts(lines))


def _outcome_dict(outcome: Outcome) -> dict[str, Any]:
    against = {} if outcome.p is None else {"significant": outcome.significant}
    return {name: value for name, value in vars(outcome).items() if value is not None} | against
