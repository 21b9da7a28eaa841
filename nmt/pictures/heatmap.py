"""Attention as a heat map: source words across, target words down, dark where the model looked."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from nmt.errors import NmtError
from nmt.pictures.canvas import FAINT, INK, Picture, check_format, new_figure, printable, save
from nmt.pictures.fonts import font_for

Matrix = NDArray[np.float64]

COLOURS = LinearSegmentedColormap.from_list(
    "looks", ["#f5f7fa", "#c3dbef", "#7fb2dd", "#3a7fc0", "#1d4f91", "#102a56"]
)
DARK = 0.5
"""From this weight on the numbers in the cells are white."""
WRITTEN = 20
"""Rows and columns up to which each cell says its weight."""
RULED = 80
"""Rows and columns up to which thin lines part the cells."""
COMPLETE = 0.995
"""A row that sums to less would not round to 1.00, and says so."""
LARGEST, LONGEST = 0.46, 24.0
"""Inches: the side of a cell, and that of the matrix, which makes cells smaller."""
SMALL = 8.0
"""Points, of all that is not a word of a sentence."""


def draw(
    weights: Matrix,
    source: Sequence[str],
    target: Sequence[str],
    path: str | Path,
    *,
    title: str = "",
) -> Picture:
    """Draw one matrix of weights [target, source] into a PNG or SVG, headless, the same bytes each time.

    Where no font has the characters, a PNG becomes an SVG, whose fonts are the viewer's, and a notice says
    so.

    Raises ``NmtError`` for an empty matrix or a file that cannot be written, ``ValueError`` when labels and
    weights differ in number.
    """
    path = check_format(path)
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (len(target), len(source)):
        raise ValueError(f"{weights.shape} weights, {len(target)} target and {len(source)} source labels")
    if weights.size == 0:
        raise NmtError(str(path), "there is no attention to draw: a side is empty")
    source, target, title = printable(source), printable(target), "".join(printable([title]))
    font, lacking = font_for([*source, *target, title])
    notices: tuple[str, ...] = ()
    if lacking and path.suffix.lower() == ".png":
        path = path.with_suffix(".svg")
        notices = (f"no font here has {lacking[:20]}: drawn as {path.name} instead (pip install mpl-font)",)
    save(_figure(weights, source, target, title, FontProperties(fname=font)), path)
    return Picture(path, notices)


def _figure(
    weights: Matrix, source: list[str], target: list[str], title: str, font: FontProperties
) -> Figure:
    """Make the matrix fill the figure and hang all else around it: saving cuts the paper to what is on it."""
    rows, columns = weights.shape
    cell = min(LARGEST, LONGEST / max(rows, columns))
    figure = new_figure(columns * cell, rows * cell)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    image = _cells(axes, weights)
    _labels(axes, source, target, cell, font)
    if max(rows, columns) <= WRITTEN:
        _numbers(axes, weights)
    incomplete = bool((weights.sum(axis=1) < COMPLETE).any())
    if incomplete:
        _sums(axes, weights)
    if title:
        style: dict[str, Any] = {"fontproperties": _sized(font, 12.0), "color": INK, "parse_math": False}
        axes.set_title(title, loc="left", pad=14, **style)
    beside = 1 + (0.65 if incomplete else 0.15) / (columns * cell)
    bar = figure.add_axes((beside, 0.0, 0.11 / (columns * cell), min(1.0, 2.3 / (rows * cell))))
    _colour_bar(figure, image, bar)
    return figure


def _cells(axes: Axes, weights: Matrix) -> AxesImage:
    """The matrix with thin white lines between its cells."""
    image = axes.imshow(weights, cmap=COLOURS, vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest")
    rows, columns = weights.shape
    if max(rows, columns) <= RULED:
        axes.hlines(np.arange(1, rows) - 0.5, -0.5, columns - 0.5, color="white", linewidth=1.2)
        axes.vlines(np.arange(1, columns) - 0.5, -0.5, rows - 0.5, color="white", linewidth=1.2)
    axes.tick_params(which="both", length=0, labelsize=SMALL)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image


def _labels(axes: Axes, source: list[str], target: list[str], cell: float, font: FontProperties) -> None:
    """The words, source on top; slanted when one is wider than its cell, thinned out when cells are tiny."""
    points = max(4.0, min(11.0, cell * 24))
    step = math.ceil(points / (cell * 72))
    style: dict[str, Any] = {"fontproperties": _sized(font, points), "color": INK, "parse_math": False}
    level = max(map(_width, source)) * points / 72 < cell
    turn: dict[str, Any] = (
        {"ha": "center"} if level else {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
    )
    axes.xaxis.tick_top()
    axes.set_xticks(range(0, len(source), step), source[::step], **style, **turn)
    axes.set_yticks(range(0, len(target), step), target[::step], **style)


def _numbers(axes: Axes, weights: Matrix) -> None:
    """Each weight of one hundredth or more in its cell, as .07."""
    for (row, column), weight in np.ndenumerate(weights):
        if weight >= 0.005:
            text = f"{weight:.2f}".removeprefix("0")
            colour = "white" if weight >= DARK else INK
            axes.text(column, row, text, ha="center", va="center", size=SMALL, color=colour, parse_math=False)


def _sums(axes: Axes, weights: Matrix) -> None:
    """Beside each row that sums to less than 1 what it does sum to, and below the matrix what that means."""
    style: dict[str, Any] = {"color": FAINT, "size": SMALL, "parse_math": False}
    right = weights.shape[1] - 0.5
    for row, total in enumerate(weights.sum(axis=1)):
        if total < COMPLETE:
            beside: dict[str, Any] = {
                "xytext": (4, 0),
                "textcoords": "offset points",
                "ha": "left",
                "va": "center",
            }
            axes.annotate(f"Σ {total:.2f}", (right, row), **beside, **style)
    below: dict[str, Any] = {
        "xycoords": "axes fraction",
        "xytext": (0, -7),
        "textcoords": "offset points",
        "va": "top",
    }
    axes.annotate("Σ: rows that sum to less than 1", (0, 0), **below, **style)


def _colour_bar(figure: Figure, image: AxesImage, bar: Axes) -> None:
    """A slim scale from 0 to 1."""
    scale = figure.colorbar(image, cax=bar, ticks=[0, 0.5, 1])
    scale.outline.set_visible(False)
    bar.tick_params(length=0, labelsize=SMALL, labelcolor=FAINT)


def _sized(font: FontProperties, points: float) -> FontProperties:
    sized = font.copy()
    sized.set_size(points)
    return sized


def _width(label: str) -> float:
    """About how many em a label is wide: a Han character one, a Latin letter a little over half."""
    return sum(0.6 if ord(character) < 0x1100 else 1.0 for character in label)
