"""A run's figures become a card; those of several seeds one card with their mean."""

import json
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from make_card import command_line, main, over_seeds


def test_a_run_tells_how_it_was_trained_and_what_it_scores(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(trained.parent)
    out = tmp_path / "cards" / "one.json"
    assert main([str(trained), "--test-set", "test", "-o", str(out)]) == 0
    card = json.loads(out.read_text(encoding="utf-8"))
    assert (card["test_set"], card["sentences"]) == ("test", 20)
    assert card["best_step"] <= card["steps"]
    assert 0 <= card["metrics"]["bleu"]["score"] <= 100


def test_a_run_that_is_not_there_is_one_line(tmp_path, capsys):
    assert main([str(tmp_path / "no"), "--test-set", "test", "-o", str(tmp_path / "card.json")]) == 1
    assert capsys.readouterr().err.startswith(f"make_card: error: {tmp_path}/no/environment.json: ")
    assert not (tmp_path / "card.json").exists()


def test_a_run_that_has_told_nothing_yet_is_one_line(trained, tmp_path, capsys):
    run = shutil.copytree(trained, tmp_path / "run")
    (run / "metrics.jsonl").write_text("", encoding="utf-8")
    assert main([str(run), "--test-set", "test", "-o", str(tmp_path / "card.json")]) == 1
    assert "tells of no step" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "typed"),
    [
        ("/a/bin/nmt", "nmt"),
        ("/a/nmt/__main__.py", "nmt"),
        ("/a/scripts/trials.py", "python scripts/trials.py"),
    ],
)
def test_the_command_is_as_it_was_typed(program, typed):
    assert command_line([program, "train", "a.yaml"]) == f"{typed} train a.yaml"


def test_of_several_seeds_mean_and_deviation_are_told_beside_each():
    cards = [{"metrics": {"bleu": {"score": score, "signature": "tok:13a"}}} for score in (40.0, 41.0, 42.0)]
    assert over_seeds(cards) == {
        "metrics": {
            "bleu": {"mean": pytest.approx(41), "deviation": pytest.approx(1), "signature": "tok:13a"}
        },
        "runs": cards,
    }
