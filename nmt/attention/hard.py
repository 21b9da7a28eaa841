"""Hard attention: one place gets the whole weight, and an estimator says how its scores learn.

Letters: T queries, S keys. Any leading dimensions. In training the place is drawn from the softmax of the scores; in
evaluation (``eval()``) it is the best one. The estimators differ in what reaches the scores in the backward pass.
"""

import math

import torch
from torch import Tensor

from nmt.attention.align import Align, Aligned
from nmt.attention.choice import best, draw, draw_nothing, masked_log_softmax, one_hot
from nmt.attention.mask import masked_softmax


class Reinforce(Align):
    """The score-function estimator (Williams 1992; Xu et al. 2015, eq. 11): through the weights no gradient passes;
    training multiplies the log-probability of the choice by a reward, see ``nmt/training/reinforce.py``.

    ``expected`` is the share of the training batches that see all places weighted by their probability instead (Xu et
    al., section 4.1): they teach the scores what a choice alone seldom does.
    """

    def __init__(self, *, temperature: float = 1.0, expected: float = 0.5) -> None:
        super().__init__(temperature=temperature)
        self.expected = expected

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        if not self.training:
            return _greedy(scores, mask)
        choice = draw(scores, mask)
        return Aligned(one_hot(choice.place, scores, mask), choice.log_prob, choice.entropy)

    def expect(self, scores: Tensor, mask: Tensor | None, prior: Tensor | None) -> Aligned:
        draw_nothing(scores)
        return self._finish(Aligned(masked_softmax(self._temper(scores, mask), mask)), prior)


class StraightThrough(Align):
    """The choice in the forward pass, the softmax in the backward pass (Bengio, Leonard and Courville 2013)."""

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        if not self.training:
            return _greedy(scores, mask)
        soft = masked_softmax(scores, mask)
        return Aligned(_straight_through(one_hot(draw(scores, mask).place, scores, mask), soft))


class Gumbel(Align):
    """The softmax of scores with Gumbel noise, at temperature tau (Jang et al. 2017; Maddison et al. 2017).

    ``tau = max(least, start * exp(-decay * step))``, the ``step`` being set by training. With ``straight_through`` the
    forward pass sees the best place of the noisy scores alone, as evaluation does, and only the backward pass the
    softmax. The weights are those of tau; ``temperature`` divides the scores before the noise.
    """

    def __init__(
        self,
        *,
        start: float = 1.0,
        least: float = 0.5,
        decay: float = 1e-4,
        straight_through: bool = True,
        temperature: float = 1.0,
    ) -> None:
        super().__init__(temperature=temperature)
        self.start, self.least, self.decay, self.straight_through = start, least, decay, straight_through
        self.step = 0

    @property
    def tau(self) -> float:
        """The temperature of the noisy softmax at this step."""
        return max(self.least, self.start * math.exp(-self.decay * self.step))

    def weigh(self, scores: Tensor, mask: Tensor | None) -> Aligned:
        if not self.training:
            return _greedy(scores, mask)
        log_probs = masked_log_softmax(scores, mask)
        clocks = torch.empty_like(log_probs).exponential_().clamp_min(torch.finfo(log_probs.dtype).tiny)
        noisy = log_probs - clocks.log()
        soft = masked_softmax(noisy / self.tau, mask).to(scores.dtype)
        if not self.straight_through:
            return Aligned(soft)
        return Aligned(_straight_through(one_hot(best(noisy, mask), scores, mask), soft))


def _greedy(scores: Tensor, mask: Tensor | None) -> Aligned:
    return Aligned(one_hot(best(scores, mask), scores, mask))


def _straight_through(hard: Tensor, soft: Tensor) -> Tensor:
    """``hard`` forward, exactly; the gradient of ``soft`` backward."""
    return hard + (soft - soft.detach())
