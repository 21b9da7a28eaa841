"""The page is made of the cards alone, the best trial first; what failed or is missing is said to be."""

from pathlib import Path

import pytest
from trial import listing, page

from nmt.errors import UsageError

ROOT = Path(__file__).parents[3]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.split("\n") if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_committed_pages_are_what_their_cards_give(monkeypatch):
    monkeypatch.chdir(ROOT)
    folder = Path("docs/trials")
    lists = sorted(folder.glob("*.yaml"))
    assert sorted(folder.glob("*.md")) == [path.with_suffix(".md") for path in lists]
    for path in lists:
        trials = listing.read(path, Path("runs/trials"))
        trials.refuse_stale(trials.trials)
        assert trials.page.read_text(encoding="utf-8") == page.text(trials)
        assert {file.stem for file in path.with_suffix("").glob("*.json")} <= {
            trial.key for trial in trials.trials
        }


def test_the_best_comes_first_with_its_difference_to_the_first_of_the_list(trials, plant):
    plant("base", 20.0, 21.0, 19.0)
    plant("r-drop", 23.0, 22.0, 20.0)
    plant("cooldown", 18.0, 19.0, 20.5)
    found = rows(page.text(trials))
    assert [row[:5] for row in found] == [
        ["r-drop", "`training.r_drop=2.5`, `model.dropout=0.1`", "23.00", "+2.0", "23.00 / 22.00 / 20.00"],
        ["base", "nothing", "21.00", "0.0", "20.00 / 21.00 / 19.00"],
        [
            "cooldown",
            "`training.schedule={type: inverse_sqrt, warmup: 1, decay: 0.5}`",
            "20.50",
            "−0.5",
            "18.00 / 19.00 / 20.50",
        ],
    ]
    assert found[0][5:] == [
        "24.00", "43.00", "2.250 / 2.500", "2,000, 1,500", "10", "3,000,000", "half of the paper's 5",
    ]  # fmt: skip


def test_failures_come_last_and_what_is_missing_is_named(trials, plant):
    plant("cooldown", 18.0, 19.0, 20.5)
    plant("wrong", 0.0, 0.0, 0.0, state="failed", why="no | dropout")
    text = page.text(trials)
    assert [row[0] for row in rows(text)] == ["cooldown", "wrong"]
    assert "failed: no \\| dropout" in text
    assert rows(text)[0][3] == "?"  # the first of the list has no card
    assert "Without a card yet: base, r-drop." in text


def test_the_settings_are_told_once_where_all_trials_share_them(trials, plant):
    plant("base", 20.0, 21.0, 19.0)
    plant("r-drop", 23.0, 22.0, 20.0)
    text = page.text(trials)
    assert text.count("500 sentences, beam 5, seed 1, fp32 on 1 thread, torch 2.13.0; `case:mixed`") == 1
    plant("r-drop", 23.0, 22.0, 20.0, seed=2)
    assert "\nr-drop: 500 sentences, beam 5, seed 2" in page.text(trials)
    assert "\nbase: 500 sentences, beam 5, seed 1" in page.text(trials)


def test_the_page_is_written_beside_the_list_unless_a_card_is_stale(trials, plant):
    plant("base", 20.0, 21.0, 19.0)
    page.write(trials)
    assert trials.page.read_text(encoding="utf-8") == page.text(trials)
    plant("base", 20.0, 21.0, 19.0, budget=[])
    with pytest.raises(UsageError, match="other overrides"):
        page.write(trials)
