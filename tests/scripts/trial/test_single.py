"""A trial from its overrides to its card, and the whole command over good trials and a bad one."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from trial import single
from trial.measure import validation_set

from nmt.config.reader import read
from nmt.errors import NmtError

SCRIPT = Path(__file__).parents[3] / "scripts/trials.py"


@pytest.fixture(scope="module")
def main():
    """The command."""
    spec = importlib.util.spec_from_file_location("trials", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def card(trials, name: str) -> dict:
    (trial,) = trials.chosen([name])
    return json.loads(trials.card(trial).read_text(encoding="utf-8"))


def test_a_trial_leaves_a_card_with_every_figure_and_is_not_trained_again(trials):
    (trial,) = trials.chosen(["r-drop"])
    assert single.make(trials, trial, threads=1) == 0
    told = card(trials, "r-drop")
    assert (told["state"], told["steps"], told["seed"], told["torch_threads"]) == ("done", 4, 1, 1)
    assert told["overrides"] == ["training.r_drop=2.5", "model.dropout=0.1"]
    assert told["note"] == "half of the paper's 5"
    assert told["command"].startswith("nmt train tiny.yaml --set training.max_steps=4 ")
    assert "training.threads=1" in told["command"]
    assert set(told["scores"]) == {"0.6", "1.0", "1.4"}
    assert "case:mixed" in told["signatures"]["bleu"]
    assert "case:lc" in told["signatures"]["bleu_lower"]
    assert "nc:6" in told["signatures"]["chrf"]
    assert "torch" in told["packages"]
    assert told["losses"]["train"] > told["losses"]["train_nll"] * 0.9
    assert told["sentences"] == 20
    assert len(trials.translations(trial, 1.0).read_text(encoding="utf-8").splitlines()) == 20
    trials.card(trial).unlink()
    weights = (trials.run(trial) / "model/model.safetensors").stat().st_mtime_ns
    single.make(trials, trial, threads=1)
    assert card(trials, "r-drop") == told
    assert (trials.run(trial) / "model/model.safetensors").stat().st_mtime_ns == weights


def test_a_stopped_training_leaves_no_card_and_tells_the_signal(trials, monkeypatch):
    (trial,) = trials.chosen(["base"])
    monkeypatch.setattr(single, "run", lambda *_, **__: SimpleNamespace(signal=15))
    assert single.make(trials, trial, threads=1) == 15
    assert not trials.card(trial).exists()


@pytest.mark.parametrize(
    "named", ["{source: test.en, target: test.zh}", "{source: copy.en, target: copy.zh}"]
)
def test_a_test_set_is_never_what_a_trial_is_judged_by(trials, named):
    for side in ("en", "zh"):
        Path(f"copy.{side}").write_bytes(Path(f"test.{side}").read_bytes())
    experiment = read(trials.base, [f"data.validation={named}"])
    with pytest.raises(NmtError, match="is the test set 'test': trials are judged by validation alone"):
        validation_set(experiment)
    assert len(validation_set(read(trials.base))[0]) == 20
    Path("test.en").unlink()
    assert len(validation_set(read(trials.base))[0]) == 20


def test_the_command_makes_what_has_no_card_and_survives_a_bad_trial(trials, plant, main, monkeypatch, capfd):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(SCRIPT.parents[1]))
    plant("base", 20.0, 21.0, 19.0)
    before = card(trials, "base")
    command = ["docs/small.yaml", "base", "cooldown", "wrong", "--runs", "runs"]
    assert main(["run", *command, "--jobs", "2"]) == 0
    assert card(trials, "base") == before
    assert card(trials, "cooldown")["state"] == "done"
    told = card(trials, "wrong")
    assert told["state"] == "failed"
    assert "training.r_drop: compares two passes under other dropout" in told["why"]
    assert main(["page", "docs/small.yaml"]) == 0
    assert "Without a card yet: r-drop." in trials.page.read_text(encoding="utf-8")
    err = capfd.readouterr().err
    assert "cooldown: done" in err
    assert "wrong: failed: " in err


def test_a_mistake_is_one_line(trials, main, capsys):
    assert main(["run", "docs/small.yaml", "r-dropp"]) == 2
    assert main(["page", "docs/none.yaml"]) == 2
    assert capsys.readouterr().err.split("\n")[:2] == [
        "trials: error: docs/small.yaml: no trial is called 'r-dropp'",
        "trials: error: docs/none.yaml: no such file or directory",
    ]
