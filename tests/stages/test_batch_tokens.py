"""``training.batch_tokens: auto`` is measured once and is a number ever after."""

import json

import pytest
import torch

from nmt.bundle import open_bundle
from nmt.config.reader import read
from nmt.errors import UsageError
from nmt.stages import batch_tokens
from nmt.stages.train import run
from nmt.training.footprint import CEILING, Memory

AUTO = ("training.batch_tokens=auto", "training.max_steps=2", "training.validate_every=99")


@pytest.fixture
def measured(monkeypatch) -> list[int]:
    """The rows of each measurement; the machine has room for 640 tokens of eight bytes' worth each."""
    asked: list[int] = []

    def memory(update, table, rows, *, accumulate):
        asked.append(len(rows))
        torch.rand(3)
        longer = max(table.source_lengths[rows].max(), table.target_lengths[rows].max()) + 1
        return Memory(0.0, 8.0 * float(longer))

    monkeypatch.setattr(batch_tokens, "memory_of", memory)
    monkeypatch.setattr(batch_tokens, "room", lambda: 2 * 8.0 * 640)
    return asked


def test_the_number_is_stored_said_and_used_again(experiment, tmp_path, measured):
    out, said = tmp_path / "run", []
    arguments = {"out": out, "say": said.append, "listen": lambda event: None}
    run(experiment, AUTO, **arguments)
    assert len(measured) == 1
    assert "batch_tokens: auto is 640" in said
    assert "batch_tokens: auto is 640\n" in (out / "train.log").read_text(encoding="utf-8")
    for folder in (out, out / "model"):
        assert read(folder / "config.yaml").training.batch_tokens == 640
    assert open_bundle(out / "checkpoints/step-000002").experiment.training.batch_tokens == 640
    more = run(experiment, (*AUTO, "training.max_steps=3"), **arguments)
    assert (more.step, len(measured)) == (3, 1)
    assert read(out / "config.yaml").training.batch_tokens == 640


def test_the_training_is_that_of_the_number(experiment, tmp_path, measured):
    losses = []
    for name, change in (("auto", "auto"), ("number", "640")):
        overrides = (*AUTO, f"training.batch_tokens={change}", "training.log_every=1")
        run(experiment, overrides, out=tmp_path / name, say=lambda line: None, listen=lambda event: None)
        rows = map(json.loads, (tmp_path / name / "metrics.jsonl").read_text().splitlines())
        losses.append([row["loss"] for row in rows])
    assert losses[0] == losses[1]


def test_another_number_is_refused_as_ever(experiment, tmp_path, measured):
    arguments = {"out": tmp_path / "run", "say": lambda line: None, "listen": lambda event: None}
    run(experiment, AUTO, **arguments)
    with pytest.raises(UsageError, match="batch_tokens: 640 -> 512"):
        run(experiment, (*AUTO, "training.batch_tokens=512"), **arguments)


def test_where_memory_cannot_be_measured_it_is_the_ceiling(experiment, tmp_path, monkeypatch):
    monkeypatch.setattr(batch_tokens, "memory_of", lambda *_, **__: None)
    run(experiment, AUTO, out=tmp_path / "run", say=lambda line: None, listen=lambda event: None)
    assert read(tmp_path / "run/config.yaml").training.batch_tokens == CEILING
