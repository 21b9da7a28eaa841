"""Checkpoints on disk: each whole or absent, verified on load, without pickle.

``checkpoints/step-000500/`` is a bundle plus ``state/``: optimiser tensors and random numbers as safetensors, the
progress as JSON. It is written under another name, brought to the disk, sealed by a manifest, and renamed; only then
``last`` names it, and only then older ones go.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from nmt.bundle import seal, sync, verify
from nmt.errors import NmtError
from nmt.models.load import load_weights
from nmt.training.progress import Progress

STATE, OPTIMIZER, RANDOM, PROGRESS = "state", "optimizer.safetensors", "random.safetensors", "progress.json"


def save_checkpoint(
    folder: Path,
    *,
    progress: Progress,
    optimizer: torch.optim.Optimizer,
    write_model: Callable[[Path], None],
    keep_last: int,
) -> Path:
    """Writes ``folder/step-N``; ``write_model`` writes the bundle's own files, weights included, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / _name(progress.step)
    with fresh_folder(final) as temporary:
        write_model(temporary)
        state = temporary / STATE
        state.mkdir()
        save_file(_optimizer_tensors(optimizer), str(state / OPTIMIZER))
        save_file(_random_tensors(), str(state / RANDOM))
        (state / PROGRESS).write_text(json.dumps(progress.as_dict(), indent=2) + "\n", encoding="utf-8")
    # Not only when it is new: the process may have died between the two.
    if progress.best_step:
        point(folder / "best", _name(progress.best_step))
    point(folder / "last", final.name)
    _prune(folder, keep_last, progress)
    return final


class fresh_folder:
    """A folder that appears whole or not at all: written aside, sealed, and renamed when the block ends well."""

    def __init__(self, final: Path) -> None:
        self.final = final
        self.temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")

    def __enter__(self) -> Path:
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        return self.temporary

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)
            return
        seal(self.temporary)
        old = self.final.with_name(f".{self.final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.final.exists():
            self.final.rename(old)
        self.temporary.rename(self.final)
        sync(self.final.parent)
        shutil.rmtree(old, ignore_errors=True)


def recover(final: Path) -> None:
    """Puts back a folder that was being replaced when the process died, and removes what was left half-written."""
    old = final.with_name(f".{final.name}.old")
    if old.exists() and not final.exists():
        old.rename(final)
    for left in (*final.parent.glob(f".{final.name}.*.tmp"), old):
        shutil.rmtree(left, ignore_errors=True)


def last_checkpoint(folder: Path) -> Path | None:
    """The checkpoint that ``last`` names, or None where none was written yet."""
    pointer = folder / "last"
    if not pointer.is_file():
        return None
    path = folder / pointer.read_text(encoding="utf-8").strip()
    recover(path)
    if not path.is_dir():
        raise NmtError(str(pointer), f"names {path.name}, which is not there", "--fresh starts anew")
    return path


def load_checkpoint(path: Path, *, model: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    """Restores weights, optimiser and random numbers in place, every file verified.

    Raises:
        NmtError: a file is missing or damaged.
    """
    verify(path)
    load_weights(model, path / "model.safetensors")
    _restore_optimizer(optimizer, load_file(str(path / STATE / OPTIMIZER)))
    _restore_random(load_file(str(path / STATE / RANDOM)))
    return Progress.from_dict(json.loads((path / STATE / PROGRESS).read_text(encoding="utf-8")))


def point(pointer: Path, name: str) -> None:
    """Makes a one-line text file name something else, in one step."""
    temporary = pointer.with_name(f".{pointer.name}.tmp")
    temporary.write_text(name + "\n", encoding="utf-8")
    sync(temporary)
    temporary.replace(pointer)
    sync(pointer.parent)


def _name(step: int) -> str:
    return f"step-{step:06d}"


def _prune(folder: Path, keep_last: int, progress: Progress) -> None:
    """Keeps the newest and the best; a later one was never named by ``last``: its process died before."""
    named = ((path.name.removeprefix("step-"), path) for path in folder.glob("step-*"))
    steps = sorted((int(number), path) for number, path in named if number.isdigit())
    reached = [step for step, _ in steps if step <= progress.step]
    spared = {*reached[-keep_last:], progress.best_step}
    gone = [path for step, path in steps if step not in spared]
    for path in (*gone, *folder.glob(".step-*.tmp"), *folder.glob(".step-*.old")):
        shutil.rmtree(path, ignore_errors=True)


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """``{"3.exp_avg": tensor, ...}``; hyperparameters are the config's."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value).contiguous()
        for index, values in state.items()
        for name, value in values.items()
    }


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _random_tensors() -> dict[str, Tensor]:
    tensors = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        tensors |= {f"cuda.{index}": state for index, state in enumerate(torch.cuda.get_rng_state_all())}
    return tensors


def _restore_random(tensors: dict[str, Tensor]) -> None:
    torch.set_rng_state(tensors["cpu"])
    if torch.cuda.is_available():
        torch.cuda.set_rng_state_all([tensors[name] for name in sorted(tensors) if name.startswith("cuda.")])
