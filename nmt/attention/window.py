"""Which keys a query may see at all: one small class per window.

Letters: T queries, S keys. Source places count from 0. A window answers with a mask (``True`` = may attend) to be
combined with the padding mask, and with a prior that multiplies the weights after they were normalised; ``None``
stands for "everything" and "no prior".
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.centre import Centre


class Asked(NamedTuple):
    """What a window may go by: query ``[..., T, Q]``, scores ``[..., T, S]``, the mask of what is there, broadcastable
    to them, how many true places there are ``[..., T]`` or ``[..., 1]``, and the target place of the queries, from 0:
    one of all, or ``[T]``.

    ``expected`` asks for what is expected of a choice instead of the choice.
    """

    query: Tensor
    scores: Tensor
    mask: Tensor
    lengths: Tensor
    position: int | Tensor
    expected: bool = False


class View(NamedTuple):
    """What a window allows: mask and prior, each broadcastable to ``[..., T, S]`` or ``None``; and where it was
    sampled, the log-probability and the entropy of that, ``[..., T]``."""

    mask: Tensor | None = None
    prior: Tensor | None = None
    log_prob: Tensor | None = None
    entropy: Tensor | None = None


class Window(nn.Module, ABC):
    """The contract of every window."""

    expected = 0.0  # share of the training batches that take what is expected of a choice for the choice

    @abstractmethod
    def forward(self, asked: Asked) -> View:
        """What the queries may see."""


class NoWindow(Window):
    """Global attention: every real place may be seen."""

    def forward(self, asked: Asked) -> View:
        return View()


class Monotonic(Window):
    """Local-m (Luong et al. 2015, section 3.2): the places [p - D, p + D] around p = t, the target place.

    What the paper leaves open: the window's part beyond the sentence is ignored, and past the end of the source p stays
    on its last place, so that no window is empty. ``size`` is D.
    """

    def __init__(self, *, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, asked: Asked) -> View:
        position = torch.as_tensor(asked.position, device=asked.lengths.device).view(-1)  # [1] or [T]
        centre = torch.minimum(position, asked.lengths - 1)
        return View((_places(asked.scores) - centre.unsqueeze(-1)).abs() <= self.size)


class Predictive(Window):
    """Local-p (Luong et al. 2015, eq. 9 and 10): the places within D of a centre p that the model chooses, weighted by
    ``exp(-(s - p)^2 / 2 sigma^2)``, sigma = D/2, after the softmax and without normalising again: rows sum to less
    than 1.

    What the paper leaves open: a real p is not rounded, the window being ``|s - p| <= D``. ``size`` is D.
    """

    def __init__(self, *, size: int, centre: Centre) -> None:
        super().__init__()
        self.size, self.centre, self.expected = size, centre, centre.expected

    def forward(self, asked: Asked) -> View:
        find = self.centre.expect if asked.expected else self.centre
        found = find(asked.query, asked.scores, asked.mask, asked.lengths)
        place = found.place.to(torch.promote_types(asked.scores.dtype, torch.float32))
        distance = _places(asked.scores) - place.unsqueeze(-1)  # [..., T, S]
        prior = torch.exp(-2 * (distance / self.size).square())
        return View(distance.abs() <= self.size, prior, found.log_prob, found.entropy)


def _places(scores: Tensor) -> Tensor:
    return torch.arange(scores.size(-1), device=scores.device)
