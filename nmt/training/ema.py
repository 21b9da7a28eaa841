"""An exponential moving average of the weights: what is validated and used, while training goes on with its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


class Ema:
    """``a <- d a + (1 - d) w`` after each update (Polyak and Juditsky 1992, with a window).

    The decay begins low, ``min(d, (1 + t) / (10 + t))``, so that the average does not remember the random start.
    It is made after each step of ``optimizer``; ``updates`` t counts them.
    """

    def __init__(self, model: nn.Module, decay: float, optimizer: torch.optim.Optimizer) -> None:
        self.weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.decay, self.updates = decay, 0
        self.average = [weight.detach().clone() for weight in self.weights]
        optimizer.register_step_post_hook(lambda *_: self.update())

    @torch.no_grad()
    def update(self) -> None:
        """Takes the present weights into the average."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.average, [weight.detach() for weight in self.weights], 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """While open, the model has the averaged weights."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for place, weight in enumerate(self.weights):
            weight.data, self.average[place] = self.average[place], weight.data

    @torch.no_grad()
    def begin_again(self, updates: int) -> None:
        """The average is what the model holds now, after so many updates."""
        self.updates = updates
        for weight, average in zip(self.weights, self.average, strict=True):
            average.copy_(weight)
