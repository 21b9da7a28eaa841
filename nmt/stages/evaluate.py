"""From a model or a file of translations to scores that can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.bundle import open_bundle
from nmt.config.data import Files
from nmt.data.build import read_parallel
from nmt.errors import NmtError, UsageError
from nmt.evaluation.scores import Report, evaluate, usual_metrics
from nmt.stages.translate_torch import load, unread
from nmt.text.lines import read_lines


@dataclass(frozen=True)
class Evaluated:
    """The report, the translations it is about, and notices of lines that were cropped."""

    report: Report
    translations: list[str]
    notices: tuple[str, ...] = ()


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
        if lines is not None:
            check_lines(str(path), lines, str(reference), references)
    if not references:
        raise NmtError(str(reference), "is empty")
    report = evaluate(
        translations, references, target_language=language, metrics=usual_metrics(language), sources=sources
    )
    return Evaluated(report, translations)


def evaluate_model(
    model: str | Path,
    sources: list[str],
    references: list[str],
    *,
    beam: int | None = None,
    silent: Sequence[str] = (),
) -> Evaluated:
    """Translates a test set with the torch engine, without the heads that shall be silent, and scores the result."""
    found = translate_all(model, sources, beam=beam, silent=silent)
    metrics = usual_metrics(found.language)
    report = evaluate(
        found.lines, references, target_language=found.language, metrics=metrics, sources=sources
    )
    return Evaluated(report, found.lines, found.notices)


@dataclass(frozen=True)
class Translated:
    """A model's translations, their language, and notices of sources that were cropped."""

    lines: list[str]
    language: str
    notices: tuple[str, ...]


def translate_all(
    model: str | Path, sources: list[str], *, beam: int | None = None, silent: Sequence[str] = ()
) -> Translated:
    """Translates a test set with the torch engine and the model's own decoding, but for the beam."""
    translator = load(model, silent=silent)
    found = [best[0] for best in translator.search(sources, **({} if beam is None else {"beam": beam}))]
    notices = tuple(unread(f"line {row}", one) for row, one in enumerate(found, start=1) if one.cropped)
    return Translated([one.text for one in found], translator.tokenizers.target.language, notices)


def check_lines(place: str, lines: list[str], reference: str, references: list[str]) -> None:
    """Raises NmtError with both counts where a text has not a line for each reference."""
    if len(lines) != len(references):
        raise NmtError(place, f"has {len(lines):,} lines, but {reference} has {len(references):,}")


def chosen_test_set(
    model: Path | None, name: str | None, source: Path | None, reference: Path | None
) -> tuple[Path, list[str], list[str]]:
    """The model, its source lines and their references, which a command line names one way or the other.

    Raises:
        UsageError: it names neither or both, or a set that the model's config does not have.
        NmtError: a file is missing or bad.
    """
    match model, name, source, reference:
        case Path(), str(), None, None:
            return model, *named_test_set(model, name)
        case Path(), None, Path(), Path():
            return model, *parallel(source, reference)
        case _:
            what = "give MODEL and either --test-set NAME or both --source and --reference"
            raise UsageError("command line", what)


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
