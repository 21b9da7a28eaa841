"""A comparison as a person reads it: one table a metric, one of lengths, then the sentences that differ most."""

from collections.abc import Iterator

from nmt.evaluation.comparison import SENTENCE_METRIC, Comparison, System
from nmt.evaluation.metrics import TITLES
from nmt.evaluation.sentence_differences import SentenceDifference
from nmt.evaluation.significance import LEVEL, TESTS, Outcome, Significance
from nmt.text.normalise import one_line


def comparison_text(comparison: Comparison) -> str:
    """The whole comparison as lines for a terminal."""
    lines: list[str] = []
    for one in comparison.significance:
        lines += [*_scores(one, _labels(comparison)), ""]
    lines += [*_footnote(comparison), "", *_lengths(comparison)]
    for system in comparison.systems:
        lines += _sentences(comparison, system)
    return "\n".join(lines) + "\n"


def _labels(comparison: Comparison) -> list[str]:
    """The names, in columns of one width, the baseline marked as such."""
    first, *others = (system.name for system in comparison.systems)
    names = [f"{first} (baseline)", *others]
    width = max(map(len, [*names, "sentences"]))
    return [f"{name:<{width}}" for name in names]


def _scores(one: Significance, labels: list[str]) -> Iterator[str]:
    """One metric: a row for each system, and the signature."""
    yield f"{TITLES[one.metric]:<{len(labels[0])}}   score    95 % interval  difference       p"
    for label, outcome in zip(labels, one.outcomes.values(), strict=True):
        interval = f"[{outcome.low:.2f}, {outcome.high:.2f}]"
        yield f"{label}  {outcome.score:6.2f}{interval:>17}{_against(outcome)}"
    yield f"  {one.signature}"


def _against(outcome: Outcome) -> str:
    """What a row says of the baseline; nothing in the row of the baseline itself."""
    if outcome.difference is None:
        return ""
    return f"{outcome.difference:>+12.2f}  {outcome.p:6.4f}{' *' if outcome.significant else ''}"


def _footnote(comparison: Comparison) -> Iterator[str]:
    yield f"* differs from {comparison.baseline.name} (baseline) at p < {LEVEL}"
    yield f"  {TESTS[comparison.test]}, {comparison.samples:,} samples, seed {comparison.seed}"
    if any(one.metric == "ter" for one in comparison.significance):
        yield "  the less TER the better"
    others = len(comparison.systems) - 1
    if others > 1:
        yield f"  p is of each pair alone: of {others} comparisons some may pass by luck"


def _lengths(comparison: Comparison) -> Iterator[str]:
    """The baseline's scores by length, and under them the differences of each other system."""
    labels, baseline = _labels(comparison), comparison.baseline.lengths
    heads = [f"{entry.bucket.first}-{entry.bucket.last}" for entry in baseline]
    width = max(map(len, [*heads, "+00.00"])) + 2
    first = baseline[0]
    yield f"{TITLES[first.metric]} by length: {first.bucket.unit} of the {comparison.length_of}"
    yield " " * len(labels[0]) + "".join(f"{head:>{width}}" for head in heads)
    counts = "".join(f"{len(entry.bucket.lines):>{width},}" for entry in baseline)
    yield f"{'sentences':<{len(labels[0])}}{counts}"
    yield labels[0] + "".join(f"{entry.score:>{width}.2f}" for entry in baseline)
    for label, system in zip(labels[1:], comparison.systems[1:], strict=True):
        pairs = zip(system.lengths, baseline, strict=True)
        yield label + "".join(f"{entry.score - base.score:>+{width}.2f}" for entry, base in pairs)


def _sentences(comparison: Comparison, system: System) -> Iterator[str]:
    """Where a system gains and loses most, with everything that was said there."""
    title, name = f"{TITLES[SENTENCE_METRIC]} of one sentence", comparison.baseline.name
    for verb, sign in (("gains most over", 1), ("loses most to", -1)):
        shown = [one for one in system.differences if one.difference * sign > 0]
        if shown:
            yield from ("", f"{system.name} {verb} {name} ({title})")
        for one in shown:
            yield from _sentence(comparison, system, one)


def _sentence(comparison: Comparison, system: System, one: SentenceDifference) -> Iterator[str]:
    baseline = comparison.baseline
    texts = {
        "reference": comparison.references[one.line],
        f"{baseline.name} {one.baseline:.1f}": baseline.lines[one.line],
        f"{system.name} {one.score:.1f}": system.lines[one.line],
    }
    if comparison.sources is not None:
        texts = {"source": comparison.sources[one.line], **texts}
    width = max(map(len, texts))
    yield from ("", f"line {one.line + 1:,}: {one.difference:+.1f}")
    for label, text in texts.items():
        yield f"  {label:<{width}}  {one_line(text)}"
