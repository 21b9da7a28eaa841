"""How the context joins the decoder's output: one small class per fusion.

Letters: any leading dimensions, H decoder state, E embedding of the token just fed, K context, D output.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from nmt.attention.lines import steady_sigmoid


class Fuse(nn.Module, ABC):
    """The contract of every fusion."""

    output_size: int

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    @abstractmethod
    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        """Shape: state ``[..., H]``, embedded ``[..., E]``, context ``[..., K]`` -> ``[..., D]``."""


class Readout(Fuse):
    """Maxout over pairs of ``W [s; e; c] + b`` (Bahdanau et al. 2015, appendix A.2.2).

    As in the authors' later code, s is the state *after* this step's update, which saw the context already; the
    paper's equation reads the one before.
    """

    def __init__(self, *, state_size: int, embedding_size: int, context_size: int, size: int) -> None:
        super().__init__(size)
        self.linear = _linear(state_size + embedding_size + context_size, 2 * size)

    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        one, other = self.linear(torch.cat((state, embedded, context), dim=-1)).chunk(2, dim=-1)
        return torch.maximum(one, other)


class Luong(Fuse):
    """``tanh(W_c [c; h])`` (Luong et al. 2015, eq. 5), h being the state after this step's update."""

    def __init__(self, *, state_size: int, context_size: int, size: int) -> None:
        super().__init__(size)
        self.linear = _linear(context_size + state_size, size, bias=False)

    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        return torch.tanh(self.linear(torch.cat((context, state), dim=-1)))


class Gate(Fuse):
    """``g * W_h h + (1 - g) * W_c c``, with ``g = sigmoid(W_g [c; h] + b)`` for each unit (as Miculicich et al. 2018
    join a document's context; the maps W_h and W_c bring both to one width)."""

    def __init__(self, *, state_size: int, context_size: int, size: int) -> None:
        super().__init__(size)
        self.state = _linear(state_size, size, bias=False)
        self.context = _linear(context_size, size, bias=False)
        self.gate = _linear(context_size + state_size, size)

    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        gate = steady_sigmoid(self.gate(torch.cat((context, state), dim=-1)))
        return torch.lerp(self.context(context), self.state(state), gate)


class Sum(Fuse):
    """``W_h h + W_c c``: the plainest way to join the two."""

    def __init__(self, *, state_size: int, context_size: int, size: int) -> None:
        super().__init__(size)
        self.state = _linear(state_size, size, bias=False)
        self.context = _linear(context_size, size, bias=False)

    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        return self.state(state) + self.context(context)


def _linear(inputs: int, outputs: int, *, bias: bool = True) -> nn.Linear:
    linear = nn.Linear(inputs, outputs, bias=bias)
    nn.init.xavier_uniform_(linear.weight)
    if bias:
        nn.init.zeros_(linear.bias)
    return linear
