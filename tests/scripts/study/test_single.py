"""One row of a tiny corpus from its config to its card, and the whole command over a good row and a bad one."""

import importlib
import json
from types import SimpleNamespace

import pytest
from study import cards, single
from study.rows import Places, Row

study_attention = importlib.import_module("study_attention")

ROW = Row("quickstart", "additive")


def card(places: Places, row: Row) -> dict:
    return json.loads(places.card(row).read_text(encoding="utf-8"))


def test_a_row_leaves_a_small_card_with_every_figure(tiny):
    assert single.make(tiny, ROW, ["training.threads=1"], workers=1) == 0
    told = card(tiny, ROW)
    assert tiny.card(ROW).stat().st_size < 5000
    assert told["state"] == "done"
    assert told["changed"] == "model: {attention: {score: {type: additive}}}"
    assert told["command"] == "nmt train configs/quickstart-additive.yaml --set training.threads=1"
    assert (told["steps"], told["best_step"], told["seed"], told["torch_threads"]) == (4, 4, 1, 1)
    assert told["parameters"] == sum(told["parameters_by_part"].values())
    assert set(told["bleu"]) == {"score", "low", "high", "signature"}
    assert set(told["noise"]) == {"typos 10%", "typos 20%", "drops 10%", "drops 20%"}
    assert told["also"] == {"long": told["bleu"]["score"]}  # the same file under another name
    assert told["alignment"]["pairs"] == 20
    assert told["erase"]["steps"] > 20
    assert len(tiny.translations(ROW).read_text(encoding="utf-8").splitlines()) == 20
    tiny.card(ROW).unlink()
    assert single.make(tiny, ROW, ["training.threads=1"], workers=1) == 0
    assert card(tiny, ROW) == told  # nothing was trained again


def test_another_seed_is_an_override(places):
    told = [single.command(places, Row("heads", "one", seed), ["training.threads=1"]) for seed in (1, 3)]
    assert told[0].endswith("heads-one.yaml --set training.threads=1")
    assert told[1] == f"{told[0]} --set training.seed=3"


def test_a_row_killed_while_it_was_measured_goes_on_from_its_trained_model(tiny, monkeypatch):
    def kill(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(single, "measure", kill)
        with pytest.raises(KeyboardInterrupt):
            single.make(tiny, ROW, [], workers=1)
    assert not tiny.card(ROW).exists()
    weights = (tiny.run(ROW) / "model/model.safetensors").stat().st_mtime_ns
    single.make(tiny, ROW, [], workers=1)
    assert card(tiny, ROW)["steps"] == 4
    assert (tiny.run(ROW) / "model/model.safetensors").stat().st_mtime_ns == weights


def test_a_row_without_attention_has_neither_alignment_nor_erasure(tiny):
    single.make(tiny, Row("quickstart", "none"), [], workers=1)
    told = card(tiny, Row("quickstart", "none"))
    assert told["alignment"] is told["erase"] is None


def test_a_stopped_training_leaves_no_card_and_tells_the_signal(tiny, monkeypatch):
    monkeypatch.setattr(single, "run", lambda *_, **__: SimpleNamespace(signal=15))
    assert single.make(tiny, ROW, [], workers=1) == 15
    assert not tiny.card(ROW).exists()


def test_the_command_trains_what_has_no_card_compares_it_and_survives_a_bad_row(tiny, monkeypatch, capfd):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    done = Row("quickstart", "none")
    cards.write(tiny.card(done), {"state": "done"})
    tiny.translations(done).parent.mkdir()
    tiny.translations(done).write_text("我\n" * 20, encoding="utf-8")
    places = [
        word for name in ("configs", "runs", "cards") for word in (f"--{name}", str(getattr(tiny, name)))
    ]
    rows = ["quickstart-none", "quickstart-additive", "quickstart-dot"]
    assert study_attention.main(["run", *rows, "--jobs", "2", *places]) == 0
    assert card(tiny, ROW)["state"] == "done"
    assert card(tiny, done) == {"state": "done"}
    why = card(tiny, Row("quickstart", "dot"))["why"]
    assert "model.attention.score.type: dot needs equal widths" in why
    compared = json.loads(tiny.comparisons("quickstart").read_text(encoding="utf-8"))
    assert set(compared) == {"none additive", "additive none"}
    err = capfd.readouterr().err
    assert "quickstart-dot: failed: " in err
    assert "quickstart-additive: done" in err


def test_an_unknown_row_is_one_line(capsys):
    assert study_attention.main(["run", "multi30k-dots"]) == 2
    assert (
        capsys.readouterr().err
        == "study_attention: error: command line: no row or corpus is called 'multi30k-dots'\n"
    )
