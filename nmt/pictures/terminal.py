"""Attention in a terminal: shaded cells in columns that line up for Han, two cells a character."""

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SHADES = "░▒▓█"
BOUNDS = (0.05, 0.25, 0.50, 0.75)
"""The least weight of each shade; what is below the first is a dot."""
LEGEND = "· under 5 %   ░ under 25 %   ▒ under 50 %   ▓ under 75 %   █ 75 % and more"
COLOUR_LEGEND = "the numbers are per cent; · is under 1 %"

NARROWEST, WIDEST, WIDEST_LABEL = 3, 12, 16
"""Terminal cells: a column at least and at most, and a row's label at most."""

GREY, BLUE = (75, 85, 99), (37, 99, 235)
"""From a weak to a strong weight; both are seen on black and on white."""


def render(
    weights: Matrix,
    source: Sequence[str],
    target: Sequence[str],
    *,
    color: bool = False,
    width: int = 80,
) -> str:
    """Lines of text that show weights [target, source], source words across; many words make several tables.

    ``color`` writes 24-bit colours with the weights in per cent, otherwise there are four shades.

    Raises ``ValueError`` when labels and weights differ in number.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (len(target), len(source)):
        raise ValueError(f"{weights.shape} weights, {len(target)} target and {len(source)} source labels")
    labels = [clip(word, WIDEST_LABEL) for word in target]
    heads = [clip(word, WIDEST) for word in source]
    margin = max(map(cell_width, labels), default=0)
    lines: list[str] = []
    for columns in _tables([max(NARROWEST, cell_width(head)) for head in heads], width - margin):
        sizes = [max(NARROWEST, cell_width(heads[column])) for column in columns]
        titles = [_centre(heads[column], size) for column, size in zip(columns, sizes, strict=True)]
        lines.append(" ".join([" " * margin, *titles]).rstrip())
        for label, row in zip(labels, weights[:, columns], strict=True):
            cells = [_cell(float(weight), size, color) for weight, size in zip(row, sizes, strict=True)]
            lines.append(" ".join([" " * (margin - cell_width(label)) + label, *cells]).rstrip())
        lines.append("")
    return "\n".join([*lines, COLOUR_LEGEND if color else LEGEND]) + "\n"


def cell_width(text: str) -> int:
    """How many cells a terminal gives to a text: two for wide characters, none for combining marks.

    >>> cell_width("我爱NMT")
    7
    """
    return sum(_character_width(character) for character in text)


def clip(text: str, width: int) -> str:
    """The text in at most ``width`` cells, with … where it was cut; what would move the cursor becomes �."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    if cell_width(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_width(kept + character) > width - 1:
            break
        kept += character
    return kept + "…"


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _centre(text: str, width: int) -> str:
    """Pad to ``width`` cells on both sides."""
    spare = width - cell_width(text)
    return " " * (spare // 2) + text + " " * (spare - spare // 2)


def _tables(sizes: Sequence[int], width: int) -> Iterator[list[int]]:
    """Columns side by side as long as they fit, each with a space before it; at least one."""
    columns: list[int] = []
    used = 0
    for column, size in enumerate(sizes):
        if columns and used + 1 + size > width:
            yield columns
            columns, used = [], 0
        columns.append(column)
        used += 1 + size
    if columns:
        yield columns


def _cell(weight: float, width: int, color: bool) -> str:
    """One weight as ``width`` terminal cells."""
    if weight < (0.005 if color else BOUNDS[0]):
        return _centre("·", width)
    if not color:
        shade = SHADES[sum(weight >= bound for bound in BOUNDS) - 1]
        return shade * width
    strength = min(1.0, weight)
    red, green, blue = (round(a + (b - a) * strength) for a, b in zip(GREY, BLUE, strict=True))
    number = _centre(f"{100 * weight:.0f}", width)
    if weight < BOUNDS[0]:
        return f"\x1b[2m{number}\x1b[0m"
    return f"\x1b[48;2;{red};{green};{blue}m\x1b[97m{number}\x1b[0m"
