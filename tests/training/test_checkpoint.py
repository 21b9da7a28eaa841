"""Checkpoints: everything inside, whole or absent, and the right ones kept."""

import os
import resource
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from nmt.config.optimizer import Adafactor, Adagrad, Adam, AdamW, Optimizer, Sgd
from nmt.errors import NmtError
from nmt.models.load import save_weights
from nmt.training.build import build_optimizer
from nmt.training.checkpoint import load_checkpoint, load_optimizer, newest_checkpoint, save_checkpoint
from nmt.training.folder import fresh_folder, recover
from nmt.training.objective import Objective
from nmt.training.progress import Progress, Window

BUNDLE = ("config.yaml", "card.json")  # whatever else a model is made of


class Trained:
    """A layer that was trained a little, and its optimiser."""

    def __init__(self, steps: int = 3, *, section: Optimizer | None = None) -> None:
        torch.manual_seed(7)
        self.model = nn.Linear(3, 2)
        self.optimizer = build_optimizer(section or AdamW(lr=0.1), self.model)
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        self.model(torch.randn(5, 3)).square().sum().backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def save(self, folder: Path, progress: Progress, *, keep_last: int = 2, keep_best: int = 1) -> Path:
        def write_model(target: Path) -> None:
            save_weights(self.model, target / "model.safetensors")
            for name in BUNDLE:
                (target / name).write_text(name)

        return save_checkpoint(
            folder,
            progress=progress,
            objective=Objective(self.model),
            optimizer=self.optimizer,
            ema=None,
            random=[torch.get_rng_state()],
            write_model=write_model,
            keep_last=keep_last,
            keep_best=keep_best,
        )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_loaded_goes_on_exactly(tmp_path):
    one = Trained()
    progress = Progress(
        step=3, epoch=1, index=2, seconds=1.5, history=[(2, 0.1 + 0.2), (3, None)], skipped=1, offset=9,
        window=Window(loss=1 / 3, nll=0.25, norm=2.0, tokens=9, steps=1),
    )  # fmt: skip
    path = one.save(tmp_path, progress)
    one.step()

    other = Trained(steps=0)
    assert (
        load_checkpoint(path, objective=Objective(other.model), optimizer=other.optimizer, ema=None)
        == progress
    )
    other.step()
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(a, b)


OPTIMIZERS = [
    Sgd(lr=0.1),
    Sgd(lr=0.1, momentum=0.9, nesterov=True),
    Adam(lr=0.1, weight_decay=0.1),
    AdamW(lr=0.1, decay="matrices"),
    Adagrad(lr=0.1, weight_decay=0.1, decay="matrices"),
    Adafactor(lr=0.1),
]


@pytest.mark.parametrize("section", OPTIMIZERS, ids=lambda section: type(section).__name__)
def test_every_optimiser_goes_on_exactly(tmp_path, section):
    """From what is on disk, with one that was built anew, to the last bit of weights and moments."""
    one, other = Trained(section=section), Trained(steps=0, section=section)
    path = one.save(tmp_path, Progress(step=3))
    for _ in range(4):
        one.step()
    load_checkpoint(path, objective=Objective(other.model), optimizer=other.optimizer, ema=None)
    for _ in range(4):
        other.step()
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(a, b)
    states = [trained.optimizer.state_dict()["state"] for trained in (one, other)]
    for a, b in zip(*(flat(state) for state in states), strict=True):
        assert a[:2] == b[:2]
        assert a[2].dtype == b[2].dtype
        assert torch.equal(a[2], b[2])


def flat(state: dict[int, dict[str, Tensor]]) -> list[tuple[int, str, Tensor]]:
    return [(index, name, state[index][name]) for index in sorted(state) for name in sorted(state[index])]


def test_last_and_best_are_named_and_older_ones_go(tmp_path):
    one = Trained()
    for step in range(1, 7):
        one.save(tmp_path, Progress(step=step, history=[(2, 1.0)] if step >= 2 else []))
    assert names(tmp_path) == ["best", "last", "step-000002", "step-000005", "step-000006"]
    assert (tmp_path / "last").read_text() == "step-000006\n"
    assert newest_checkpoint(tmp_path, pytest.fail) == tmp_path / "step-000006"
    assert (tmp_path / "best").read_text() == "step-000002\n"


def test_the_best_few_are_kept(tmp_path):
    one, progress = Trained(), Progress()
    for step, figure in enumerate([5.0, 9.0, 1.0, 7.0, 8.0, 2.0, 3.0, 4.0], start=1):
        progress.step = step
        progress.judge(figure)
        one.save(tmp_path, progress, keep_last=1, keep_best=3)
    assert names(tmp_path) == ["best", "last", "step-000002", "step-000004", "step-000005", "step-000008"]


def test_there_is_none_before_the_first(tmp_path):
    assert newest_checkpoint(tmp_path, pytest.fail) is None
    assert newest_checkpoint(tmp_path / "nothing", pytest.fail) is None


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


FILES = (
    "model.safetensors",
    "state/optimizer.safetensors",
    "state/random.safetensors",
    "state/progress.json",
)


@pytest.mark.parametrize("harm", [truncate, flip, Path.unlink])
@pytest.mark.parametrize("file", [*FILES, "card.json", "manifest.json"])
def test_a_damaged_one_is_passed_over_for_the_newest_good_one_and_both_are_named(tmp_path, file, harm):
    one, said = Trained(), list[str]()
    older, newer = (one.save(tmp_path, Progress(step=step)) for step in (3, 6))
    harm(newer / file)
    assert newest_checkpoint(tmp_path, said.append) == older
    assert (tmp_path / "last").read_text() == "step-000003\n"
    (warning,) = said
    assert warning.startswith("warning: ")
    assert str(newer) in warning
    assert warning.endswith("; going on from step-000003 instead")


def test_where_none_is_whole_all_are_named(tmp_path):
    one = Trained()
    for step in (3, 6):
        flip(one.save(tmp_path, Progress(step=step)) / "model.safetensors")
    with pytest.raises(NmtError, match=r"no checkpoint is whole: .*step-000006.*step-000003.*--fresh"):
        newest_checkpoint(tmp_path, pytest.fail)


def test_no_room_is_found_out_before_anything_is_written(tmp_path, monkeypatch):
    one = Trained()
    one.save(tmp_path, Progress(step=3))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(NmtError, match=r"a checkpoint needs 1 MB, and the disk has 0 MB free"):
        one.save(tmp_path, Progress(step=6))
    assert names(tmp_path) == ["last", "step-000003"]


@pytest.mark.parametrize("file", ["model.safetensors", "state/optimizer.safetensors", "manifest.json"])
def test_a_disk_that_fills_up_meanwhile_leaves_what_was_there(tmp_path, monkeypatch, file):
    one = Trained()
    one.save(tmp_path, Progress(step=3))
    monkeypatch.setattr("nmt.training.checkpoint._room", lambda *_, **__: None)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "step-000003" / file).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, hard))
    try:
        with pytest.raises((NmtError, OSError)):
            one.save(tmp_path, Progress(step=6))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == ["last", "step-000003"]
    assert newest_checkpoint(tmp_path, pytest.fail) == tmp_path / "step-000003"


def test_the_state_of_another_model_is_refused(tmp_path):
    path = Trained().save(tmp_path, Progress(step=3))
    larger = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    with pytest.raises(NmtError, match=r"model\.safetensors: does not hold this model's weights"):
        load_checkpoint(
            path, objective=Objective(larger), optimizer=torch.optim.AdamW(larger.parameters()), ema=None
        )
    with pytest.raises(NmtError, match=r"optimizer\.safetensors: is of another optimiser or model"):
        load_optimizer(path, torch.optim.AdamW([nn.Parameter(torch.zeros(2))]))


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
