"""From a model or a file of translations to scores that can be trusted."""

from dataclasses import dataclass
from pathlib import Path

from nmt.bundle import open_bundle
from nmt.config.data import Files
from nmt.data.build import read_parallel
from nmt.errors import NmtError, UsageError
from nmt.evaluation.scores import METRICS, Report, evaluate
from nmt.stages.translate_torch import load
from nmt.text.lines import read_lines


@dataclass(frozen=True)
class Evaluated:
    """The report, and the translations it is about."""

    report: Report
    translations: list[str]


def evaluate_hypothesis(
    hypothesis: Path, reference: Path, *, language: str, source: Path | None = None
) -> Evaluated:
    """Scores a file of translations.

    Raises:
        NmtError: a file is missing, or line counts differ.
    """
    translations, references = list(read_lines(hypothesis)), list(read_lines(reference))
    sources = None if source is None else list(read_lines(source))
    for path, lines in ((hypothesis, translations), (source, sources)):
        if lines is not None and len(lines) != len(references):
            raise NmtError(str(path), f"has {len(lines):,} lines, but {reference} has {len(references):,}")
    if not references:
        raise NmtError(str(reference), "is empty")
    report = evaluate(translations, references, target_language=language, metrics=METRICS, sources=sources)
    return Evaluated(report, translations)


def evaluate_model(
    model: str | Path, sources: list[str], references: list[str], *, beam: int | None = None
) -> Evaluated:
    """Translates a test set with the torch engine and scores the result."""
    translator = load(model)
    translations = translator.translate(sources, **({} if beam is None else {"beam": beam}))
    language = translator.tokenizers.target.language
    report = evaluate(translations, references, target_language=language, metrics=METRICS, sources=sources)
    return Evaluated(report, translations)


def named_test_set(model: str | Path, name: str) -> tuple[list[str], list[str]]:
    """The sources and references of a test set that the model's own config names.

    Raises:
        UsageError: it names no such set.
        NmtError: its files are missing or bad.
    """
    sets = open_bundle(model).experiment.data.test
    if name not in sets:
        known = ", ".join(sets) or "none"
        raise UsageError("--test-set", f"the model's config has no test set {name!r}", f"it has: {known}")
    return read_parallel(sets[name])


def parallel(source: Path, reference: Path) -> tuple[list[str], list[str]]:
    """Sources and references from two files."""
    return read_parallel(Files(source=str(source), target=str(reference)))
