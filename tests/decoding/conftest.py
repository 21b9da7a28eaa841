"""Models to search: one by hand, one by chance, and small RNNs."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from nmt.attention.attention import Attended
from nmt.config.attention import Additive, Attention
from nmt.config.model import Model
from nmt.config.rnn import RnnModel
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.seq2seq import Stepped
from nmt.text.special import EOS, PAD

Prefix = tuple[int, ...]


class Scripted:
    """Gives the probabilities that are written down for each prefix, to other tokens and prefixes next to none."""

    def __init__(self, following: Mapping[Prefix, Mapping[int, float]], *, vocabulary: int = 6) -> None:
        self.following, self.vocabulary = following, vocabulary

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        return source, source.new_zeros(len(source), 0)

    def step(self, memory: Tensor, state: Tensor, tokens: Tensor) -> Stepped:
        state = torch.cat((state, tokens.unsqueeze(1)), dim=1)  # the prefix, which BOS begins
        log_probs = torch.full((len(tokens), self.vocabulary), -30.0)
        for row, (_, *prefix) in enumerate(state.tolist()):
            for token, probability in self.following.get(tuple(prefix), {}).items():
                log_probs[row, token] = torch.tensor(probability).log()
        return Stepped(log_probs, state, Attended(log_probs))


class Chance:
    """The next probabilities are a row of a random table, chosen by the sentence's first piece and the prefix.

    It attends to one place, which the same row's number chooses.
    """

    ROWS = 997

    def __init__(self, *, seed: int, vocabulary: int = 7, end: float = 0.0) -> None:
        logits = 2 * torch.randn(self.ROWS, vocabulary, generator=torch.Generator().manual_seed(seed))
        logits[:, EOS] += end
        self.table = logits.log_softmax(-1)

    def next(self, key: Any, token: Any) -> Any:
        """The row after one more token; numbers or tensors of them."""
        return (31 * key + token + 7) % self.ROWS

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        return source, source[:, 0]

    def step(self, memory: Tensor, state: Tensor, tokens: Tensor) -> Stepped:
        key = self.next(state, tokens)
        sentences, places = memory.shape
        weights = torch.nn.functional.one_hot(key % places, places).float().view(sentences, -1, places)
        return Stepped(self.table[key], key, Attended(weights, weights))


@pytest.fixture(scope="session")
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture(scope="session")
def chance() -> type[Chance]:
    return Chance


@pytest.fixture(scope="session")
def make() -> Callable[..., EncoderDecoder]:
    """A model in eval mode with random weights, made larger so that it has opinions, and a leaning to end."""

    def made(
        config: Model, *, seed: int = 1, vocabulary: int = 9, scale: float = 1.5, end: float = 1.0
    ) -> EncoderDecoder:
        torch.manual_seed(seed)
        model = build_model(config, source_size=vocabulary, target_size=vocabulary, padding=PAD, weights=True)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(scale)
            model.projection.bias[EOS] += end
        return model.eval()

    return made


@pytest.fixture(scope="session")
def make_model(make: Callable[..., EncoderDecoder]) -> Callable[..., EncoderDecoder]:
    """An RNN, made likewise."""

    def made(*, seed: int = 1, vocabulary: int = 9, scale: float = 1.5, end: float = 1.0, **changes: Any):
        given = {"embedding": 8, "hidden": 8, "attention": Attention(score=Additive(size=8)), **changes}
        return make(RnnModel(**given), seed=seed, vocabulary=vocabulary, scale=scale, end=end)

    return made
