"""The curves show what metrics.jsonl holds, and nothing that it does not."""

from pathlib import Path
from typing import Any

import pytest

from nmt.errors import NmtError
from nmt.pictures.curves import draw

ROWS: list[dict[str, Any]] = [
    {"type": "train", "step": 50, "loss": 6.0, "lr": 0.001, "tokens_per_second": 2000.0},
    {"type": "train", "step": 100, "loss": float("nan"), "lr": 0.001, "tokens_per_second": 2000.0},
    {"type": "train", "step": 150, "loss": 4.0, "lr": 0.001, "tokens_per_second": 2000.0},
    {"type": "validation", "step": 100, "loss": 5.0, "bleu": 12.34, "chrf": None},
    {"type": "validation", "step": 150, "loss": 4.5, "bleu": 11.0},
]


def text_of(rows: list[dict[str, Any]], path: Path, title: str = "") -> str:
    return draw(rows, path, title=title).path.read_text(encoding="utf-8")


def test_every_panel_and_the_best_score_are_there(tmp_path: Path) -> None:
    svg = text_of(ROWS, tmp_path / "a.svg", "my $run$")
    for shown in ("training", "validation", "BLEU", "12.3", "learning rate", "step", "my $run$"):
        assert f">{shown}</text>" in svg
    assert ">chrF</text>" not in svg


def test_a_panel_without_numbers_is_left_out(tmp_path: Path) -> None:
    svg = text_of(ROWS[:1], tmp_path / "a.svg")
    assert ">loss</text>" in svg
    assert ">score</text>" not in svg
    assert ">validation</text>" not in svg


def test_where_a_step_comes_twice_the_later_row_counts(tmp_path: Path) -> None:
    svg = text_of([*ROWS, {"type": "validation", "step": 100, "loss": 5.0, "bleu": 20.0}], tmp_path / "a.svg")
    assert ">20.0</text>" in svg
    assert ">12.3</text>" not in svg


def test_a_png_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (draw(ROWS, tmp_path / f"{k}.png").path.read_bytes() for k in (1, 2))
    assert first == second
    assert first.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "rows", [[], [{"type": "train", "step": 1, "loss": float("inf")}], [{"type": "other", "step": 1}]]
)
def test_nothing_to_draw_is_said(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(NmtError, match="nothing to draw"):
        draw(rows, tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()
