"""Recurrent cells that take their input's share of the gates ready-made, so that it is computed for all steps at once.

Letters: R rows, H hidden width, G gates (GRU 3, LSTM 4). The state of a layer is a tuple of ``[R, H]`` tensors, the
output first; it stays in float32 when matrix products run in half precision. Conventions and gate order are those of
``torch.nn.GRUCell`` and ``torch.nn.LSTMCell``.
"""

from abc import ABC, abstractmethod
from typing import cast

import torch
from torch import Tensor, nn

from nmt.models.rnn.gate_norm import GateNorm

LayerState = tuple[Tensor, ...]


class Cell(nn.Module, ABC):
    """The contract: one recurrent step from the gates' inputs and the previous state.

    With ``layer_norm`` both contributions to the gates are normalised, each by its own :class:`GateNorm`.
    """

    gates: int
    tensors: int  # how many tensors make up a layer's state
    groups: tuple[int, ...]  # gates that are normalised together

    def __init__(self, hidden: int, *, layer_norm: bool = False) -> None:
        super().__init__()
        self.normalised = layer_norm
        self.recurrent = nn.Linear(hidden, self.gates * hidden)
        for gate in self.recurrent.weight.data.chunk(self.gates):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(self.recurrent.bias)
        self.input_norm, self.recurrent_norm = (
            GateNorm(self.groups, hidden) if layer_norm else nn.Identity() for _ in range(2)
        )

    @abstractmethod
    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        """Shape: inputs ``[R, G*H]``, recurrent ``[R, G*H]`` (``self.recurrent`` of the output of ``state``), state
        and result ``[R, H]`` each."""


class GruCell(Cell):
    """Gated recurrent unit (Cho et al. 2014), with the reset gate applied after the recurrent product."""

    gates = 3
    tensors = 1
    groups = (2, 1)

    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        (hidden,) = state
        sizes = [2 * hidden.size(-1), hidden.size(-1)]
        gates_in, new_in = torch.split(self.input_norm(inputs.to(hidden.dtype)), sizes, dim=-1)
        gates_h, new_h = torch.split(self.recurrent_norm(recurrent.to(hidden.dtype)), sizes, dim=-1)
        # The sigmoid is taken of strided halves: over a contiguous tensor the last few elements are rounded apart.
        reset, update = (torch.sigmoid(gate) for gate in (gates_in + gates_h).chunk(2, dim=-1))
        new = torch.tanh(torch.addcmul(new_in, reset, new_h))
        return (torch.lerp(new, hidden, update),)


class LstmCell(Cell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997), forget-gate bias 1 (Jozefowicz et al. 2015).

    With ``layer_norm`` that bias is the norm's, and what is emitted of the cell is normalised too (Ba et al., eq. 22).
    """

    gates = 4
    tensors = 2
    groups = (4,)

    def __init__(self, hidden: int, *, layer_norm: bool = False) -> None:
        super().__init__(hidden, layer_norm=layer_norm)
        self.cell_norm = nn.LayerNorm(hidden) if layer_norm else nn.Identity()
        last = cast(GateNorm, self.recurrent_norm).norms[0] if layer_norm else self.recurrent
        nn.init.ones_(cast(nn.LayerNorm | nn.Linear, last).bias.data.chunk(4)[1])

    def forward(self, inputs: Tensor, recurrent: Tensor, state: LayerState) -> LayerState:
        _, cell = state
        gates = self.input_norm(inputs.to(cell.dtype)) + self.recurrent_norm(recurrent.to(cell.dtype))
        admit, forget, new, emit = gates.chunk(4, dim=-1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(admit) * torch.tanh(new)
        return torch.sigmoid(emit) * torch.tanh(self.cell_norm(cell)), cell
