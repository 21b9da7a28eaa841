"""Where a run stands, read from its folder without changing anything there. Torch-free."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.errors import NmtError
from nmt.training.progress import Progress


@dataclass(frozen=True)
class Standing:
    """The state of a run's last checkpoint; ``best_step`` is that of the best validation."""

    checkpoint: Path
    step: int
    epoch: int
    seconds: float
    best_step: int | None
    finished: str


def standing(run: Path) -> Standing | None:
    """Where the run stands, or None where it has saved nothing yet.

    Raises:
        NmtError: its last checkpoint is not there, or does not say.
    """
    pointer = run / "checkpoints" / "last"
    if not pointer.is_file():
        return None
    name = Path(pointer.read_text(encoding="utf-8", errors="replace").strip()).name
    if not name:
        raise NmtError(str(pointer), "names no checkpoint", "nmt train mends it")
    checkpoint = pointer.with_name(name)
    told = checkpoint / "state" / "progress.json"
    try:
        return _read(checkpoint, Progress.from_dict(json.loads(told.read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NmtError(
            str(told), f"cannot be read ({type(error).__name__})", "nmt train goes on from an earlier one"
        ) from error


def _read(checkpoint: Path, progress: Progress) -> Standing:
    return Standing(
        checkpoint=checkpoint,
        step=progress.step,
        epoch=progress.epoch,
        seconds=progress.seconds,
        best_step=progress.best_step,
        finished=progress.finished,
    )


def last_metrics(run: Path) -> dict[str, dict[str, Any]]:
    """The last line of each type in ``metrics.jsonl``; a line cut by a crash is left out."""
    found: dict[str, dict[str, Any]] = {}
    metrics = run / "metrics.jsonl"
    lines = (
        metrics.read_text(encoding="utf-8", errors="replace").split("\n")[:-1] if metrics.is_file() else []
    )
    for line in lines:
        try:
            row = json.loads(line)
            found[str(row.pop("type"))] = row
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            continue
    return found
