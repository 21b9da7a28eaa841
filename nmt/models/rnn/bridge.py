"""The decoder's first state from the encoder's last: bridge, last or zero.

Letters: B sentences, K annotation width, H decoder width. Each class answers, for one decoder layer, with one
``[B, H]`` tensor from the encoder layer's final ``[B, K]``.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class InitialState(nn.Module, ABC):
    """The contract of every initial state."""

    @abstractmethod
    def forward(self, final: Tensor) -> Tensor:
        """Shape: final ``[B, K]`` -> ``[B, H]``."""


class Bridge(InitialState):
    """``tanh(W s + b)`` (Bahdanau et al. 2015, appendix A.2.2, of both directions' last states)."""

    def __init__(self, *, encoder_size: int, hidden: int) -> None:
        super().__init__()
        self.linear = nn.Linear(encoder_size, hidden)
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, final: Tensor) -> Tensor:
        return torch.tanh(self.linear(final).to(final.dtype))


class Last(InitialState):
    """The encoder's last state itself; the mean of the two directions where there are two.

    Raises:
        ValueError: the encoder's width per direction is not the decoder's.
    """

    def __init__(self, *, encoder_size: int, hidden: int) -> None:
        super().__init__()
        if encoder_size not in (hidden, 2 * hidden):
            raise ValueError(
                f"initial state 'last' needs equal widths, got encoder {encoder_size}, decoder {hidden}"
            )
        self.hidden = hidden

    def forward(self, final: Tensor) -> Tensor:
        return final.reshape(final.size(0), -1, self.hidden).mean(dim=1)


class Zero(InitialState):
    """Nothing passes but through attention."""

    def __init__(self, *, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden

    def forward(self, final: Tensor) -> Tensor:
        return final.new_zeros(final.size(0), self.hidden)
