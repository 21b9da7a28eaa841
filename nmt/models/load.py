"""Weights to and from disk, as safetensors only: no pickle anywhere."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model as fill
from safetensors.torch import save_model
from torch import nn

from nmt.config.model import Model
from nmt.errors import NmtError
from nmt.models.build import build_model
from nmt.models.rnn.model import RnnSeq2Seq
from nmt.text.special import PAD


def save_weights(model: nn.Module, path: Path) -> None:
    """Writes every parameter once, also where two modules share it."""
    save_model(model, str(path))


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


def load_model(config: Model, weights: Path, *, source_size: int, target_size: int) -> RnnSeq2Seq:
    """A model with the weights of a file, in eval mode; raises NmtError as :func:`load_weights`."""
    with torch.random.fork_rng(devices=[]):  # building draws fresh weights, which are overwritten
        model = build_model(config, source_size=source_size, target_size=target_size, padding=PAD)
    load_weights(model, weights)
    return model.eval()
