"""REINFORCE: how the choices of hard attention learn (Williams 1992; Xu et al. 2015, section 4.1).

Letters: B sentences, T target length.

The gradient of E[log p(y | s)] over the sampled places s has two parts: that of log p(y | s) itself, which is the
likelihood's, and ``(R - b) * grad log p(s)``, which is this term's. Any baseline b that does not depend on the place
leaves the mean of the second part as it is, and may lessen its variance.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn

from nmt.training.objective import Part, Term, Told

Reward = Callable[[Tensor, Tensor], Tensor]  # log_prob [B, T], mask [B, T] -> [B, T]


def step_reward(log_prob: Tensor, mask: Tensor) -> Tensor:
    """Each place is rewarded by the log-probability of its own word. Shape: ``[B, T]``."""
    return log_prob


def rest_reward(log_prob: Tensor, mask: Tensor) -> Tensor:
    """By the mean of its own word and all after it: the reward to go, in the scale of a word. Shape: ``[B, T]``."""
    rest, count = (one.flip(1).cumsum(dim=1).flip(1) for one in (log_prob, mask.to(log_prob.dtype)))
    return rest / count.clamp(min=1)


def sentence_reward(log_prob: Tensor, mask: Tensor) -> Tensor:
    """By the mean over the whole sentence, so that long ones do not dominate. Shape: ``[B, T]``."""
    mean = log_prob.sum(dim=1, keepdim=True) / mask.sum(dim=1, keepdim=True).clamp(min=1)
    return mean.expand_as(log_prob)


class Baseline(nn.Module, ABC):
    """What is expected of the reward, whatever the choice."""

    @abstractmethod
    def forward(self, reward: Tensor, told: Told, measure: Reward) -> Tensor:
        """Shape: reward ``[B, T]`` -> broadcastable to it."""


class NoBaseline(Baseline):
    """Nothing: unbiased, and noisy."""

    def forward(self, reward: Tensor, told: Told, measure: Reward) -> Tensor:
        return torch.zeros_like(reward)


class MovingBaseline(Baseline):
    """``b <- decay b + (1 - decay) mean reward`` after each batch (Xu et al. 2015, section 4.1); to begin with, the
    first batch's own mean."""

    mean: Tensor

    def __init__(self, *, decay: float) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("mean", torch.tensor(torch.nan))

    def forward(self, reward: Tensor, told: Told, measure: Reward) -> Tensor:
        now = reward[told.batch.target_mask].mean()
        before = torch.where(self.mean.isnan(), now, self.mean)
        if now.isfinite():
            self.mean.copy_(self.decay * before + (1 - self.decay) * now)
        return before


class ExpectationBaseline(Baseline):
    """The reward of the same decoder where the expectation stands for the choice (Deng et al. 2018, section 4)."""

    def forward(self, reward: Tensor, told: Told, measure: Reward) -> Tensor:
        return measure(told.expected(), told.batch.target_mask)


class ReinforceTerm(Term):
    """``- weight * (R - b) log p(s) - entropy * H``, summed over the real places; nothing where nothing was sampled.

    The reward carries no gradient. Reports the sum of |R - b|.
    """

    name = "reinforce"

    def __init__(self, *, reward: Reward, baseline: Baseline, weight: float, entropy: float) -> None:
        super().__init__()
        self.reward, self.baseline, self.weight, self.entropy = reward, baseline, weight, entropy

    def forward(self, told: Told) -> Part:
        mask, chosen, entropy = told.batch.target_mask, told.decoded.log_prob, told.decoded.entropy
        if chosen is None or entropy is None:
            return Part(told.log_prob.new_zeros(()), told.log_prob.new_zeros(()))
        reward = self.reward(told.log_prob, mask)
        advantage = (reward - self.baseline(reward, told, self.reward)).masked_fill(~mask, 0.0).detach()
        loss = (
            -self.weight * (advantage * chosen).sum() - self.entropy * entropy.masked_fill(~mask, 0.0).sum()
        )
        return Part(loss, advantage.abs().sum())
