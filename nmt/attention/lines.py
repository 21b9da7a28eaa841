"""What keeps a sentence's attention the same, to the last bit, wherever the sentence stands in its batch.

A batched matrix product rounds by where in memory each of its matrices begins. Where every row of a matrix fills
whole cache lines, they all begin alike; zero columns, which change no product, fill the rows up. A product of few
outputs rounds by where each row begins; zero outputs make them many. And some of torch's functions round the last few
elements of a tensor apart from the others.
"""

import torch
from torch import Tensor, nn

LINE = 16  # float32 numbers, 64 bytes


def whole_lines(states: Tensor) -> Tensor:
    """The states with zero columns added up to a multiple of ``LINE``. Shape: ``[..., D]`` -> ``[..., >= D]``."""
    missing = -states.size(-1) % LINE
    return nn.functional.pad(states, (0, missing)) if missing else states


def steady_linear(states: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``W x + b``, also where the outputs are few. Shape: ``[..., D]``, weight ``[N, D]`` -> ``[..., N]``."""
    few = weight.size(0)
    if few < LINE:
        weight = nn.functional.pad(weight, (0, 0, 0, LINE - few))
        bias = None if bias is None else nn.functional.pad(bias, (0, LINE - few))
    return nn.functional.linear(states, weight, bias)[..., :few]


def steady_sigmoid(scores: Tensor) -> Tensor:
    """The logistic function by way of tanh, which torch rounds alike everywhere."""
    return 0.5 + 0.5 * torch.tanh(0.5 * scores)


def steady_silu(x: Tensor) -> Tensor:
    """``x sigmoid(x)``; in training torch's own, which is faster."""
    return nn.functional.silu(x) if torch.is_grad_enabled() else x * steady_sigmoid(x)


def steady_gelu(x: Tensor) -> Tensor:
    """``x Phi(x)`` by way of erf, which torch rounds alike everywhere; in training torch's own, which is faster."""
    return nn.functional.gelu(x) if torch.is_grad_enabled() else 0.5 * x * (1 + torch.erf(x * 2**-0.5))
