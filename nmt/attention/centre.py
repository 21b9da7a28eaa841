"""Where a predictive window is centred: a real number, the best-scored place, or a sampled one.

Letters: T queries, S keys, Q query width. Source places count from 0.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.choice import best, draw, draw_nothing, expectation
from nmt.attention.lines import steady_linear, steady_sigmoid


class Centred(NamedTuple):
    """The centres ``[..., T]``; where they were sampled, log-probability and entropy of that, likewise."""

    place: Tensor
    log_prob: Tensor | None = None
    entropy: Tensor | None = None


class Centre(nn.Module, ABC):
    """The contract of every centre."""

    expected = 0.0  # share of the training batches that take what is expected of a choice for the choice

    @abstractmethod
    def forward(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        """Shape: query ``[..., T, Q]``, scores ``[..., T, S]``, mask broadcastable, lengths ``[..., T or 1]``."""

    def expect(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        """What :meth:`forward` gives on average; where nothing is sampled, the same."""
        return self(query, scores, mask, lengths)


class RealCentre(Centre):
    """``p = S sigmoid(v . tanh(W q))`` (Luong et al. 2015, eq. 9), S being the true length of each sentence.

    ``hidden`` is W, ``[Q, Q]``; ``energy`` is v. They learn through the Gaussian alone.
    """

    def __init__(self, *, query_size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(query_size, query_size, bias=False)
        self.energy = nn.Parameter(torch.empty(query_size))
        nn.init.xavier_uniform_(self.hidden.weight)
        nn.init.uniform_(self.energy, -(query_size**-0.5), query_size**-0.5)

    def forward(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        hidden = torch.tanh(steady_linear(query, self.hidden.weight))
        energy = self.energy.to(hidden.dtype)
        # As in the additive score: the sum whose rounding does not depend on the number of rows.
        share = hidden @ energy if torch.is_grad_enabled() else torch.linalg.vecdot(hidden, energy)
        wide = torch.promote_types(
            share.dtype, torch.float32
        )  # half a place is much at the end of a long sentence
        return Centred(lengths * steady_sigmoid(share.to(wide)))


class BestCentre(Centre):
    """The place of the highest score: the window is chosen hard, and the scores learn through what is inside it."""

    def forward(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        return Centred(best(scores, mask))


class SampledCentre(Centre):
    """In training a place drawn from the softmax of the scores, to be trained by REINFORCE; in evaluation the best.

    ``expected`` is the share of the training batches that are centred on the mean place instead, a real number.
    """

    def __init__(self, *, expected: float = 0.5) -> None:
        super().__init__()
        self.expected = expected

    def forward(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        if not self.training:
            return Centred(best(scores, mask))
        choice = draw(scores, mask)
        return Centred(choice.place, choice.log_prob, choice.entropy)

    def expect(self, query: Tensor, scores: Tensor, mask: Tensor, lengths: Tensor) -> Centred:
        draw_nothing(scores)
        return Centred(expectation(scores, mask))
