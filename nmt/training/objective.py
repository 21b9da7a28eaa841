"""What training minimises: one module, a sum of small terms, that DDP and compile can wrap as a whole.

Letters: B sentences, T target length, S source length, D output width, N real target positions.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from nmt.data.batch import Batch
from nmt.models.seq2seq import Decoded, Projection
from nmt.training.cross_entropy import linear_cross_entropy


class Part(NamedTuple):
    """One term's share: the sum to minimise, and what is reported under the term's name (no gradient)."""

    loss: Tensor
    report: Tensor


class Loss(NamedTuple):
    """Sums over the batch's real target tokens; whoever accumulates divides by the tokens of the whole."""

    sums: Tensor
    tokens: int
    parts: dict[str, Tensor]


class Term(nn.Module, ABC):
    """The contract of a term."""

    name: str

    @abstractmethod
    def forward(self, decoded: Decoded, batch: Batch, projection: Projection) -> Part:
        """Sums over real target positions, not means."""


class NegativeLogLikelihood(Term):
    """Label-smoothed cross-entropy (Szegedy et al. 2016); reports the unsmoothed likelihood, so that
    perplexities compare whatever the smoothing."""

    name = "nll"

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing

    def forward(self, decoded: Decoded, batch: Batch, projection: Projection) -> Part:
        real = batch.target_mask.flatten().nonzero().squeeze(1)
        states = decoded.states.flatten(0, 1).index_select(0, real)  # [B, T, D] -> [N, D]
        targets = batch.target_out.flatten().index_select(0, real)
        loss, nll = linear_cross_entropy(
            states, projection.weight, projection.bias, targets, label_smoothing=self.label_smoothing
        )
        return Part(loss, nll)


class Objective(nn.Module):
    """The model and its terms; ``forward(batch)`` is one differentiable pass."""

    def __init__(self, model: nn.Module, terms: Sequence[Term]) -> None:
        super().__init__()
        self.model = model
        self.terms = nn.ModuleDict({term.name: term for term in terms})

    def forward(self, batch: Batch) -> Loss:
        decoded = self.model(batch.source, batch.source_lengths, batch.target_in)
        parts = {name: term(decoded, batch, self.model.projection) for name, term in self.terms.items()}
        return Loss(
            sums=sum((part.loss for part in parts.values()), start=decoded.states.new_zeros(())),
            tokens=batch.tokens,
            parts={name: part.report.detach() for name, part in parts.items()},
        )
