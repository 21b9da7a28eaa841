"""The cards: one small JSON file a row, committed; a row that failed has one too, which says why."""

import json
from pathlib import Path
from typing import Any

from nmt.errors import NmtError
from nmt.stages.run_folder import RunFolder
from study.rows import Places, Row

KEPT = ("seed", "precision", "torch_threads", "machine", "processor", "python", "packages")
"""What a run's environment tells of how its figures came about."""


def done(places: Places, row: Row, command: str, figures: dict[str, Any]) -> dict[str, Any]:
    """The card of a trained row: how it was trained, as its run tells, and what it scores."""
    return {**_head(places, row, "done", command), **trained(places.run(row)), **figures}


def trained(run: Path) -> dict[str, Any]:
    """How a run was trained: by what, how long, and which step was the best, None where no validation was.

    Raises:
        NmtError: it is no run, or has not told anything yet.
    """
    folder = RunFolder(run)
    surroundings, rows = folder.environment(), folder.rows()
    if not rows:
        raise NmtError(str(folder.metrics), "tells of no step", "train on")
    best = [one["step"] for one in rows if one["type"] == "validation" and one["best"]]
    return {
        **{name: surroundings[name] for name in KEPT},
        "steps": max(one["step"] for one in rows),
        "best_step": max(best, default=None),
        "seconds": max(one.get("seconds", 0.0) for one in rows),
    }


def failed(places: Places, row: Row, command: str, why: str) -> dict[str, Any]:
    """The card of a row that could not be trained or measured."""
    return {**_head(places, row, "failed", command), "why": why}


def _head(places: Places, row: Row, state: str, command: str) -> dict[str, Any]:
    return {
        "corpus": row.corpus,
        "row": row.name,
        "state": state,
        "changed": places.changed(row),
        "command": command,
    }


def write(path: Path, card: dict[str, Any]) -> None:
    """The file is whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """A card, or None where there is none yet."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
