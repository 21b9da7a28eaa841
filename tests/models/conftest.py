"""Tiny models in float64, and padded sources for them."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from nmt.config.attention import Additive, Attention
from nmt.config.model import Model
from nmt.config.rnn import RnnModel
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.text.special import BOS, EOS, PAD

VOCABULARY = 11

MakeModel = Callable[..., EncoderDecoder]
Sources = tuple[Tensor, Tensor]


@pytest.fixture
def make() -> MakeModel:
    """A model in float64 and eval mode whose weights, biases too, depend on the seed alone."""

    def made(config: Model, *, seed: int = 1, weights: bool = True) -> EncoderDecoder:
        torch.manual_seed(seed)
        model = build_model(
            config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD, weights=weights
        ).double()
        if model.decoder.lexicon is not None:
            targets, odds = torch.randint(VOCABULARY, (VOCABULARY, 2)), torch.rand(VOCABULARY, 2)
            model.decoder.lexicon.fill(targets, odds)
            torch.nn.init.normal_(model.decoder.lexicon.kernel)
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.normal_(parameter, std=0.5)
        return model.eval()

    return made


@pytest.fixture
def make_model(make: MakeModel) -> MakeModel:
    """An RNN, made likewise."""

    def made(*, seed: int = 1, **changes: Any) -> EncoderDecoder:
        given = {"embedding": 6, "hidden": 5, "attention": Attention(score=Additive(size=4)), **changes}
        return make(RnnModel(**given), seed=seed)

    return made


@pytest.fixture
def sources() -> Sources:
    """Three sentences of 6, 4 and 1 places, the end symbol included, and their lengths."""
    rows = [[4, 5, 6, 7, 8, EOS], [9, 4, 10, EOS, PAD, PAD], [EOS, PAD, PAD, PAD, PAD, PAD]]
    return torch.tensor(rows), torch.tensor([6, 4, 1])


@pytest.fixture
def targets() -> Tensor:
    """What the decoder is fed for each of the three sentences."""
    return torch.tensor([[BOS, 5, 8, 4], [BOS, 10, 10, 6], [BOS, 7, 9, 5]])
