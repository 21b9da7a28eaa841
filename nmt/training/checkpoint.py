"""Checkpoints on disk: each whole or absent, verified on load, without pickle.

``checkpoints/step-000500/`` is a bundle plus ``state/``: the optimiser's tensors and the random numbers as safetensors,
those of each process where there are several, the progress as JSON, what the terms of the objective remember, if
anything, and the weights in training where the bundle's are their average. It is written under another name, brought to
the disk, sealed by a manifest, and renamed; only then ``last`` names it, and only then older ones go.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nmt.bundle import verify
from nmt.errors import NmtError
from nmt.models.load import load_weights, read_tensors, save_weights, write_tensors
from nmt.training.ema import Ema
from nmt.training.folder import fresh_folder, point, recover
from nmt.training.objective import Objective
from nmt.training.progress import Progress

STATE = "state"
OPTIMIZER, RANDOM, PROGRESS = "optimizer.safetensors", "random.safetensors", "progress.json"
TERMS = "terms.safetensors"  # where a term of the objective keeps a running mean
RAW = "weights.safetensors"  # beside an average
SPARE = 1 << 20  # bytes of small files


def save_checkpoint(
    folder: Path,
    *,
    progress: Progress,
    objective: Objective,
    optimizer: torch.optim.Optimizer,
    ema: Ema | None,
    random: Sequence[Tensor],
    write_model: Callable[[Path], None],
    keep_last: int,
    keep_best: int,
) -> Path:
    """Writes ``folder/step-N``; ``write_model`` writes the bundle's own files, weights included, into a folder;
    ``random`` is the state of each process's random numbers.

    Raises:
        NmtError: there is no room for it, or the disk refuses; earlier checkpoints are as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _room(folder, objective.model, optimizer, copies=1 if ema is None else 2)
    final = checkpoint_of(folder, progress.step)
    with fresh_folder(final) as temporary:
        write_model(temporary)
        state = temporary / STATE
        state.mkdir()
        write_tensors(_optimizer_tensors(optimizer), state / OPTIMIZER)
        write_tensors({_random(rank): state for rank, state in enumerate(random)}, state / RANDOM)
        if terms := objective.terms.state_dict():
            write_tensors(terms, state / TERMS)
        if ema is not None:
            save_weights(objective.model, state / RAW)
        (state / PROGRESS).write_text(json.dumps(progress.as_dict(), indent=2) + "\n", encoding="utf-8")
    _name_it(final, progress)
    _prune(folder, progress, keep_last, keep_best)
    return final


def newest_checkpoint(folder: Path, warn: Callable[[str], None]) -> Path | None:
    """The newest whole checkpoint, every file of it verified, or None where none was written yet.

    ``warn`` is told of each newer one that is damaged, and of the one that is taken instead.

    Raises:
        NmtError: there are checkpoints, and none is whole.
    """
    for left in folder.glob(".step-*.old"):
        recover(folder / left.name.removeprefix(".").removesuffix(".old"))
    damaged: list[NmtError] = []
    for _, path in sorted(_steps(folder), reverse=True):
        try:
            verify(path)
        except NmtError as error:
            damaged.append(error)
            continue
        if damaged:
            warn(f"warning: {'; '.join(map(str, damaged))}; going on from {path.name} instead")
        _name_it(path, load_progress(path))  # the process may have died before it did
        return path
    if damaged:
        raise NmtError(
            str(folder), f"no checkpoint is whole: {'; '.join(map(str, damaged))}", "--fresh starts anew"
        )
    return None


def load_checkpoint(
    path: Path, *, objective: Objective, optimizer: torch.optim.Optimizer, ema: Ema | None, rank: int = 0
) -> Progress:
    """Restores weights, optimiser and random numbers in place; whoever chose the path has verified it.

    A process that had no part in writing it keeps the random numbers that it has.

    Raises:
        NmtError: a file does not hold what this model and optimiser need.
    """
    progress = load_progress(path)
    load_weights(objective.model, path / "model.safetensors")
    if ema is not None:
        ema.begin_again(progress.step - progress.skipped)
        load_weights(objective.model, path / STATE / RAW)
    if terms := objective.terms.state_dict():
        remembered = read_tensors(path / STATE / TERMS)
        objective.terms.load_state_dict({name: remembered[name] for name in terms})
    load_optimizer(path, optimizer)
    random = read_tensors(path / STATE / RANDOM)
    if _random(rank) in random:
        torch.set_rng_state(random[_random(rank)])
    return progress


def _random(rank: int) -> str:
    """Under which name the random numbers of a process are kept."""
    return f"cpu.{rank}" if rank else "cpu"


def load_progress(path: Path) -> Progress:
    """Where the training stood that wrote a checkpoint."""
    place = path / STATE / PROGRESS
    try:
        return Progress.from_dict(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NmtError(
            str(place), f"is no state of this nmt ({type(error).__name__})", "--fresh starts anew"
        ) from error


def load_optimizer(path: Path, optimizer: torch.optim.Optimizer) -> None:
    """Restores what the same kind of optimiser remembered; raises NmtError where it was of other parameters."""
    place = path / STATE / OPTIMIZER
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in read_tensors(place).items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    groups = optimizer.state_dict()["param_groups"]
    if not state.keys() <= {index for group in groups for index in group["params"]}:
        raise NmtError(str(place), "is of another optimiser or model")
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def checkpoint_of(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step is, if it is."""
    return folder / _name(step)


def _name(step: int) -> str:
    return f"step-{step:06d}"


def _name_it(path: Path, progress: Progress) -> None:
    """Makes ``best`` and ``last`` name what they should, once ``path`` is the newest checkpoint."""
    if progress.best_step is not None:
        point(path.with_name("best"), _name(progress.best_step))
    point(path.with_name("last"), path.name)


def _steps(folder: Path) -> list[tuple[int, Path]]:
    """The checkpoints of a folder with their steps."""
    named = ((path.name.removeprefix("step-"), path) for path in folder.glob("step-*"))
    return sorted((int(number), path) for number, path in named if number.isdigit())


def _room(folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer, *, copies: int) -> None:
    """Raises NmtError where the disk has no room for a checkpoint and the best model."""
    weights = sum(parameter.nbytes for parameter in model.parameters())
    state = sum(tensor.nbytes for tensor in _optimizer_tensors(optimizer).values())
    needed = (copies + 1) * weights + state + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        what = f"a checkpoint needs {needed / 1e6:,.0f} MB, and the disk has {free / 1e6:,.0f} MB free"
        raise NmtError(str(folder), what, "make room, and the same command goes on")


def _prune(folder: Path, progress: Progress, keep_last: int, keep_best: int) -> None:
    """Keeps the newest and the best; a later one is of a process that died, or damaged, and will be made again."""
    steps = _steps(folder)
    reached = [step for step, _ in steps if step <= progress.step]
    spared = {*reached[-keep_last:], *progress.best_steps(keep_best)}
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
