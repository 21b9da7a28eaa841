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


class Told(NamedTuple):
    """What a term may go by. log_prob ``[B, T]``: of each target token, unsmoothed, without gradient, 0 at padding;
    expected(): the same where the expectation stands for every sampled choice, under the same dropout; step: of the
    training."""

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
    """

    def __init__(self, model: nn.Module, terms: Sequence[Term] = (), *, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.model, self.label_smoothing = model, label_smoothing
        self.terms = nn.ModuleDict({term.name: term for term in terms})
        self.step = 0

    def forward(self, batch: Batch) -> Loss:
        model = cast(Seq2Seq, self.model)
        self._cool()
        memory, state = model.begin(batch.source, batch.source_lengths)
        chance = torch.get_rng_state()
        decoded = model.decode(memory, state, batch.target_in)
        loss, log_prob = self._likelihood(decoded, batch, model.projection)

        @torch.no_grad()
        def expected() -> Tensor:
            with torch.random.fork_rng(devices=[]):
                torch.set_rng_state(chance)
                soft = model.decode(memory.expecting(), state, batch.target_in)
            return self._likelihood(soft, batch, model.projection)[1]

        told = Told(decoded, batch, log_prob, expected, self.step)
        parts = {"nll": Part(loss, -log_prob.sum())} | {name: term(told) for name, term in self.terms.items()}
        return Loss(
            sums=sum((part.loss for part in parts.values()), start=loss.new_zeros(())),
            tokens=batch.tokens,
            parts={name: part.report.detach() for name, part in parts.items()},
        )

    def _likelihood(self, decoded: Decoded, batch: Batch, projection: Projection) -> tuple[Tensor, Tensor]:
        """The smoothed sum to minimise, and the log-probability of each target token ``[B, T]``."""
        real = batch.target_mask.flatten().nonzero().squeeze(1)
        states = decoded.states.flatten(0, 1).index_select(0, real)  # [B, T, D] -> [N, D]
        targets = batch.target_out.flatten().index_select(0, real)
        loss, nll = linear_cross_entropy(
            states, projection.weight, projection.bias, targets, label_smoothing=self.label_smoothing
        )
        log_prob = nll.new_zeros(batch.target_mask.numel()).index_copy(0, real, -nll)
        return loss, log_prob.view(batch.target_mask.shape)

    def _cool(self) -> None:
        for module in self.model.modules():
            if isinstance(module, Gumbel):
                module.step = self.step
