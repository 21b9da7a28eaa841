"""Checkpoints: everything inside, whole or absent, and the right ones kept."""

import os
from pathlib import Path

import pytest
import torch
from torch import nn

from nmt.errors import NmtError
from nmt.models.load import save_weights
from nmt.training.checkpoint import (
    fresh_folder,
    last_checkpoint,
    load_checkpoint,
    point,
    recover,
    save_checkpoint,
)
from nmt.training.progress import Progress, Window

BUNDLE = ("config.yaml", "card.json")  # whatever else a model is made of


class Trained:
    """A layer that was trained a little, and its optimiser."""

    def __init__(self, steps: int = 3) -> None:
        torch.manual_seed(7)
        self.model = nn.Linear(3, 2)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.1, fused=True)
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        self.model(torch.randn(5, 3)).square().sum().backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def save(self, folder: Path, progress: Progress, *, keep_last: int = 2) -> Path:
        def write_model(target: Path) -> None:
            save_weights(self.model, target / "model.safetensors")
            for name in BUNDLE:
                (target / name).write_text(name)

        return save_checkpoint(
            folder,
            progress=progress,
            optimizer=self.optimizer,
            write_model=write_model,
            keep_last=keep_last,
        )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_loaded_goes_on_exactly(tmp_path):
    one = Trained()
    progress = Progress(
        step=3, epoch=1, index=2, best=0.1 + 0.2, best_step=2, stale=1, validated=3, seconds=1.5,
        window=Window(loss=1 / 3, nll=0.25, norm=2.0, tokens=9, steps=1),
    )  # fmt: skip
    path = one.save(tmp_path, progress)
    one.step()

    other = Trained(steps=0)
    assert load_checkpoint(path, model=other.model, optimizer=other.optimizer) == progress
    other.step()
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_last_and_best_are_named_and_older_ones_go(tmp_path):
    one = Trained()
    for step in range(1, 7):
        one.save(tmp_path, Progress(step=step, best_step=2 if step >= 2 else 0))
    assert names(tmp_path) == ["best", "last", "step-000002", "step-000005", "step-000006"]
    assert last_checkpoint(tmp_path) == tmp_path / "step-000006"
    assert (tmp_path / "best").read_text() == "step-000002\n"


def test_there_is_none_before_the_first(tmp_path):
    assert last_checkpoint(tmp_path) is None


def test_one_that_is_gone_is_said(tmp_path):
    point(tmp_path / "last", "step-000009")
    with pytest.raises(NmtError, match="names step-000009, which is not there"):
        last_checkpoint(tmp_path)


@pytest.mark.parametrize("file", ["model.safetensors", "state/optimizer.safetensors", "state/progress.json"])
def test_a_changed_byte_is_found(tmp_path, file):
    one = Trained()
    damaged = one.save(tmp_path, Progress(step=3)) / file
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(NmtError, match=Path(file).name):
        load_checkpoint(damaged.parents[file.count("/")], model=one.model, optimizer=one.optimizer)


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    final = tmp_path / "model"
    for text in ("old", "new"):
        with fresh_folder(final) as target:
            (target / "file").write_text(text)
    with pytest.raises(ZeroDivisionError), fresh_folder(final) as target:
        (target / "file").write_text(str(1 // 0))
    assert (final / "file").read_text() == "new"
    assert names(tmp_path) == ["model"]


def test_a_folder_whose_writer_died_between_two_renames_comes_back(tmp_path):
    final = tmp_path / "model"
    (tmp_path / ".model.old").mkdir()
    (tmp_path / ".model.old" / "file").write_text("old")
    (tmp_path / f".model.{os.getpid() + 1}.tmp").mkdir()
    recover(final)
    assert (final / "file").read_text() == "old"
    assert names(tmp_path) == ["model"]
