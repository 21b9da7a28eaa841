"""Layer normalisation of what enters a cell's gates (Ba, Kiros and Hinton 2016).

Letters: R rows, H hidden width, G gates.
"""

import torch
from torch import Tensor, nn


class GateNorm(nn.Module):
    """Each group of gates of one contribution, the input's or the recurrent one, brought to mean 0 and variance 1 over
    its units, then given a gain and a bias of its own.

    ``groups`` are numbers of gates: the LSTM's four are normalised together (eq. 20), the GRU's reset and update
    together and its candidate apart (eq. 23 and 24). The linear maps keep their biases, inside the norm.
    """

    def __init__(self, groups: tuple[int, ...], hidden: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(gates * hidden) for gates in groups)
        self.sizes = [gates * hidden for gates in groups]

    def forward(self, gates: Tensor) -> Tensor:
        """Shape: ``[R, G*H]`` -> ``[R, G*H]``."""
        parts = torch.split(gates, self.sizes, dim=-1)
        return torch.cat([norm(part) for norm, part in zip(self.norms, parts, strict=True)], dim=-1)
