"""What pictures share: no display, no global state, quiet colours, the same bytes for the same numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nmt.errors import NmtError

INK, FAINT = "#1f2933", "#7b8794"
BLUE, ORANGE, GREEN, RED = "#2563a8", "#d97706", "#2f855a", "#c2413b"
RESOLUTION = 160
"""Pixels an inch."""

STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: found by a search, drawn with the fonts of the viewer
    "svg.hashsalt": "nmt",
    "text.usetex": False,
    "axes.unicode_minus": False,
    "path.simplify": True,
}

FORMATS = (".png", ".svg")
LONGEST_LABEL = 60
"""Characters; a line of a megabyte without a space is one word too."""


@dataclass(frozen=True)
class Picture:
    """The file that was written (not always the one that was asked for), and what to tell about it."""

    path: Path
    notices: tuple[str, ...] = ()


def new_figure(width: float, height: float) -> Figure:
    """A white figure of so many inches, drawn in memory."""
    figure = Figure(figsize=(width, height), dpi=RESOLUTION, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def check_format(path: str | Path) -> Path:
    """The path, when its ending is one that can be written; ``NmtError`` otherwise."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise NmtError(
            str(path),
            f"a picture cannot be written as {path.suffix or 'a file without an ending'}",
            "use .png or .svg",
        )
    return path


def save(figure: Figure, path: Path) -> None:
    """Write a PNG or SVG without a date in it; ``NmtError`` when the file cannot be written."""
    svg = path.suffix.lower() == ".svg"
    metadata = {"Date": None, "Creator": None} if svg else {"Software": None}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(STYLE):
            figure.savefig(
                path, format="svg" if svg else "png", metadata=metadata, bbox_inches="tight", pad_inches=0.2
            )
    except OSError as error:
        raise NmtError(str(path), f"cannot be written: {error.strerror}") from error


def printable(labels: Iterable[str]) -> list[str]:
    """Labels with a sign for each character without a picture (a tab, a line end), the longest cut short."""
    shown = ["".join(c if c.isprintable() or c == "\u3000" else "\ufffd" for c in label) for label in labels]
    return [label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…" for label in shown]
