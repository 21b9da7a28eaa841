"""``nmt average``: which checkpoints, where the mean goes, and that it is a model like any other."""

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nmt.bundle import seal

SETTINGS = (
    "training.max_steps=6", "training.save_every=2", "training.validate_every=2", "training.keep_last=3",
    "training.best=loss", "training.freeze=[encoder.embedding.*]",
)  # fmt: skip


@pytest.fixture(scope="module")
def finished(command, small_corpus, tmp_path_factory) -> Path:
    """A run with checkpoints of steps 2, 4 and 6; not to be changed."""
    run = tmp_path_factory.mktemp("averaged") / "run"
    before = Path.cwd()
    os.chdir(small_corpus)
    try:
        done = command(
            "train", "tiny.yaml", "--out", run, *(word for one in SETTINGS for word in ("--set", one))
        )
    finally:
        os.chdir(before)
    assert done.code == 0, done.err
    return run


@pytest.fixture
def run(finished, there) -> Path:
    """The same in a folder to work in."""
    return shutil.copytree(finished, there / "run").relative_to(there)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def mean_of(run: Path, *steps: int) -> dict[str, torch.Tensor]:
    models = [weights(run / f"checkpoints/step-{step:06d}") for step in steps]
    return {name: torch.stack([model[name] for model in models]).double().mean(dim=0) for name in models[0]}


def assert_mean(folder: Path, expected: dict[str, torch.Tensor]) -> None:
    found = weights(folder)
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        torch.testing.assert_close(tensor.double(), expected[name], rtol=0, atol=1e-7)


def test_by_default_all_that_there_are_up_to_five(run, command):
    done = command("average", run)
    assert (done.code, done.out) == (0, "run/average\n")
    assert done.err == (
        "notice: the run has 3 checkpoints to choose from, not 5: training.keep_last keeps more\n"
        "averaged 3 models, of steps 2, 4, 6\n"
        "next: nmt evaluate run/average --test-set NAME\n"
    )
    assert_mean(run / "average", mean_of(run, 2, 4, 6))
    card = json.loads((run / "average/card.json").read_text(encoding="utf-8"))
    assert card == {"format": 1, "step": 6, "averaged": {"by": "last", "steps": [2, 4, 6]}}


def test_the_last_are_the_newest(run, command):
    assert command("average", run, "--last", "2").err.startswith("averaged 2 models, of steps 4, 6\n")
    assert_mean(run / "average", mean_of(run, 4, 6))


def with_history(run: Path, *history: tuple[int, float | None]) -> None:
    """Other figures of the validations, in the newest checkpoint; greater is better there."""
    newest = run / "checkpoints/step-000006"
    progress = json.loads((newest / "state/progress.json").read_text(encoding="utf-8"))
    assert [step for step, _ in progress["history"]] == [2, 4, 6]
    (newest / "state/progress.json").write_text(
        json.dumps({**progress, "history": history}), encoding="utf-8"
    )
    seal(newest)


def test_the_best_are_those_of_the_best_validations_that_are_still_there(run, command):
    """Of steps 2, 4 and 6 the middle one is made the best, and a better one has gone."""
    with_history(run, (2, -3.0), (3, -0.1), (4, -1.0), (6, -2.0))
    assert "of steps 4, 6\n" in command("average", run, "--best", "2").err
    assert_mean(run / "average", mean_of(run, 4, 6))
    assert "averaged 1 model, of step 4\n" in command("average", run, "--best", "1", "-o", "one").err
    assert json.loads(Path("one/card.json").read_text(encoding="utf-8"))["averaged"]["by"] == "loss"


def test_of_equals_the_earlier_is_the_best_and_what_is_no_number_is_not(run, command):
    with_history(run, (2, None), (4, -1.0), (6, -1.0))
    assert "averaged 1 model, of step 4\n" in command("average", run, "--best", "1").err
    done = command("average", run, "--best", "3", "-o", "all")
    assert "the run has 2 checkpoints to choose from, not 3" in done.err
    assert "averaged 2 models, of steps 4, 6\n" in done.err


def test_without_a_validation_of_theirs_none_is_the_best(run, command):
    with_history(run, (2, None), (3, -0.1))
    done = command("average", run, "--best", "1")
    assert (done.code, done.last) == (
        1,
        "nmt: error: run/checkpoints/step-000006: tells the loss of no checkpoint that is there "
        "(--last N goes by the steps alone)",
    )


def test_what_is_frozen_stays_as_it_was(run, command):
    command("average", run)
    kept, found = (weights(folder)["encoder.embedding.weight"] for folder in (run / "model", run / "average"))
    assert torch.equal(kept, found)


def test_several_models_of_any_kind(run, command):
    done = command("average", run, "run/checkpoints/step-000002", "-o", "mean")
    assert (done.code, done.out) == (0, "mean\n")
    best, early = weights(run / "model"), weights(run / "checkpoints/step-000002")
    assert_mean(Path("mean"), {name: (best[name].double() + early[name]) / 2 for name in best})


def test_it_translates_and_scores_like_any_model(run, command):
    command("average", run)
    assert len(command("translate", "run/average", stdin="I love music.\n").out.splitlines()) == 1
    assert "BLEU" in command("evaluate", "run/average", "--test-set", "test").out


def test_an_average_is_replaced_on_request_alone_and_goes_with_its_run(run, command):
    assert command("average", run).code == 0
    refused = command("average", run, "--last", "1")
    assert (refused.code, refused.last) == (
        1,
        "nmt: error: run/average: exists already (--force overwrites it)",
    )
    assert command("average", run, "--last", "1", "--force").code == 0
    assert_mean(run / "average", mean_of(run, 6))
    assert command("train", "tiny.yaml", "--out", run, "--fresh", "--set", "training.max_steps=1").code == 0
    assert not (run / "average").exists()
