"""Which keys a query may see at all: one small class per window.

Letters: T queries, S keys. A window answers with a mask (``True`` = may attend) to be combined with the padding
mask, and with a prior that multiplies the weights; ``None`` stands for "everything" and "no prior".
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn


class View(NamedTuple):
    """What a window allows: mask and prior, each broadcastable to ``[..., T, S]`` or ``None``."""

    mask: Tensor | None = None
    prior: Tensor | None = None


class Window(nn.Module, ABC):
    """The contract of every window."""

    @abstractmethod
    def forward(self, query: Tensor, lengths: Tensor, *, position: int) -> View:
        """Shape: query ``[..., T, Q]``, lengths ``[...]`` the true source lengths; ``position`` of the first query."""


class NoWindow(Window):
    """Global attention: every real place may be seen."""

    def forward(self, query: Tensor, lengths: Tensor, *, position: int) -> View:
        return View()
