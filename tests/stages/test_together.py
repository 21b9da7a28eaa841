"""Several processes train as one does: the same losses, one voice, one checkpoint, and none is left waiting."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from nmt.training.checkpoint import newest_checkpoint

EXACT = ("model.dropout=0", "training.log_every=1", "training.accumulate=2")


def losses(run: Path) -> list[tuple[float, float]]:
    """Of each update: the loss, and the norm of the whole gradient before clipping."""
    rows = map(json.loads, (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    return [(row["loss"], row["grad_norm"]) for row in rows if row["type"] == "train"]


def steps(run: Path) -> list[str]:
    return sorted(path.name for path in (run / "checkpoints").glob("step-*"))


@pytest.mark.parametrize(
    ("processes", "tokens"),
    [pytest.param(2, 256, id="two"), pytest.param(3, 14, id="three, of which some have no row of a batch")],
)
def test_losses_and_gradients_are_those_of_one_process(shared_experiment, train, tmp_path, processes, tokens):
    overrides = [*EXACT, f"training.batch_tokens={tokens}"]
    one, several = tmp_path / "one", tmp_path / "several"
    assert train(shared_experiment, one, overrides=overrides)["code"] == 0
    answers = train(shared_experiment, several, overrides=overrides, processes=processes)
    assert [answer["code"] for answer in answers] == [0] * processes
    assert len(losses(one)) == 20
    for ours, theirs in zip(losses(several), losses(one), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5, abs=2e-6)
    assert steps(several) == steps(one)


def test_the_first_alone_speaks_and_all_have_the_same_result(shared_experiment, train, tmp_path):
    first, second = train(shared_experiment, tmp_path / "run", processes=2)
    assert first["said"]
    assert second["said"] == []
    assert first["result"] == second["result"]
    assert first["result"]["step"] == first["steps"] == second["steps"] == 20


def test_stopped_with_two_it_goes_on_with_one_and_with_two_exactly(shared_experiment, train, tmp_path):
    whole, broken, fewer = tmp_path / "whole", tmp_path / "broken", tmp_path / "fewer"
    train(shared_experiment, whole, processes=2)
    for out in (broken, fewer):
        answers = train(shared_experiment, out, processes=2, end="terminate", count=11, of=1)
        assert [answer["result"]["signal"] for answer in answers] == [15, 15]
        assert [answer["result"]["step"] for answer in answers] == [11, 11]
        assert steps(out)[-1] == "step-000011"
    train(shared_experiment, broken, processes=2)
    last = "checkpoints/step-000020/model.safetensors"
    assert (broken / last).read_bytes() == (whole / last).read_bytes()
    answer = train(shared_experiment, fewer)
    assert answer["result"]["step"] == 20
    assert any("processes was 2, is 1" in line for line in answer["said"])


@pytest.mark.parametrize("of", [0, 1])
def test_when_one_is_killed_none_is_left_waiting_and_the_run_goes_on(shared_experiment, train, tmp_path, of):
    answers = train(shared_experiment, tmp_path / "run", processes=2, end="kill step", count=8, of=of)
    assert answers[of]["code"] == -9
    assert answers[1 - of]["result"] == {"error": "another process: has failed"}
    assert newest_checkpoint(tmp_path / "run/checkpoints", lambda _: None) is not None
    assert train(shared_experiment, tmp_path / "run", processes=2)[0]["result"]["step"] == 20


@pytest.mark.parametrize("name", ["valid.de", "train.de"], ids=["all", "the first alone"])
def test_what_fails_is_said_once(experiment, train, tmp_path, name):
    experiment.with_name(name).write_text("zu kurz\n", encoding="utf-8")
    answers = train(experiment, tmp_path / "run", processes=2)
    errors = [answer["result"]["error"] for answer in answers]
    errors.remove("another process: has failed")
    (said,) = errors
    assert " lines, but " in said
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_has_the_random_numbers_of_each(shared_experiment, train, tmp_path):
    train(shared_experiment, tmp_path / "run", processes=2)
    state = load_file(tmp_path / "run/checkpoints/step-000020/state/random.safetensors")
    assert set(state) == {"cpu", "cpu.1"}
    assert not state["cpu"].equal(state["cpu.1"])
