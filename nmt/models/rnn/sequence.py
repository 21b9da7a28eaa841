"""One recurrent layer over a whole sequence: in one call of torch's where that is possible, else step by step.

Letters: B sentences, T length, I input width, H hidden width.

Training takes the one call (``scripts/bench_attention.py`` measures the gain) unless a gate is normalised, of which
torch's cells know nothing, or products run in half precision, where torch would narrow the states as well. Search goes
step by step: its rounding must not depend on the other rows.
"""

import torch
from torch import Tensor, nn

from nmt.models.rnn.cell import Cell, GruCell, LayerState, LstmCell
from nmt.models.rnn.per_step import per_step


def read(cell: Cell, inputs: nn.Linear, sequence: Tensor, state: LayerState) -> Tensor:
    """What the cell says at each step, ``inputs`` being the map to its gates.

    Shape: sequence ``[B, T, I]``, state ``[B, H]`` each -> ``[B, T, H]``.
    """
    half = torch.is_autocast_enabled(sequence.device.type)
    if torch.is_grad_enabled() and not half and not cell.normalised and sequence.size(1) > 0:
        return in_one_call(cell, inputs, sequence, state)
    return step_by_step(cell, inputs, sequence, state)


def step_by_step(cell: Cell, inputs: nn.Linear, sequence: Tensor, state: LayerState) -> Tensor:
    """The readable way: the input's share of all gates in one product, then the recurrence."""
    recurrent, outputs = per_step(cell.recurrent), []
    for step in inputs(sequence).unbind(dim=1):
        state = cell(step, recurrent(state[0]), state)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1)


def in_one_call(cell: Cell, inputs: nn.Linear, sequence: Tensor, state: LayerState) -> Tensor:
    """The same by ``torch.gru`` and ``torch.lstm``, which ``nn.GRU`` and ``nn.LSTM`` wrap; laid out as step by step, so
    that dropout is, too: its random numbers go by the order in memory."""
    weights = [inputs.weight, cell.recurrent.weight, inputs.bias, cell.recurrent.bias]
    first = [tensor.unsqueeze(0) for tensor in state]  # [B, H] -> [layers, B, H]
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    how = (True, 1, 0.0, True, False, True)
    match cell:
        case GruCell():
            return torch.gru(sequence, first[0], weights, *how)[0].contiguous()
        case LstmCell():
            return torch.lstm(sequence, first, weights, *how)[0].contiguous()
        case _:
            raise TypeError(f"torch has no call for {type(cell).__name__}")
