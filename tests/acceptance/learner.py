"""Trains an attention or a Transformer on one task, in nmt's own objective, until it is as good as was asked.

Letters: B sentences, S source length, T target length.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from acceptance.encoder import PlacedWords
from acceptance.task import LONGEST, Reordering, Task
from nmt.config.attention import Attention
from nmt.config.optimizer import Adam
from nmt.config.rnn import RnnModel
from nmt.config.training import Training
from nmt.config.transformer import TransformerModel
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.text.special import BOS, PAD
from nmt.training.build import build_objective, build_optimizer
from nmt.training.objective import Objective
from nmt.training.schedule import Constant, Linear

EMBEDDING, HIDDEN = 64, 128
BATCH = 64
EVERY = 50  # steps between evaluations


@dataclass(frozen=True)
class Figures:
    """What was reached after so many steps. accuracy: the share of sentences that are right as a whole; align: of the
    steps whose largest weight lies on the place of the word they predict; late: on that of the word just fed."""

    steps: int = 0
    accuracy: float = 0.0
    align: float = 0.0
    late: float = 0.0


@dataclass(frozen=True)
class Mark:
    """What is asked for at least."""

    accuracy: float
    align: float = 0.0

    def met(self, figures: Figures) -> bool:
        """Whether both are reached."""
        return figures.accuracy >= self.accuracy and figures.align >= self.align


def learn(
    attention: Attention | str | TransformerModel,
    task: Task,
    mark: Mark,
    *,
    limit: int,
    seed: int = 0,
    size: int = BATCH,
    std: float = HIDDEN**-0.5,
    change: Callable[[Objective], None] = lambda objective: None,
) -> Figures:
    """Trains an attention between an encoder that knows no order and a recurrent decoder, or a whole Transformer, whose
    learning rate falls to nothing, until the mark is met, or for ``limit`` steps.

    ``size`` is that of a batch, ``std`` that of the annotations' parts to begin with; ``change`` may tamper with the
    objective.
    """
    torch.manual_seed(seed)
    if isinstance(attention, TransformerModel):
        objective, lr, rate = _whole(attention, task.vocabulary), 3e-3, Linear(limit, warmup=50)
    else:
        objective, lr, rate = _objective(attention, task.vocabulary, std), 2e-3, Constant()
    change(objective)
    optimizer = build_optimizer(Adam(lr=lr), objective)
    generator = np.random.default_rng([seed, 3])
    figures = Figures()
    while figures.steps < limit and not mark.met(figures):
        objective.train()
        for objective.step in range(figures.steps, figures.steps + EVERY):
            loss = objective(task.batch(generator, size))
            (loss.sums / loss.tokens).backward()
            torch.nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
            for group in optimizer.param_groups:
                group["lr"] = lr * rate(objective.step + 1)
            optimizer.step()
            optimizer.zero_grad()
        figures = Figures(figures.steps + EVERY, *measure(objective.model, task))
    return figures


def _objective(attention: Attention | str, vocabulary: int, std: float) -> Objective:
    """nmt's own model but for the encoder."""
    config = RnnModel(
        embedding=EMBEDDING, hidden=HIDDEN, bidirectional=False, dropout=0.0, attention=attention
    )
    model = build_model(config, source_size=vocabulary, target_size=vocabulary, padding=PAD)
    model.encoder = PlacedWords(vocabulary=vocabulary, places=LONGEST + 1, size=HIDDEN, std=std)
    return build_objective(Training(max_steps=1, label_smoothing=0.0), config, model)


def _whole(config: TransformerModel, vocabulary: int) -> Objective:
    """nmt's own model."""
    model = build_model(config, source_size=vocabulary, target_size=vocabulary, padding=PAD)
    return build_objective(Training(max_steps=1, label_smoothing=0.0), config, model)


@torch.no_grad()
def measure(model: EncoderDecoder, task: Task) -> tuple[float, float, float]:
    """Greedy decoding of the held-out sentences: accuracy, align and late of :class:`Figures`."""
    model.eval()
    batch = task.held_out
    memory, state = model.begin(batch.source, batch.source_lengths)
    tokens, said, looked = torch.full_like(batch.source_lengths, BOS), [], []
    for _ in range(batch.target_out.size(1)):
        log_probs, state, attended = model.step(memory, state, tokens)
        tokens = log_probs.argmax(dim=-1)
        said.append(tokens)
        if attended.weights is not None:
            looked.append(attended.weights[:, 0])
    right = (torch.stack(said, dim=1) == batch.target_out) | ~batch.target_mask
    accuracy = right.all(dim=1).double().mean().item()
    if not looked or not isinstance(task, Reordering):
        return accuracy, 0.0, 0.0
    return accuracy, *_aligned(looked, batch.source_lengths - 1, task)


def _aligned(looked: list[Tensor], words: Tensor, task: Reordering) -> tuple[float, float]:
    """Shape: looked, for each target place, the last one the end symbol's, ``[B, S]``; words ``[B]``, their number."""
    places = torch.stack(looked, dim=1).argmax(dim=-1)
    counted, right = torch.arange(LONGEST) < words.unsqueeze(1), task.right_places(words)
    align, late = (
        (seen == right)[counted].double().mean().item() for seen in (places[:, :-1], places[:, 1:])
    )
    return align, late
