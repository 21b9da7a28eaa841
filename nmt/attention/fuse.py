"""How the context joins the decoder's output: one small class per fusion.

Letters: any leading dimensions, H decoder state, E embedding of the token just fed, K context, D output.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class Fuse(nn.Module, ABC):
    """The contract of every fusion."""

    output_size: int

    @abstractmethod
    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        """Shape: state ``[..., H]``, embedded ``[..., E]``, context ``[..., K]`` -> ``[..., D]``."""


class Readout(Fuse):
    """Maxout over pairs of ``W [s; e; c] + b`` (Bahdanau et al. 2015, appendix A.2.2).

    As in the authors' later code, s is the state *after* this step's update, which saw the context already; the
    paper's equation reads the one before.
    """

    def __init__(self, *, state_size: int, embedding_size: int, context_size: int, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(state_size + embedding_size + context_size, 2 * size)
        self.output_size = size
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, state: Tensor, embedded: Tensor, context: Tensor) -> Tensor:
        one, other = self.linear(torch.cat((state, embedded, context), dim=-1)).chunk(2, dim=-1)
        return torch.maximum(one, other)
