"""How long a line is: words, or characters where a script puts no space between words."""

from collections.abc import Sequence
from typing import Literal

from nmt.alignment.words import is_unspaced

Unit = Literal["words", "characters"]

SAMPLE = 1000
"""Lines that are looked at to tell the script."""


def unit_of(lines: Sequence[str]) -> Unit:
    """Characters when at least half of the letters are of scripts without spaces, else words."""
    letters = [character for line in lines[:SAMPLE] for character in line if character.isalpha()]
    return "characters" if letters and 2 * sum(map(is_unspaced, letters)) >= len(letters) else "words"


def length(line: str, unit: Unit) -> int:
    """The number of words between spaces, or of characters other than spaces."""
    parts = line.split()
    return len(parts) if unit == "words" else sum(map(len, parts))
