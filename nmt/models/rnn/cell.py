"""Recurrent cells that take their input's share of the gates ready-made, so that it is computed for all steps at once.

Letters: R rows, H hidden width, G gates (GRU 3, LSTM 4). The state of a layer is a tuple of ``[R, H]`` tensors, the
output first; it stays in float32 when matrix products run in half precision. Conventions and gate order are those of
``torch.nn.GRUCell`` and ``torch.nn.LSTMCell``.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

LayerState = tuple[Tensor, ...]


class Cell(nn.Module, ABC):
    """The contract: one recurrent step from the gates' inputs and the previous state."""

    gates: int
    tensors: int  # how many tensors make up a layer's state

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.recurrent = nn.Linear(hidden, self.gates * hidden)
        for gate in self.recurrent.weight.data.chunk(self.gates):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(self.recurrent.bias)

    @abstractmethod
    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        """Shape: inputs ``[R, G*H]``, recurrent ``[R, G*H]`` (``self.recurrent`` of the output of ``state``), state
        and result ``[R, H]`` each."""


class GruCell(Cell):
    """Gated recurrent unit (Cho et al. 2014), with the reset gate applied after the recurrent product."""

    gates = 3
    tensors = 1

    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        (hidden,) = state
        sizes = [2 * hidden.size(-1), hidden.size(-1)]
        gates_in, new_in = torch.split(inputs.to(hidden.dtype), sizes, dim=-1)
        gates_h, new_h = torch.split(recurrent.to(hidden.dtype), sizes, dim=-1)
        # The sigmoid is taken of strided halves: over a contiguous tensor the last few elements are rounded apart.
        reset, update = (torch.sigmoid(gate) for gate in (gates_in + gates_h).chunk(2, dim=-1))
        new = torch.tanh(torch.addcmul(new_in, reset, new_h))
        return (torch.lerp(new, hidden, update),)


class LstmCell(Cell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997), forget-gate bias 1 (Jozefowicz et al. 2015)."""

    gates = 4
    tensors = 2

    def __init__(self, hidden: int) -> None:
        super().__init__(hidden)
        nn.init.ones_(self.recurrent.bias.data.chunk(4)[1])

    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        _, cell = state
        admit, forget, new, emit = (inputs.to(cell.dtype) + recurrent).chunk(4, dim=-1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(admit) * torch.tanh(new)
        return torch.sigmoid(emit) * torch.tanh(cell), cell
