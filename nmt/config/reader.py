"""A YAML file, its base and the command line's ``--set`` become an ``Experiment``; errors all at once."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from nmt.config.crosscheck import crosscheck
from nmt.config.document import Place, Problem, Refused, Tree, Unreadable, parse
from nmt.config.experiment import Experiment
from nmt.config.merge import overlay
from nmt.config.messages import dotted, problems
from nmt.config.writing import render
from nmt.errors import ConfigErrors, UsageError

MAX_BYTES = 256 * 1024
_BASE, _SET = 1, 2  # the file's own problems come first, then its base's, then the command line's


def read(path: str | Path, overrides: Sequence[str] = (), *, inherit: bool = True) -> Experiment:
    """The experiment that a file describes, with ``a.b=c`` overrides of its resolved keys.

    ``base: other.yaml`` at the top inherits from another file, one level deep; that path alone is relative to
    the file that names it.  Paths of data stay as written: relative to the folder the command runs in.
    Without ``inherit`` a ``base`` is an error: a config from a stranger leads to no other file.

    Raises:
        ConfigErrors: every problem of the file, its base and the overrides, in order of place.
        UsageError: the file is missing or cannot be read.
    """
    found: list[Problem] = []
    try:
        tree = _load(path, found)
        tree = _inherit(tree, Path(path), found) if inherit else tree
        tree = overlay(tree, _overrides(overrides, found), Experiment, on_defaults=True)
    except Unreadable as error:
        raise ConfigErrors(str(path), (*_lines(found), str(error.problem))) from None
    experiment = _validate(tree, found)
    if experiment is None or found:
        raise ConfigErrors(str(path), _lines(found))
    return experiment


def check(paths: Sequence[str | Path]) -> None:
    """Read every file.  Raises ``ConfigErrors`` with the problems of all of them."""
    wrong: list[str] = []
    places: list[str] = []
    for path in paths:
        try:
            read(path)
        except ConfigErrors as error:
            wrong += error.problems
            places.append(error.place)
        except UsageError as error:
            wrong.append(str(error))
            places.append(error.place)
    if wrong:
        raise ConfigErrors(", ".join(places), tuple(wrong))


def dump(experiment: Experiment) -> str:
    """The resolved YAML, every key given, in schema order; ``read`` reads it back equal."""
    return render(experiment, comments=False)


def _lines(found: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(str(problem) for problem in sorted(found, key=lambda problem: problem.place.order))


def _load(path: str | Path, found: list[Problem], rank: int = 0) -> Tree:
    tree, problems_here = parse(_text(path, rank), str(path), rank=rank)
    found += problems_here
    if not isinstance(tree.value, dict):
        what = "expected a mapping of sections (languages, data, model, training, ...)"
        raise Unreadable(Problem(tree.place, "", what))
    return tree


def _text(path: str | Path, rank: int) -> str:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(str(path), (error.strerror or "cannot be read").lower(), _neighbour(path)) from None
    if len(data) > MAX_BYTES:
        what = f"longer than {MAX_BYTES // 1024} KiB: this is no configuration"
        raise Unreadable(Problem(Place(str(path), 1, 1, rank), "", what))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        place = Place(str(path), data.count(b"\n", 0, error.start) + 1, error.start - start + 1, rank)
        raise Unreadable(Problem(place, "", f"not UTF-8 (byte 0x{data[error.start]:02x})")) from None


def _neighbour(path: str | Path) -> str:
    """A hint that names a file of similar name in the same folder."""
    folder = Path(path).parent
    names = sorted(entry.name for entry in folder.glob("*.y*ml")) if folder.is_dir() else []
    close = get_close_matches(Path(path).name, names, n=1, cutoff=0.75)
    return f"did you mean {str(folder / close[0])!r}?" if close and close[0] != Path(path).name else ""


def _inherit(tree: Tree, path: Path, found: list[Problem]) -> Tree:
    """The tree over the file that its ``base`` names; the key itself disappears."""
    if "base" not in tree.value:
        return tree
    named = tree.value.pop("base")
    place = named.place
    if named.value is Refused.VALUE:
        return tree
    if not isinstance(named.value, str) or not named.value:
        found.append(Problem(place, "base", "expected the name of a configuration file"))
        return tree
    try:
        base = _load(path.parent / named.value, found, _BASE)
    except UsageError as error:
        found.append(Problem(place, "base", f"{error.place}: {error.what}", error.hint))
        return tree
    if "base" in base.value:
        found.append(
            Problem(base.keys["base"], "base", "a base has no base of its own", "one level is inherited")
        )
        del base.value["base"]
    return overlay(base, tree, Experiment)


def _overrides(texts: Sequence[str], found: list[Problem]) -> Tree:
    """All overrides as one tree, later ones upon earlier ones.

    They are united before they meet the file, so that a new ``type`` and its keys may come in any order.
    """
    united = Tree({}, Place("--set", rank=_SET))
    for order, text in enumerate(texts):
        try:
            united = overlay(united, _override(text, _SET + order, found), None)
        except Unreadable as error:
            found.append(error.problem)
    return united


def _override(text: str, rank: int, found: list[Problem]) -> Tree:
    """``a.b=c`` as a tree of its own, each part of it at the place ``--set a.b=c``."""
    place = Place(f"--set {text}", rank=rank)
    dotted_key, equals, value = text.partition("=")
    keys = dotted_key.strip().split(".")
    if not equals or not all(keys):
        raise Unreadable(Problem(place, "", "expected section.key=value", "as in training.max_steps=1000"))
    if not value.strip():
        raise Unreadable(Problem(place, "", "no value after '='", "null for none, '' for empty text"))
    tree, problems_here = parse(value, place.source, place=place, path=dotted_key.strip())
    found += problems_here
    for key in reversed(keys):
        tree = Tree({key: tree}, place, {key: place})
    return tree


def _validate(tree: Tree, found: list[Problem]) -> Experiment | None:
    """The experiment, with cross-checks done; problems are added to ``found``.

    Unknown keys do not hide a contradiction among the known ones; wrong and missing values do.
    """
    try:
        experiment = Experiment.model_validate(tree.plain())
    except ValidationError as error:
        found += problems(error, tree, Experiment)
        try:
            experiment = Experiment.model_validate(tree.plain(), extra="ignore")
        except ValidationError:
            return None
    for finding in crosscheck(experiment):
        found.append(Problem(_place(tree, finding.path), dotted(finding.path), finding.what, finding.hint))
    return experiment


def _place(tree: Tree, path: Sequence[str]) -> Place:
    """The place of the value at ``path``, or of the deepest mapping above it where the value is a default."""
    for key in path:
        if not (isinstance(tree.value, dict) and key in tree.value):
            break
        tree = tree.value[key]
    return tree.place
