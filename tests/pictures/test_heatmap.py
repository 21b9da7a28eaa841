"""Heat maps: headless, the same bytes each time, no empty boxes for Chinese, incomplete rows marked."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from nmt.errors import NmtError
from nmt.pictures import fonts
from nmt.pictures.canvas import LONGEST_LABEL
from nmt.pictures.heatmap import draw

SOURCE, TARGET = ["I", "love", "machine", "learning", "."], list("我爱机器学习。")
WEIGHTS = np.random.default_rng(1).dirichlet(np.ones(5), size=7)


def size_of(png: Path) -> tuple[int, int]:
    """Width and height from the header of a PNG."""
    header = png.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_numbers_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first, second = (
        draw(WEIGHTS, SOURCE, TARGET, tmp_path / f"{k}.{ending}", title="t").path for k in (1, 2)
    )
    assert first.read_bytes() == second.read_bytes()


def test_chinese_labels_are_drawn_in_a_png_without_a_missing_glyph(tmp_path: Path) -> None:
    pytest.importorskip("mpl_font")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of each missing glyph
        picture = draw(WEIGHTS, SOURCE, TARGET, tmp_path / "new" / "a.png", title="I love machine learning.")
    assert picture.path == tmp_path / "new" / "a.png"
    assert picture.notices == ()


def test_without_a_font_a_png_becomes_an_svg_whose_text_is_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "cjk_font", lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = draw(WEIGHTS, SOURCE, TARGET, tmp_path / "a.png")
    assert picture.path == tmp_path / "a.svg"
    assert "a.svg" in picture.notices[0]
    assert "mpl-font" in picture.notices[0]
    assert not (tmp_path / "a.png").exists()
    svg = picture.path.read_text(encoding="utf-8")
    assert all(f">{label}</text>" in svg for label in [*SOURCE, *TARGET])


def test_weights_are_written_in_small_pictures(tmp_path: Path) -> None:
    svg = draw(np.array([[0.25, 0.75]]), ["a", "b"], ["c"], tmp_path / "a.svg").path.read_text(
        encoding="utf-8"
    )
    assert ">.25</text>" in svg
    assert ">.75</text>" in svg
    assert "Σ" not in svg


def test_rows_that_sum_to_less_than_one_say_so(tmp_path: Path) -> None:
    weights = np.array([[0.25, 0.5], [0.5, 0.5]])
    svg = draw(weights, ["a", "b"], ["c", "d"], tmp_path / "a.svg").path.read_text(encoding="utf-8")
    assert svg.count(">Σ 0.75</text>") == 1
    assert "rows that sum to less than 1" in svg


def test_tokens_are_not_taken_for_formulas_or_markup(tmp_path: Path) -> None:
    tokens = ["$x^2$", r"\frac", "<b>&", "tab\there", "_"]
    svg = draw(np.eye(5), tokens, tokens, tmp_path / "a.svg", title="$ $").path.read_text(encoding="utf-8")
    for shown in ("$x^2$", r"\frac", "&lt;b&gt;&amp;", "tab\ufffdhere"):
        assert shown in svg


def test_the_picture_grows_with_the_sentence_and_stays_within_reason(tmp_path: Path) -> None:
    sizes = []
    for n in (2, 20, 200):
        words = [f"w{k}" for k in range(n)]
        sizes.append(size_of(draw(np.ones((1, n)), words, ["x"], tmp_path / f"{n}.png").path))
    assert sizes[0][0] < sizes[1][0] < sizes[2][0] < 5000
    long = "x" * 10**6
    width, height = size_of(draw(np.eye(1), [long], [long], tmp_path / "long.png").path)
    assert width < 40 * LONGEST_LABEL
    assert height < 40 * LONGEST_LABEL


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\(1, 1\) weights"):
        draw(np.eye(1), ["a", "b"], ["c"], tmp_path / "a.png")
    with pytest.raises(NmtError, match="a side is empty"):
        draw(np.zeros((0, 1)), ["a"], [], tmp_path / "a.png")
    with pytest.raises(NmtError, match=r"use \.png or \.svg"):
        draw(np.eye(1), ["a"], ["a"], tmp_path / "a.gif")
    (tmp_path / "file").touch()
    with pytest.raises(NmtError, match="cannot be written"):
        draw(np.eye(1), ["a"], ["a"], tmp_path / "file" / "a.png")


def test_nothing_loads_pyplot_or_torch() -> None:
    code = (
        "import sys, nmt.pictures.heatmap, nmt.pictures.curves, nmt.pictures.terminal, nmt.evaluation.scores;"
        "import nmt.alignment.merge; print([m for m in ('torch', 'matplotlib.pyplot') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
