"""The mean of a run's checkpoints, or of several models, as a bundle of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.bundle import CARD, CONFIG, MANIFEST, WEIGHTS, Bundle, open_bundle, sha256, write_bundle
from nmt.config.differences import identity_differences
from nmt.errors import NmtError, UsageError
from nmt.models.average import average_weights
from nmt.stages.run_folder import AVERAGE
from nmt.training.checkpoint import load_progress
from nmt.training.folder import fresh_folder

DEFAULT_LAST = 5


@dataclass(frozen=True)
class Averaged:
    """Where the mean lies, the steps that it is of (None where a model does not know its own), and a notice."""

    path: Path
    steps: tuple[int | None, ...]
    notice: str = ""


@dataclass(frozen=True)
class Choice:
    """The folders to average, oldest first, what chose them, and how many were wanted."""

    folders: tuple[Path, ...]
    by: str
    wanted: int


def average(
    models: Sequence[Path],
    *,
    last: int | None = None,
    best: int | None = None,
    out: Path | None = None,
    force: bool = False,
) -> Averaged:
    """Averages the last, or the best, checkpoints of one run, or several models.

    Raises:
        UsageError: the arguments do not fit together.
        NmtError: nothing to average, models that differ, a damaged file, or an output that is in the way.
    """
    target = _target(models, out, force=force)
    choice = _choose(models, last, best)
    bundles = [open_bundle(folder) for folder in choice.folders]
    for bundle in bundles[1:]:
        _refuse_another(bundle, bundles[0])
    newest, steps = bundles[-1], tuple(bundle.card.get("step") for bundle in bundles)
    with fresh_folder(target) as folder:
        average_weights([bundle.weights for bundle in bundles], folder / WEIGHTS)
        card = {"step": steps[-1], "averaged": {"by": choice.by, "steps": steps}}
        write_bundle(folder, experiment=newest.experiment, tokenizers=newest.tokenizers(), card=card)
    return Averaged(target, steps, _notice(choice))


def _target(models: Sequence[Path], out: Path | None, *, force: bool) -> Path:
    """Where the mean goes; asked before any work."""
    if out is None and len(models) > 1:
        raise UsageError("command line", "the mean of several models needs -o OUT")
    target = models[0] / AVERAGE if out is None else out
    if not target.exists():
        return target
    if not force:
        raise NmtError(str(target), "exists already", "--force overwrites it")
    if not (target / MANIFEST).is_file() or "averaged" not in open_bundle(target).card:
        raise NmtError(str(target), "is no averaged model: it is not overwritten", "give another -o")
    return target


def _choose(models: Sequence[Path], last: int | None, best: int | None) -> Choice:
    if last is not None and best is not None:
        raise UsageError("command line", "give --last or --best, not both")
    if len(models) > 1:
        if last is not None or best is not None:
            raise UsageError("command line", "--last and --best choose among the checkpoints of one run")
        return Choice(tuple(models), "given", len(models))
    checkpoints = _checkpoints(models[0])
    if best is not None:
        return _best(models[0], checkpoints, best)
    wanted = last or DEFAULT_LAST
    return Choice(tuple(list(checkpoints.values())[-wanted:]), "last", wanted)


def _checkpoints(run: Path) -> dict[int, Path]:
    """Step -> folder, oldest first."""
    if not run.exists():
        raise NmtError(str(run), "no such run", "give a run, or several models")
    found = {
        int(number): path
        for path in (run / "checkpoints").glob("step-*")
        if (number := path.name.removeprefix("step-")).isdigit()
    }
    if not found:
        raise NmtError(str(run), "has no checkpoints to average", "give a run, or several models")
    return dict(sorted(found.items()))


def _best(run: Path, checkpoints: dict[int, Path], wanted: int) -> Choice:
    """The checkpoints of the best validations, in the order that the run itself keeps."""
    newest = list(checkpoints.values())[-1]
    name, progress = open_bundle(newest).experiment.training.best, load_progress(newest)
    best = progress.best_steps(len(progress.history))
    steps = [step for step in best if step in checkpoints][:wanted]
    if not steps:
        what = f"tells the {name} of no checkpoint that is there"
        raise NmtError(str(newest), what, "--last N goes by the steps alone")
    return Choice(tuple(checkpoints[step] for step in sorted(steps)), name, wanted)


def _refuse_another(bundle: Bundle, first: Bundle) -> None:
    """Raises NmtError where two models' weights do not mean the same."""
    place = str(bundle.folder)
    changes = identity_differences(first.experiment, bundle.experiment)
    if model := [change for change in changes if change.startswith("model.")]:
        raise NmtError(place, f"is another model than {first.folder}: {'; '.join(model)}")
    if _vocabulary(bundle) != _vocabulary(first):
        raise NmtError(place, f"has another vocabulary than {first.folder}")


def _vocabulary(bundle: Bundle) -> dict[str, str]:
    """The digests of the tokenizer's files."""
    own = (CONFIG, WEIGHTS, CARD, MANIFEST)
    return {
        path.name: sha256(path) for path in bundle.folder.iterdir() if path.is_file() and path.name not in own
    }


def _notice(choice: Choice) -> str:
    count = len(choice.folders)
    if count == choice.wanted:
        return ""
    found = "1 checkpoint" if count == 1 else f"{count} checkpoints"
    return f"the run has {found} to choose from, not {choice.wanted}: training.keep_last keeps more"
