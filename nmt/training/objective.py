"""What training minimises: one module, a sum of small terms, that DDP and compile can wrap as a whole.

Letters: B sentences, T target length, S source length, D output width, N real target positions.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from nmt.attention.hard import Gumbel
from nmt.data.batch import Batch
from nmt.models.seq2seq import Decoded, Projection, Seq2Seq
from nmt.training.cross_entropy import CrossEntropy
from nmt.training.linear_loss import Criterion, linear_loss
from nmt.training.r_drop import RDrop


class Part(NamedTuple):
    """One term's share: the sum to minimise, and what is reported under the term's name (no gradient)."""

    loss: Tensor
    report: Tensor


class Loss(NamedTuple):
    """Sums over the batch's real target tokens; whoever accumulates divides by the tokens of the whole."""

    sums: Tensor
    tokens: int
    parts: dict[str, Tensor]


class Told(NamedTuple):
    """What a term may go by. log_prob ``[B, T]``: of each target token, unsmoothed, without gradient, 0 at padding;
    expected(): the same where the expectation stands for every sampled choice, under the same dropout; step: of the
    training. Where a batch is passed twice, all of it is of both passes."""

    decoded: Decoded
    batch: Batch
    log_prob: Tensor
    expected: Callable[[], Tensor]
    step: int


class Term(nn.Module, ABC):
    """The contract of what is minimised beside the likelihood."""

    name: str

    @abstractmethod
    def forward(self, told: Told) -> Part:
        """Sums over real target positions, not means."""


class Objective(nn.Module):
    """The model, the likelihood of its targets and further terms; ``forward(batch)`` is one differentiable pass.

    The likelihood is label-smoothed cross-entropy (Szegedy et al. 2016); what it reports as ``nll`` is unsmoothed, so
    that perplexities compare whatever the smoothing. ``step`` is set by whoever trains: some terms begin late, and the
    noise of Gumbel attention cools down.

    With ``r_drop``, the weight of :class:`RDrop`, training passes every batch twice, as one batch that holds each row
    two times, so that each has dropout and choices of its own. Loss and reports, those of the terms too, are then means
    of the two passes: sums over the batch's tokens as ever. Reports ``r_drop``, the symmetric divergence unweighted.
    """

    def __init__(
        self,
        model: nn.Module,
        terms: Sequence[Term] = (),
        *,
        label_smoothing: float = 0.0,
        r_drop: float | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.once = CrossEntropy(label_smoothing=label_smoothing)
        self.twice = None if r_drop is None else RDrop(weight=r_drop, label_smoothing=label_smoothing)
        self.terms = nn.ModuleDict({term.name: term for term in terms})
        self.step = 0

    def forward(self, batch: Batch) -> Loss:
        model = cast(Seq2Seq, self.model)
        self._cool()
        criterion = self.twice if self.twice is not None and self.training else self.once
        tokens, passes = batch.tokens, criterion.together
        batch = batch.twice() if passes == 2 else batch
        memory, state = model.begin(batch.source, batch.source_lengths)
        chance = torch.get_rng_state()
        decoded = model.decode(memory, state, batch.target_in)
        parts, log_prob = _likelihood(decoded, batch, model.projection, criterion)

        @torch.no_grad()
        def expected() -> Tensor:
            with torch.random.fork_rng(devices=[]):
                torch.set_rng_state(chance)
                soft = model.decode(memory.expecting(), state, batch.target_in)
            return _likelihood(soft, batch, model.projection, self.once)[1]

        told = Told(decoded, batch, log_prob, expected, self.step)
        parts |= {name: term(told) for name, term in self.terms.items()}
        return Loss(
            sums=sum((part.loss for part in parts.values()), start=log_prob.new_zeros(())) / passes,
            tokens=tokens,
            parts={name: part.report.detach() / passes for name, part in parts.items()},
        )

    def _cool(self) -> None:
        for module in self.model.modules():
            if isinstance(module, Gumbel):
                module.step = self.step


def _likelihood(
    decoded: Decoded, batch: Batch, projection: Projection, criterion: Criterion
) -> tuple[dict[str, Part], Tensor]:
    """The parts of the criterion, and the log-probability of each target token ``[B, T]``."""
    real = batch.target_mask.flatten().nonzero().squeeze(1)
    real = real.view(criterion.together, -1).t().flatten()  # the passes of a place side by side
    states = decoded.states.flatten(0, 1).index_select(0, real)  # [B, T, D] -> [N, D]
    targets = batch.target_out.flatten().index_select(0, real)
    loss, figures = linear_loss(states, projection.weight, projection.bias, targets, criterion)
    log_prob = figures.new_zeros(batch.target_mask.numel()).index_copy(0, real, -figures[0])
    nll, *others = criterion.figures
    parts = {nll: Part(loss, -log_prob.sum())}
    parts |= {
        name: Part(loss.new_zeros(()), row.sum()) for name, row in zip(others, figures[1:], strict=True)
    }
    return parts, log_prob.view(batch.target_mask.shape)
