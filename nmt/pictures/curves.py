"""The course of a training run: loss, score and learning rate over steps."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nmt.errors import NmtError
from nmt.pictures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, RED, Picture, check_format, new_figure, save

SCORES = {"bleu": ("BLEU", GREEN), "bleu_lc": ("BLEU, lower-cased", ORANGE), "chrf": ("chrF", RED)}
HEIGHTS = {"loss": 2.6, "score": 2.2, "learning rate": 1.1}
"""Inches of each panel."""

Points = dict[int, float]


def draw(rows: Sequence[Mapping[str, Any]], path: str | Path, *, title: str = "") -> Picture:
    """Draw the rows of ``metrics.jsonl`` into a PNG or SVG; a panel without numbers is left out.

    A row is ``{"type": "train", "step", "loss", "lr"}`` or ``{"type": "validation", "step", "loss"}`` with
    ``"bleu"``, ``"bleu_lc"`` and ``"chrf"`` where they were measured. Where a step comes twice, after a
    resume, the later row counts.

    Raises ``NmtError`` when there is nothing to draw or the file cannot be written.
    """
    path = check_format(path)
    panels = {
        "loss": [
            ("training", BLUE, _points(rows, "train", "loss")),
            ("validation", ORANGE, _points(rows, "validation", "loss")),
        ],
        "score": [(name, colour, _points(rows, "validation", key)) for key, (name, colour) in SCORES.items()],
        "learning rate": [("learning rate", FAINT, _points(rows, "train", "lr"))],
    }
    panels = {name: [line for line in lines if line[2]] for name, lines in panels.items()}
    panels = {name: lines for name, lines in panels.items() if lines}
    if not panels:
        raise NmtError(str(path), "there is nothing to draw yet")
    heights = [HEIGHTS[name] for name in panels]
    figure = new_figure(7.5, sum(heights) + 0.25 * len(heights))
    every = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    figure.subplots_adjust(left=0, right=1, bottom=0, top=1, hspace=0.14)
    for axes, (name, lines) in zip(every, panels.items(), strict=True):
        for label, colour, points in lines:
            _line(axes, label, colour, points, marked=label != "training" and name != "learning rate")
            if name == "score":
                _best(axes, colour, points)
        _panel(axes, name, legend=name != "learning rate")
    figure.align_ylabels()
    every[-1].set_xlabel("step", color=FAINT, size=9)
    every[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    if title:
        every[0].set_title(title, loc="left", size=12, color=INK, pad=12, parse_math=False)
    save(figure, path)
    return Picture(path)


def _points(rows: Sequence[Mapping[str, Any]], kind: str, key: str) -> Points:
    """The finite values of one key by step, in order."""
    found = {row["step"]: row[key] for row in rows if row.get("type") == kind and row.get(key) is not None}
    return {step: found[step] for step in sorted(found) if math.isfinite(found[step])}


def _line(axes: Axes, label: str, colour: str, points: Points, *, marked: bool) -> None:
    marker = "o" if marked or len(points) == 1 else None
    axes.plot(
        list(points),
        list(points.values()),
        color=colour,
        label=label,
        linewidth=1.6,
        marker=marker,
        markersize=3.5,
    )


def _best(axes: Axes, colour: str, points: Points) -> None:
    """Ring the best score and say it."""
    step = max(points, key=points.__getitem__)
    axes.plot([step], [points[step]], "o", color=colour, markersize=8, markerfacecolor="none")
    style: dict[str, Any] = {
        "xytext": (0, 7),
        "textcoords": "offset points",
        "ha": "center",
        "size": 8,
        "color": colour,
    }
    axes.annotate(f"{points[step]:.1f}", (step, points[step]), **style)


def _panel(axes: Axes, name: str, *, legend: bool) -> None:
    """Quiet axes: a baseline, faint lines across, the name at the left."""
    axes.set_ylabel(name, color=INK, size=10)
    axes.grid(axis="y", color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(x=0.02, y=0.12)
    axes.tick_params(length=0, labelsize=8, labelcolor=FAINT)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#cbd2d9")
    if legend:
        axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="best")
