"""Weights to and from disk, as safetensors only: no pickle anywhere."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file, save_model
from safetensors.torch import load_model as fill
from torch import Tensor, nn

from nmt.config.model import Model
from nmt.errors import NmtError
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.text.special import PAD


def save_weights(model: nn.Module, path: Path) -> None:
    """Writes every parameter once, also where two modules share it; raises NmtError where the disk refuses."""
    _written(path, lambda: save_model(model, str(path)))


def write_tensors(
    tensors: Mapping[str, Tensor], path: Path, *, metadata: dict[str, str] | None = None
) -> None:
    """Writes named tensors; raises NmtError where the disk refuses."""
    _written(path, lambda: save_file(dict(tensors), str(path), metadata=metadata))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """What :func:`write_tensors` wrote; raises NmtError where it is no safetensors file."""
    try:
        return load_file(str(path))
    except (SafetensorError, OSError) as error:
        raise NmtError(str(path), f"is not a readable safetensors file ({error})") from error


def _written(path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except (SafetensorError, OSError) as error:
        cause = str(error).removeprefix("Error while serializing: ").removeprefix("I/O error: ")
        raise NmtError(str(path), f"cannot be written: {cause}") from error


def load_weights(model: nn.Module, path: Path) -> None:
    """Fills the model in place.

    Raises:
        NmtError: the file is no safetensors file, or its tensors are not this model's.
    """
    try:
        fill(model, str(path))
    except (SafetensorError, OSError) as error:
        raise NmtError(str(path), f"is not a readable safetensors file ({error})") from error
    except (
        RuntimeError
    ) as error:  # a title, then a line for each tensor that is missing, unexpected or misshapen
        first = str(error).splitlines()[:2][-1].strip()
        raise NmtError(str(path), f"does not hold this model's weights: {first}") from error


def load_extended(model: nn.Module, path: Path, *, vocabularies: Collection[int]) -> list[str]:
    """Fills a model that may know more pieces than the file: their rows stay as they are. Returns what grew.

    ``vocabularies`` are the file's numbers of pieces, source and target.

    Raises:
        NmtError: the file is no safetensors file, or is of a model of another shape.
    """
    old, filled, grown = read_tensors(path), set[int](), list[str]()
    new = model.state_dict()
    for name in sorted(old.keys() & new.keys()):
        source, target = old[name], new[name]
        if target.data_ptr() in filled:
            what = f"has {name} as a tensor of its own, which this model shares"
            raise NmtError(str(path), what, "the model section must be the same")
        rows = source.size(0) if source.dim() else 0
        fits = source.shape[1:] == target.shape[1:] and rows in vocabularies and rows < target.size(0)
        if source.shape != target.shape and not fits:
            what = f"{name} is {list(source.shape)} there and {list(target.shape)} in this model"
            raise NmtError(str(path), what, "the model section must be the same")
        target[:rows].copy_(source) if fits else target.copy_(source)
        filled.add(target.data_ptr())
        grown += [name] if fits else []
    if missing := [name for name, tensor in new.items() if tensor.data_ptr() not in filled]:
        raise NmtError(str(path), f"has no {missing[0]}", "the model section must be the same")
    if left := sorted(old.keys() - new.keys()):
        what = f"has {left[0]}, which this model has not"
        raise NmtError(str(path), what, "the model section must be the same")
    return grown


def load_model(config: Model, weights: Path, *, source_size: int, target_size: int) -> EncoderDecoder:
    """A model with the weights of a file, in eval mode, that shows where it looks; raises NmtError as
    :func:`load_weights`."""
    with torch.random.fork_rng(devices=[]):  # building draws fresh weights, which are overwritten
        model = build_model(
            config, source_size=source_size, target_size=target_size, padding=PAD, weights=True
        )
    load_weights(model, weights)
    return model.eval()
