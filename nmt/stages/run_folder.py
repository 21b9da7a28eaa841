"""What a run leaves on disk, beside checkpoints: config, environment, metrics, log and curves."""

import json
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import Any

import torch

from nmt.bundle import copy_bundle, verify
from nmt.config.experiment import Experiment
from nmt.config.reader import dump
from nmt.errors import NmtError, UsageError
from nmt.pictures import curves
from nmt.stages.run_lock import LOCK
from nmt.training.events import Event, Finished, Logged, Skipped, Split, Validated
from nmt.training.folder import recover
from nmt.training.progress import Progress
from nmt.training.reach import GradientByDistance

PACKAGES = ("nmt", "torch", "numpy", "sentencepiece", "sacrebleu", "datasets", "safetensors")
ENVIRONMENT = "environment.json"  # what marks a folder as a run's
AVERAGE = "average"  # where the mean of checkpoints goes, unless told otherwise
ASIDE = ".replaced"
DRAW_EVERY = 20.0  # seconds at least from one drawing of the curves to the next, while it trains
OWN = (
    "config.yaml",
    ENVIRONMENT,
    "metrics.jsonl",
    "train.log",
    "curves.png",
    "attention.png",  # the quickstart's, or an SVG where no font has the characters
    "attention.svg",
    "checkpoints",
    "model",
    AVERAGE,
    "data",
)


class RunFolder:
    """The files of ``runs/NAME``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints, self.model, self.data = path / "checkpoints", path / "model", path / "data"
        self.aside = path / ASIDE
        self.metrics, self.log = path / "metrics.jsonl", path / "train.log"
        self._drawn = monotonic()  # when the curves last were, or might have been

    def set_aside(self) -> None:
        """Sets aside what a run left here, and nothing else, until another has begun.

        Raises:
            UsageError: the folder holds other things: it is no run's.
        """
        entries = sorted(entry for entry in self.path.iterdir() if entry.name != LOCK)
        if strangers := [entry.name for entry in entries if not _is_own(entry, began=self._began())]:
            raise UsageError(str(self.path), f"is no run: it holds {strangers[0]!r}", "give another --out")
        self.aside.mkdir(exist_ok=True)
        for entry in entries:
            entry.rename(self.aside / entry.name)

    def restore(self) -> None:
        """Puts back what was set aside for a run that did not begin."""
        if not self.aside.is_dir():
            return
        for entry in self.path.iterdir():
            if entry.name not in (LOCK, ASIDE):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for entry in self.aside.iterdir():
            entry.rename(self.path / entry.name)
        self.aside.rmdir()

    def sweep(self) -> None:
        """Puts a folder in order that a process left when it died. It is locked: nobody else is at it."""
        if self._began():
            shutil.rmtree(self.aside, ignore_errors=True)
        self.restore()
        lefts = [*self.data.glob(".table-*")]
        if self._began():  # else the folder may be anybody's
            lefts += [*self.path.glob(".*.tmp"), *self.checkpoints.glob(".*.tmp")]
        for left in lefts:
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def begin(self, experiment: Experiment, environment: Mapping[str, Any], progress: Progress) -> None:
        """Writes what the run is made of, the environment first: it is what marks a folder as a run. What a process
        that died left half-written, or told of updates that will be made again, goes."""
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(environment, ensure_ascii=False, indent=2)
        _replace(self.path / ENVIRONMENT, text + "\n")
        _replace(self.path / "config.yaml", dump(experiment))
        shutil.rmtree(self.aside, ignore_errors=True)
        self._rewind(progress)
        recover(self.model)

    def mend_model(self, best: Path, say: Callable[[str], None]) -> None:
        """Takes the best model from its checkpoint where the one that is kept is damaged or gone."""
        try:
            verify(self.model)
        except NmtError as error:
            if best.is_dir():
                say(f"warning: {error}; taken anew from {best.name}")
                shutil.rmtree(self.model, ignore_errors=True)
                copy_bundle(best, self.model)

    def environment(self) -> dict[str, Any]:
        """What :meth:`begin` was told."""
        try:
            told: dict[str, Any] = json.loads((self.path / ENVIRONMENT).read_text(encoding="utf-8"))
            told["data"].items()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NmtError(str(self.path / ENVIRONMENT), "cannot be read", "--fresh starts anew") from error
        return told

    def _rewind(self, progress: Progress) -> None:
        """Drops the metrics after a step: those updates and validations will be made, and told, again."""
        rows = [
            row
            for row in self.rows()
            if row["step"] <= (progress.validated if row["type"] == "validation" else progress.step)
        ]
        if self.metrics.exists():
            _replace(self.metrics, "".join(_line(row) for row in rows))

    def rows(self) -> list[dict[str, Any]]:
        """The metrics so far; what a crash left of a line is left out."""
        if not self.metrics.exists():
            return []
        lines = self.metrics.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        return [row for line in lines if (row := _row(line)) is not None]

    def note(self, event: Event) -> None:
        """Appends an event to metrics and log, and draws the curves where there is something new to see."""
        row = metrics_row(event)
        if row is not None:
            with self.writing(), self.metrics.open("a", encoding="utf-8") as file:
                file.write(_line(row))
        if isinstance(event, Finished) or (isinstance(event, Validated) and self._waited()):
            with suppress(NmtError):  # nothing to draw yet: no reason to end a training
                curves.draw(self.rows(), self.path / "curves.png", title=self.path.name)
            self._drawn = monotonic()

    def _waited(self) -> bool:
        return monotonic() - self._drawn > DRAW_EVERY

    def say(self, line: str) -> None:
        """Appends a line to the log."""
        with self.writing(), self.log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Says of what the disk refuses that it was the run's."""
        try:
            yield
        except OSError as error:
            what = f"cannot be written: {(error.strerror or str(error)).lower()}"
            raise NmtError(error.filename or str(self.path), what, "the same command goes on") from error

    def _began(self) -> bool:
        """Whether a run is here that had more than tables of its data when it died."""
        return (self.path / ENVIRONMENT).is_file() or (self.checkpoints / "last").is_file()


def metrics_row(event: Event) -> dict[str, Any] | None:
    """The line of ``metrics.jsonl`` for an event, or None where it has none."""
    match event:
        case Logged():
            return {
                "type": "train",
                "step": event.step,
                "epoch": event.epoch,
                "loss": round(event.loss, 6),
                "nll": round(event.nll, 6),
                "lr": event.lr,
                "grad_norm": round(event.grad_norm, 6),
                "grad_norms": {name: round(norm, 6) for name, norm in event.norms.items()},
                "skipped": event.skipped,
                "tokens_per_second": round(event.tokens_per_second, 1),
                "seconds": round(event.seconds, 1),
            }
        case Validated(validation=validation):
            return {
                "type": "validation",
                "step": event.step,
                "loss": round(validation.loss, 6) if isfinite(validation.loss) else None,
                **{name: round(score, 4) for name, score in validation.scores.items()},
                "best": event.improved,
                **_reach(validation.reach),
                "seconds": round(event.seconds, 1),
            }
        case Skipped(step=step, why=why, lines=lines):
            return {"type": "skipped", "step": step, "why": why, "lines": list(lines)}
        case Split(step=step, parts=parts, dropped=dropped):
            return {"type": "split", "step": step, "parts": parts, "dropped": list(dropped)}
        case _:
            return None


def _reach(reach: GradientByDistance | None) -> dict[str, list[float]]:
    """Gradient norms by distance from the sentence's end, to four digits."""
    return {} if reach is None else {"gradient_by_distance": [float(f"{norm:.4g}") for norm in reach.norms]}


def environment(
    *, seed: int, threads: int, bf16: bool, data: Mapping[str, str], processes: int = 1
) -> dict[str, Any]:
    """What a run's exactness depends on: versions, machine, seed, processes, threads of each, number format and the
    data's hashes."""
    return {
        "command": sys.argv,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": torch.backends.cpu.get_cpu_capability(),
        "packages": {name: version(name) for name in PACKAGES},
        "processes": processes,
        "torch_threads": threads,
        "interop": torch.get_num_interop_threads(),
        "precision": "bf16" if bf16 else "fp32",
        "seed": seed,
        "data": dict(data),
    }


def _is_own(entry: Path, *, began: bool) -> bool:
    """Whether an entry of a run's folder is the run's, what a killed process left half-written included."""
    if entry.name == ASIDE:
        return True
    if entry.name == "data":
        return entry.is_dir() and all(
            table.name.removeprefix(".").startswith("table-") for table in entry.iterdir()
        )
    left = entry.name.startswith(".") and entry.name.endswith((".tmp", ".old"))
    return left or (began and entry.name in OWN)


def _replace(path: Path, text: str) -> None:
    """Writes a file that is whole whenever it is there."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _row(line: str) -> dict[str, Any] | None:
    """A line of metrics, or None where it is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and isinstance(row.get("step"), int) and "type" in row else None


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
