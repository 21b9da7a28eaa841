"""What tells the places of a side apart by way of its embeddings; rotary and relative places act inside attention.

Letters: T places, D model width. Any leading dimensions. Places count from 0.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class Positions(nn.Module, ABC):
    """The contract: something is added to each embedding. ``max_length`` is the most places there are; None: any."""

    max_length: int | None

    @abstractmethod
    def forward(self, embedded: Tensor, *, first: int = 0) -> Tensor:
        """Shape: embedded ``[..., T, D]``, whose first place is ``first``."""


class NoPositions(Positions):
    """Nothing: attention itself knows the places, or nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.max_length = None

    def forward(self, embedded: Tensor, *, first: int = 0) -> Tensor:
        return embedded


class Sinusoidal(Positions):
    """Waves (Vaswani et al. 2017, section 3.5), for any length.

    Of three layouts in use this is the one of two halves: all sines, then all cosines, the i-th of each of frequency
    ``10000^(-2i / D)``. (The paper's equation interleaves them; tensor2tensor spreads the frequencies a little wider.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.max_length = None

    def forward(self, embedded: Tensor, *, first: int = 0) -> Tensor:
        count, size = embedded.shape[-2:]
        return embedded + waves(torch.arange(first, first + count, device=embedded.device), size).to(embedded)


def waves(places: Tensor, size: int) -> Tensor:
    """Shape: places ``[T]`` -> ``[T, size]`` in float64; ``size`` is even."""
    frequencies = 10000.0 ** -(
        torch.arange(0, size, 2, dtype=torch.float64, device=places.device) / size
    )  # [size / 2]
    angles = places.to(torch.float64).unsqueeze(-1) * frequencies
    return torch.cat((angles.sin(), angles.cos()), dim=-1)


class Learned(Positions):
    """A learnt vector for each place (Gehring et al. 2017, section 3.1), N(0, 1/D); a side that is longer raises
    IndexError: whoever reads text refuses it before."""

    def __init__(self, *, max_length: int, size: int) -> None:
        super().__init__()
        self.max_length = max_length
        self.table = nn.Embedding(max_length, size)
        nn.init.normal_(self.table.weight, std=size**-0.5)

    def forward(self, embedded: Tensor, *, first: int = 0) -> Tensor:
        count = embedded.size(-2)
        if first + count > self.table.num_embeddings:
            raise IndexError(f"place {first + count} of {self.table.num_embeddings}")
        return embedded + self.table.weight[first : first + count].to(embedded.dtype)
