"""Columns line up in cells, not in characters, whichever side is Chinese."""

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.pictures.terminal import COLOUR_LEGEND, LEGEND, cell_width, clip, render

ENGLISH, CHINESE = ["I", "love", "machine", "learning", "."], list("我爱机器学习。")
WEIGHTS = np.zeros((7, 5))
for _row, _column in enumerate((0, 1, 2, 2, 3, 3, 4)):
    WEIGHTS[_row, _column] = 1.0


def cells(line: str) -> str:
    """A line with a second place after each wide character, so that an index is a terminal cell."""
    return "".join(c + "\0" if unicodedata.east_asian_width(c) in "WF" else c for c in line)


def bare(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def filled(text: str) -> str:
    """The text with coloured cells as full blocks."""
    return bare(
        re.sub(r"\x1b\[48;[0-9;]*m\x1b\[97m([ 0-9]*)\x1b\[0m", lambda match: "█" * len(match[1]), text)
    )


def test_a_small_table_by_hand() -> None:
    text = render(np.array([[0.9, 0.1], [0.3, 0.6], [0.0, 1.0]]), ["我", "learn"], ["I", "学习", "."])
    assert text.splitlines() == [
        "     我  learn",
        "   I ███ ░░░░░",
        "学习 ▒▒▒ ▓▓▓▓▓",
        "   .  ·  █████",
        "",
        LEGEND,
    ]


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("chinese_source", [False, True])
def test_each_strong_cell_is_under_its_word(chinese_source: bool, color: bool) -> None:
    source, target = (CHINESE, ENGLISH) if chinese_source else (ENGLISH, CHINESE)
    weights = WEIGHTS.T if chinese_source else WEIGHTS
    head, *rows = [cells(line) for line in filled(render(weights, source, target, color=color)).splitlines()]
    for row, line in zip(weights, rows, strict=False):
        under = [head[run.start() : run.end()].strip().removesuffix("\0") for run in re.finditer("█+", line)]
        assert under == [source[column] for column in np.flatnonzero(row)]


def test_many_words_are_cut_into_tables_of_the_width() -> None:
    source = [f"word{k}" for k in range(40)]
    text = render(np.full((3, 40), 1 / 40), source, CHINESE[:3], width=80)
    lines = text.splitlines()
    assert all(cell_width(line) <= 80 for line in lines)
    assert [word for line in lines for word in line.split() if word.startswith("word")] == source
    assert sum(line.startswith("我") for line in lines) == text.count("word0 ") + text.count("\n\n") - 1


def test_a_narrow_terminal_still_gets_one_column_a_table() -> None:
    text = render(np.eye(2), ["ab", "cd"], ["e", "f"], width=1)
    assert text.count("███") == 2


def test_colour_shows_per_cent_and_always_ends() -> None:
    text = render(np.array([[0.934, 0.02, 0.001]]), ["a", "b", "c"], ["d"], color=True)
    assert bare(text).splitlines()[1].split() == ["d", "93", "2", "·"]
    assert text.count("\x1b[0m") == 2
    assert text.endswith(COLOUR_LEGEND + "\n")
    assert "\x1b" not in render(np.array([[0.9]]), ["a"], ["d"])


def test_a_token_cannot_write_to_the_terminal() -> None:
    text = render(np.eye(2), ["\x1b[2J", "a\tb"], ["\u202eevil", "\n"])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    assert len(text.splitlines()) == 5


def test_long_words_are_cut() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcde…"
    assert clip("我爱机器学习", 6) == "我爱…"


@given(st.text(max_size=20), st.integers(2, 12))
def test_a_clipped_word_is_never_wider(text: str, width: int) -> None:
    assert cell_width(clip(text, width)) <= width


def test_widths_by_hand() -> None:
    assert [cell_width(text) for text in ("abc", "我爱", "，", "é", "e\u0301", "한", "")] == [
        3,
        4,
        2,
        1,
        1,
        2,
        0,
    ]


def test_labels_and_weights_must_agree_and_empty_is_drawn_empty() -> None:
    with pytest.raises(ValueError, match=r"\(1, 1\) weights, 1 target and 2 source"):
        render(np.eye(1), ["a", "b"], ["c"])
    assert render(np.zeros((0, 0)), [], []) == LEGEND + "\n"
