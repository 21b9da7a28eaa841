"""What a validation says; how it is done is handed in by the stage."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch

from nmt.data.batch import Batch
from nmt.training.objective import Objective
from nmt.training.reach import GradientByDistance

LESS_IS_BETTER = ("loss", "ter")  # among the figures that can choose the best


@dataclass(frozen=True)
class Sample:
    """One validation sentence, for a person to look at."""

    source: str
    reference: str
    translation: str


@dataclass(frozen=True)
class Validation:
    """loss: negative log-likelihood per target token, in nats, unsmoothed; scores by name, as percentages
    where the metric is one; signatures likewise; notices: what a person should know of the translations;
    reach: how far back into the source the gradient of some of its sentences goes."""

    loss: float
    scores: dict[str, float] = field(default_factory=dict)
    signatures: dict[str, str] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    notices: tuple[str, ...] = ()
    reach: GradientByDistance | None = None

    def figure(self, name: str) -> float:
        """The figure that chooses the best checkpoint, turned so that greater is better; NaN for ruined weights."""
        if not math.isfinite(self.loss):
            return math.nan
        figure = self.loss if name == "loss" else self.scores[name]
        return -figure if name in LESS_IS_BETTER else figure


Validate = Callable[[], Validation]


@torch.inference_mode()
def validation_loss(objective: Objective, batches: Iterator[Batch]) -> float:
    """Negative log-likelihood per target token of all batches; dropout is off while it is measured."""
    total, tokens = 0.0, 0
    objective.eval()
    for batch in batches:
        loss = objective(batch)
        total += loss.parts["nll"].item()
        tokens += loss.tokens
    objective.train()
    return total / tokens
