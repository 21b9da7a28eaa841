"""The layer that works on each place by itself: one small class for the plain one, one for the gated.

Letters: any leading dimensions, D model width, F hidden width.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor, nn

from nmt.attention.dropout import Dropout

Activation = Callable[[Tensor], Tensor]


class FeedForward(nn.Module, ABC):
    """The contract: ``[..., D]`` -> ``[..., D]``, every place for itself."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Shape: ``[..., D]``."""


class Plain(FeedForward):
    """``W_2 dropout(f(W_1 x + b_1)) + b_2`` (Vaswani et al. 2017, eq. 2, where f is ReLU)."""

    def __init__(self, *, size: int, hidden: int, activation: Activation, dropout: float) -> None:
        super().__init__()
        self.inner, self.outer = _linear(size, hidden), _linear(hidden, size)
        self.activation, self.dropout = activation, Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(self.dropout(self.activation(self.inner(x))))


class Gated(FeedForward):
    """``W_2 dropout(f(W_1 x + b_1) * (V x + c)) + b_2`` (Shazeer 2020, eq. 5 and 6, here with biases): GLU where f is
    the sigmoid, GEGLU and SwiGLU with GELU and SiLU. At equal F half as many parameters again as the plain one."""

    def __init__(self, *, size: int, hidden: int, activation: Activation, dropout: float) -> None:
        super().__init__()
        self.inner, self.gate, self.outer = (
            _linear(size, hidden),
            _linear(size, hidden),
            _linear(hidden, size),
        )
        self.activation, self.dropout = activation, Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(self.dropout(self.activation(self.inner(x)) * self.gate(x)))


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
