"""What keeps a sentence's attention the same, to the last bit, wherever the sentence stands in its batch.

A batched matrix product rounds by where in memory each of its matrices begins. Where every row of a matrix fills
whole cache lines, they all begin alike; zero columns, which change no product, fill the rows up.
"""

import torch
from torch import Tensor, nn

LINE = 16  # float32 numbers, 64 bytes


def whole_lines(states: Tensor) -> Tensor:
    """The states with zero columns added up to a multiple of ``LINE``. Shape: ``[..., D]`` -> ``[..., >= D]``."""
    missing = -states.size(-1) % LINE
    return nn.functional.pad(states, (0, missing)) if missing else states


def steady_sigmoid(scores: Tensor) -> Tensor:
    """The logistic function by way of tanh: torch rounds the last few elements of a sigmoid apart from the others."""
    return 0.5 + 0.5 * torch.tanh(0.5 * scores)
