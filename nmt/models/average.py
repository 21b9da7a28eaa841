"""The mean of several files of weights (Vaswani et al. 2017, section 6.1; Junczys-Dowmunt et al. 2016)."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from nmt.errors import NmtError
from nmt.models.load import write_tensors


def average_weights(files: Sequence[Path], target: Path) -> None:
    """Writes the mean of each tensor, summed in float64, so that what is equal in all files stays so to the last bit.

    Beside the result, the sum of one tensor is in memory, and that tensor of one file.

    Raises:
        NmtError: a file is no safetensors file, or holds other tensors than the first; or the disk refuses.
    """
    with ExitStack() as stack:
        opened = [_open(stack, file) for file in files]
        first, *others = opened
        shapes = _shapes(first)
        for file, other in zip(files[1:], others, strict=True):
            _refuse_another(file, _shapes(other), files[0], shapes)
        mean = {name: _mean(name, opened) for name in shapes}
        write_tensors(mean, target, metadata=first.metadata())


def _open(stack: ExitStack, file: Path) -> Any:
    try:
        return stack.enter_context(safe_open(str(file), framework="pt"))
    except (SafetensorError, OSError) as error:
        raise NmtError(str(file), f"is not a readable safetensors file ({error})") from error


def _shapes(weights: Any) -> dict[str, list[int]]:
    return {name: weights.get_slice(name).get_shape() for name in sorted(weights.keys())}


def _refuse_another(
    file: Path, shapes: dict[str, list[int]], first: Path, expected: dict[str, list[int]]
) -> None:
    for name in sorted(shapes.keys() | expected.keys()):
        one, other = expected.get(name), shapes.get(name)
        if one != other:
            found = "is missing" if other is None else f"is {other}"
            wanted = "it is missing" if one is None else f"it is {one}"
            raise NmtError(str(file), f"cannot be averaged: {name} {found}, in {first} {wanted}")


def _mean(name: str, opened: Sequence[Any]) -> Tensor:
    first, *others = opened
    tensor = first.get_tensor(name)
    total, dtype = tensor.to(torch.float64, copy=True), tensor.dtype
    del tensor
    for weights in others:
        total += weights.get_tensor(name)
    return (total / len(opened)).to(dtype)
