"""A run that starts from a model: what it takes over, what starts anew, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nmt.errors import NmtError, UsageError
from nmt.stages.train import run
from nmt.training.checkpoint import load_progress


@pytest.fixture(scope="module")
def parent(shared_experiment, train, tmp_path_factory) -> Path:
    """A run of 20 steps on 80 joint BPE pieces; its best model is of step 7, its last of step 20."""
    out = tmp_path_factory.mktemp("parent") / "run"
    assert train(shared_experiment, out)["code"] == 0
    return out


@pytest.fixture
def child(experiment) -> Path:
    """Another corpus, whose target has words that the parent never saw."""
    text = experiment.with_name("train.de")
    text.write_text(text.read_text(encoding="utf-8").replace("Hund", "Wüstenfuchs"), encoding="utf-8")
    return experiment


def start(config: Path, out: Path, parent: Path, *overrides: str) -> list[str]:
    """Starts from the parent and stops before the first step; what was said."""
    said: list[str] = []
    changes = [f"training.init_from={parent}", "training.max_seconds=1e-9", *overrides]
    run(config, changes, out=out, say=said.append, listen=lambda _: None)
    return said


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def first(out: Path) -> Path:
    return out / "checkpoints/step-000000"


def test_it_starts_from_the_best_model_with_all_else_reset(child, parent, tmp_path):
    said = start(child, tmp_path / "run", parent)
    step = json.loads((parent / "model/card.json").read_text())["step"]
    assert (
        f"starting from {parent}/model (step {step}): weights, vocabulary; reset: optimizer, schedule, data, best"
        in said
    )
    assert "source vocabulary: 80 old pieces and 0 new ones" in said
    old, new = weights(parent / "model"), weights(first(tmp_path / "run"))
    assert old.keys() == new.keys()
    assert all(torch.equal(old[name], new[name]) for name in old)
    progress = load_progress(first(tmp_path / "run"))
    assert (progress.offset, progress.epoch, progress.index, progress.history) == (0, 0, 0, [])
    assert not load_file(first(tmp_path / "run") / "state/optimizer.safetensors")


def test_what_is_not_reset_goes_on(experiment, parent, tmp_path):
    said = start(experiment, tmp_path / "run", parent, "training.reset=[]")
    last = parent / "checkpoints/step-000020"
    everything = "weights, vocabulary, optimizer, schedule, data, best; reset: nothing"
    assert f"starting from {last} (step 20): {everything}" in said
    before, now = load_progress(last), load_progress(first(tmp_path / "run"))
    assert (now.step, now.offset, now.epoch, now.index) == (0, 20, before.epoch, before.index)
    assert now.history == [(0, max(before.figures))]
    state = "state/optimizer.safetensors"
    assert (last / state).read_bytes() == (first(tmp_path / "run") / state).read_bytes()
    # The best so far is what it starts from, until something is better.
    best, old = weights(tmp_path / "run/model"), weights(last)
    assert all(torch.equal(best[name], old[name]) for name in old)
    assert (tmp_path / "run/checkpoints/best").read_text() == "step-000000\n"


def test_it_goes_on_exactly_where_the_parent_would_have(experiment, train, parent, tmp_path):
    """Nothing reset, same data: but for the numbers that dropout draws, this is a resumed run."""
    still = ["model.dropout=0.0"]
    train(experiment, tmp_path / "short", overrides=[*still, "training.max_steps=8"])
    train(experiment, tmp_path / "long", overrides=[*still, "training.max_steps=13"])
    train(
        experiment,
        tmp_path / "child",
        overrides=[
            *still,
            "training.max_steps=5",
            "training.reset=[]",
            f"training.init_from={tmp_path}/short",
        ],
    )
    long, child = (
        weights(tmp_path / name) for name in ("long/checkpoints/step-000013", "child/checkpoints/step-000005")
    )
    assert all(torch.equal(long[name], child[name]) for name in long)


def test_a_larger_vocabulary_keeps_the_old_rows(child, parent, tmp_path):
    said = start(child, tmp_path / "run", parent, "tokenizer.vocab_size=95")
    assert "target vocabulary: 80 old pieces and 15 new ones" in said
    old, new = weights(parent / "model"), weights(first(tmp_path / "run"))
    grown = [name for name in old if old[name].shape != new[name].shape]
    assert sorted(grown) == [
        "decoder.embedding.weight", "encoder.embedding.weight", "projection.bias", "projection.weight",
    ]  # fmt: skip
    for name in old:
        rows = len(old[name]) if name in grown else None
        assert torch.equal(old[name], new[name][:rows])
    assert new["decoder.embedding.weight"][80:].std() > 0.05


def test_a_child_resumes_by_the_same_command_and_exactly(child, train, parent, tmp_path):
    changes = [f"training.init_from={parent}", "tokenizer.vocab_size=95"]
    train(child, tmp_path / "whole", overrides=changes)
    for end, count in (("kill step", 5), ("terminate", 11), ("never", 0)):
        train(child, tmp_path / "broken", overrides=changes, end=end, count=count)
    assert (tmp_path / "whole/checkpoints/step-000020/model.safetensors").read_bytes() == (
        tmp_path / "broken/checkpoints/step-000020/model.safetensors"
    ).read_bytes()


@pytest.mark.parametrize(
    ("changes", "kind", "expected"),
    [
        (["model.hidden=8"], UsageError, "model.hidden: 16 -> 8"),
        (["model.encoder_layers=2"], UsageError, "model.encoder_layers: 1 -> 2"),
        (["model.cell=lstm"], UsageError, "model.cell: gru -> lstm"),
        (
            ["model.attention.score.normalised=true"],
            UsageError,
            "model.attention.score.normalised: false -> true",
        ),
        (["model.attention.coverage={}"], NmtError, "has no decoder.attention"),
        (["tokenizer.type=unigram"], UsageError, "tokenizer: is joint unigram, but that of"),
        (["tokenizer.joint=false"], UsageError, "tokenizer: is bpe and bpe, but that of"),
        (
            ["training.reset=[schedule]", "tokenizer.vocab_size=95"],
            NmtError,
            "add optimizer to training.reset",
        ),
        (
            ["training.reset=[schedule]", "training.optimizer={type: sgd}"],
            UsageError,
            "training.optimizer: is sgd, decay of all, that of",
        ),
        (
            ["training.reset=[schedule]", "training.optimizer={type: adamw, decay: matrices}"],
            UsageError,
            "training.optimizer: is adamw, decay of matrices, that of",
        ),
        (["training.reset=[schedule]", "training.best=loss"], UsageError, "training.best: is loss, that of"),
        (["model.tie=all"], NmtError, "as a tensor of its own, which this model shares"),
    ],
)
def test_a_model_of_another_shape_is_refused(child, parent, tmp_path, changes, kind, expected):
    with pytest.raises(kind) as caught:
        start(child, tmp_path / "run", parent, *changes)
    assert expected in str(caught.value)


def test_what_changes_no_weight_may_be_another(child, parent, tmp_path):
    assert start(
        child, tmp_path / "run", parent, "model.dropout=0.5", "model.attention.align={type: sparsemax}"
    )


def test_weights_that_the_child_has_no_use_for_are_refused(child, parent, train, tmp_path):
    assert train(child, tmp_path / "covered", overrides=["model.attention.coverage={}"])["code"] == 0
    with pytest.raises(NmtError, match=r"has decoder\.attention.*, which this model has not"):
        start(child, tmp_path / "run", tmp_path / "covered")


def test_a_bundle_alone_has_no_training_to_go_on_with(child, parent, tmp_path):
    with pytest.raises(NmtError, match="holds no training to keep optimizer of"):
        start(child, tmp_path / "run", parent / "model", "training.reset=[schedule, data, best]")
    with pytest.raises(NmtError, match="no such model"):
        start(child, tmp_path / "run", tmp_path / "nothing")
    assert not (tmp_path / "run").exists()


def test_fresh_does_not_clear_the_model_that_it_would_start_from(child, parent, tmp_path):
    shutil.copytree(parent, tmp_path / "run")
    with pytest.raises(UsageError, match="which --fresh would clear"):
        run(
            child,
            [f"training.init_from={tmp_path}/run"],
            out=tmp_path / "run",
            fresh=True,
            say=lambda _: None,
            listen=lambda _: None,
        )
    assert weights(tmp_path / "run/model")


def test_a_child_goes_on_without_its_parent(child, train, parent, tmp_path):
    shutil.copytree(parent, tmp_path / "parent")
    changes = [f"training.init_from={tmp_path}/parent", "training.max_steps=4"]
    train(child, tmp_path / "run", overrides=changes, end="terminate", count=2)
    shutil.rmtree(tmp_path / "parent")
    assert train(child, tmp_path / "run", overrides=changes)["steps"] == 2


def test_a_schedule_that_is_kept_falls_towards_the_end_of_both(child, train, parent, tmp_path):
    """The parent's 20 steps and 20 more: the child begins in the middle of the fall, and ends at its end."""
    changes = [
        f"training.init_from={parent}",
        "training.reset=[optimizer, data, best]",
        "training.schedule={type: linear}",
        "training.log_every=1",
    ]
    train(child, tmp_path / "run", overrides=changes)
    rows = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    rates = [row["lr"] for row in rows if row["type"] == "train"]
    assert rates[0] == pytest.approx(1e-3 * 19.5 / 40, rel=0.03)
    assert rates[-1] < rates[0] / 10
