"""A tiny model, its objective and batches, for the parts of training."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from nmt.config.attention import Additive, Attention
from nmt.config.rnn import RnnModel
from nmt.data.batch import Batch, collate
from nmt.models.build import build_model
from nmt.text.special import PAD
from nmt.training.objective import Objective

VOCABULARY = 12

MakeObjective = Callable[..., Objective]
MakeBatch = Callable[..., Batch]


@pytest.fixture
def make_objective() -> MakeObjective:
    """An objective over an RNN whose weights depend on the seed alone."""

    def make(*, seed: int = 1, dropout: float = 0.0, smoothing: float = 0.0) -> Objective:
        torch.manual_seed(seed)
        config = RnnModel(embedding=6, hidden=5, dropout=dropout, attention=Attention(score=Additive(size=4)))
        model = build_model(config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD)
        return Objective(model, label_smoothing=smoothing)

    return make


@pytest.fixture
def make_batch() -> MakeBatch:
    """A batch of random pairs of one to six tokens a side."""

    def make(*, seed: int, pairs: int = 4) -> Batch:
        generator = np.random.default_rng(seed)

        def side() -> list[list[int]]:
            return [
                generator.integers(4, VOCABULARY, size=generator.integers(1, 7)).tolist()
                for _ in range(pairs)
            ]

        return collate(side(), side())

    return make
