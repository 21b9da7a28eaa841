"""Runs of attentions that remember, draw, cool down or begin late: interrupted, they end with the same bits."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nmt.stages.train import run

ATTENTIONS = {
    "a moving baseline, two batches an update, each passed twice": [
        "{align: {type: hard, estimator: {type: reinforce, expected: 0.3, reward: rest}}}",
        "training.accumulate=2",
        "training.precision=bf16",
        "training.r_drop=1.0",
    ],
    "a temperature that falls, input feeding": [
        "{align: {type: hard, estimator: {type: gumbel, decay: 0.1}}, fuse: {type: luong}}",
    ],
    "coverage from a step on, dropout on weights, no input feeding, an average": [
        "{coverage: {start: 6}, align: {type: soft, dropout: 0.2}, fuse: {type: luong, input_feeding: false}}",
        "training.ema=0.9",
    ],
    "a sampled centre with the expectation as baseline, heads": [
        "{heads: {count: 2}, window: {type: predictive, size: 2, centre:"
        " {type: sampled, estimator: {type: reinforce, expected: 0.3, baseline: expectation}}}}",
    ],
    "a lexicon whose file is gone": ["{lexicon: {file: LEXICON}}"],
}


def write_lexicon(path: Path, *entries: str) -> Path:
    path.write_text("".join(f"{entry}\n" for entry in entries), encoding="utf-8")
    return path


def last(run: Path) -> Path:
    return run / "checkpoints/step-000008"


@pytest.mark.parametrize("name", ATTENTIONS)
def test_an_interrupted_run_goes_on_to_the_same_bits(experiment, train, tmp_path, name):
    lexicon = write_lexicon(tmp_path / "lexicon.tsv", "red\trot", "old\talt\t0.9")
    attention, *others = ATTENTIONS[name]
    changes = [
        f"model.attention={attention.replace('LEXICON', str(lexicon))}",
        "training.max_steps=8",
        "training.validate_every=8",
        *others,
    ]
    assert train(experiment, tmp_path / "whole", overrides=changes)["code"] == 0
    train(experiment, tmp_path / "broken", overrides=changes, end="kill step", count=5)
    lexicon.unlink()
    assert train(experiment, tmp_path / "broken", overrides=changes)["code"] == 0
    whole, broken = last(tmp_path / "whole"), last(tmp_path / "broken")
    files = [path.relative_to(whole) for path in whole.rglob("*.safetensors")]  # terms' among them
    assert len(files) >= 3
    for file in files:
        one, other = load_file(whole / file), load_file(broken / file)
        assert {key: tensor.numpy().tobytes() for key, tensor in one.items()} == {
            key: tensor.numpy().tobytes() for key, tensor in other.items()
        }, file


def test_a_run_that_starts_from_a_model_is_guided_by_its_own_lexicon(experiment, tmp_path):
    def table(out: str, *entries: str, start: str = "null") -> torch.Tensor:
        lexicon = write_lexicon(tmp_path / f"{out}.tsv", *entries)
        changes = [f"model.attention={{lexicon: {{file: {lexicon}}}}}", f"training.init_from={start}"]
        changes += ["training.max_steps=2", "training.validate_every=2"]
        run(experiment, changes, out=tmp_path / out, say=lambda _: None, listen=lambda _: None)
        return load_file(tmp_path / out / "model/model.safetensors")["decoder.lexicon.odds"]

    first = table("first", "red\trot\t0.25")
    child = table("child", "red\trot\t0.5", start=str(tmp_path / "first"))
    assert first.unique().tolist() == [0.0, 0.25]
    assert child.unique().tolist() == [0.0, 0.5]
