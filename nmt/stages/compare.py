"""From files of translations and models to a comparison with the first of them."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.bundle import open_bundle
from nmt.errors import NmtError, UsageError
from nmt.evaluation.comparison import METRICS, SHOWN, Comparison
from nmt.evaluation.comparison import compare as measure
from nmt.evaluation.metrics import MetricName
from nmt.evaluation.scores import SEED
from nmt.evaluation.significance import Test
from nmt.stages.evaluate import check_lines, named_test_set, translate_all
from nmt.text.lines import read_lines
from nmt.text.normalise import is_chinese

STDIN = Path("-")


@dataclass(frozen=True)
class Compared:
    """The comparison, and notices of source lines that a model cropped."""

    comparison: Comparison
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """What every system was to translate; ``place`` names the references in errors."""

    place: str
    references: list[str]
    sources: list[str] | None


def compare(
    systems: Sequence[Path],
    *,
    reference: Path | None = None,
    source: Path | None = None,
    test_set: str | None = None,
    language: str = "",
    metrics: Sequence[MetricName] = METRICS,
    test: Test = "bs",
    samples: int | None = None,
    seed: int = SEED,
    show: int = SHOWN,
    say: Callable[[str], None] = lambda line: None,
) -> Compared:
    """Compares systems, each a file of translations (``-`` is stdin) or a MODEL, with the first of them.

    A model translates with its own config's decoding, which ``say`` tells, after every file was read.

    Raises:
        UsageError: fewer than two systems, or one twice; a text or a language is missing.
        NmtError: a file or model is missing or bad, or line counts differ.
    """
    check_systems(systems)
    models = [path for path in systems if path.is_dir()]
    if models and source is None and test_set is None:
        raise UsageError("command line", f"{models[0]} is a model: give --source, or --test-set NAME")
    language = target_language(models, language)
    text = chosen_text(models, reference=reference, source=source, test_set=test_set)
    names = shortest_names(systems)
    lines = {path: read_system(path, text) for path in systems if path not in models}
    notices: list[str] = []
    for name, path in names.items():
        if path in models:
            assert text.sources is not None  # asked for above
            say(f"translating {len(text.sources):,} lines with {name}")
            done = translate_all(path, text.sources)
            lines[path] = done.lines
            notices += (f"{name}: {notice}" for notice in done.notices)
    try:
        comparison = measure(
            {name: lines[path] for name, path in names.items()},
            text.references,
            target_language=language,
            metrics=metrics,
            sources=text.sources,
            test=test,
            samples=samples,
            seed=seed,
            show=show,
        )
    except MemoryError as error:
        raise NmtError("machine", "out of memory: all samples are held at once", "fewer --samples") from error
    return Compared(comparison, tuple(notices))


def check_systems(systems: Sequence[Path]) -> None:
    """Raises UsageError unless there are two and none is another under another name."""
    if len(systems) < 2:
        raise UsageError("command line", "give two systems or more: the first is the baseline")
    path, times = Counter(path.resolve() for path in systems).most_common(1)[0]
    if times > 1:
        again = [one for one in systems if one.resolve() == path][1]
        raise UsageError("command line", f"{again} is given twice")


def shortest_names(systems: Sequence[Path]) -> dict[str, Path]:
    """The paths by the shortest names that tell them apart: parts that all end in, or begin with, are left out.

    >>> list(shortest_names([Path("runs/dot/model"), Path("runs/general/model"), Path("out/bahdanau/model")]))
    ['dot', 'general', 'bahdanau']
    """
    parts = [path.parts for path in systems]
    while all(len(one) > 1 for one in parts) and len({one[-1] for one in parts}) == 1:
        parts = [one[:-1] for one in parts]
    kept = 1
    while len({one[-kept:] for one in parts}) < len(parts):
        kept += 1
    return {str(Path(*one[-kept:])): path for one, path in zip(parts, systems, strict=True)}


def target_language(models: Sequence[Path], given: str) -> str:
    """The language to score as: the one that was given, or else the one into which all models translate.

    Raises:
        UsageError: neither says, or the models differ.
        NmtError: a model is missing or bad.
    """
    languages = {model: open_bundle(model).experiment.languages.target for model in models}
    if given:
        return given
    if not languages:
        raise UsageError("command line", "files alone do not tell their language: give -l CODE")
    (first, language), *others = languages.items()
    for model, other in others:
        if other != language and not (is_chinese(other) and is_chinese(language)):
            what = f"{model} translates into {other}, {first} into {language}"
            raise UsageError("command line", what, "-l CODE says what to score as")
    return language


def chosen_text(
    models: Sequence[Path], *, reference: Path | None, source: Path | None, test_set: str | None
) -> Text:
    """The references, and the sources where they are known, which a command line names one way or the other.

    Raises:
        UsageError: it names neither or both, or a set that the first model's config does not have.
        NmtError: a file is missing or bad, or line counts differ.
    """
    match reference, source, test_set:
        case None, None, str() if models:
            sources, references = named_test_set(models[0], test_set)
            return Text(f"test set {test_set}", references, sources)
        case None, None, str():
            raise UsageError("--test-set", "is of a model's config, and no system is a model")
        case Path(), _, None:
            references = list(read_lines(reference))
            sources_read = None if source is None else list(read_lines(source))
            if sources_read is not None:
                check_lines(str(source), sources_read, str(reference), references)
            if not references:
                raise NmtError(str(reference), "is empty")
            return Text(str(reference), references, sources_read)
        case _:
            what = "give either --reference (and --source, if there is a model) or --test-set NAME"
            raise UsageError("command line", what)


def read_system(path: Path, text: Text) -> list[str]:
    """The translations in a file, one for each reference.

    Raises:
        NmtError: it is missing or bad, or has another number of lines.
    """
    lines = list(read_lines(sys.stdin.buffer if path == STDIN else path))
    check_lines("<stdin>" if path == STDIN else str(path), lines, text.place, text.references)
    return lines
