"""An encoder, a decoder and an output projection, of whichever families, as a :class:`~nmt.models.seq2seq.Seq2Seq`.

Letters: B sentences, R rows, S source and T target length, K annotation width, D width of the decoder's output, V
target vocabulary.
"""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended
from nmt.attention.lexicon import Lexicon
from nmt.attention.mask import padding_mask
from nmt.models.seq2seq import Decoded, Projection, Stepped


class Encoded(NamedTuple):
    """annotations ``[B, S, K]``, arbitrary at padding; finals: what a recurrent decoder's layers begin from, the lowest
    layer's first, ``[B, K]`` each."""

    annotations: Tensor
    finals: tuple[Tensor, ...]


class Encoder(nn.Module, ABC):
    """The contract of every encoder; ``output_size`` is K, ``max_length`` the most pieces it can read (None: any)."""

    embedding: nn.Embedding
    output_size: int
    max_length: int | None

    @abstractmethod
    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Shape: source ``[B, S]``, lengths ``[B]``."""


class Sources(NamedTuple):
    """What a decoder is told of its sentences: the encoder's say, the pieces ``[B, S]``, which of them are real
    ``[B, S]`` and how many ``[B]``."""

    encoded: Encoded
    pieces: Tensor
    mask: Tensor
    lengths: Tensor


class Decoder(nn.Module, ABC):
    """The contract of every decoder; ``output_size`` is D, ``max_length`` the most pieces it can say (None: any),
    ``lexicon`` what guides its attention from outside, if anything does."""

    embedding: nn.Embedding
    lexicon: Lexicon | None
    output_size: int
    max_length: int | None

    @property
    @abstractmethod
    def max_source(self) -> int | None:
        """The longest source that it can attend to, its end symbol included; None: any."""

    @abstractmethod
    def begin(self, sources: Sources) -> tuple[Any, Any]:
        """Memory and state of B rows."""

    @abstractmethod
    def forward(self, memory: Any, state: Any, target_in: Tensor) -> tuple[Tensor, Attended]:
        """Teacher forcing. Shape: target_in ``[B, T]`` -> outputs ``[B, T, D]``, what was attended to."""

    @abstractmethod
    def step(self, memory: Any, state: Any, tokens: Tensor) -> tuple[Tensor, Any, Attended]:
        """One token for each row. Shape: tokens ``[R]`` -> outputs ``[R, D]``, what was attended to
        ``[B, R/B, ...]``."""


class EncoderDecoder(nn.Module):
    """Recurrent (Bahdanau et al. 2015; Luong et al. 2015), Transformer (Vaswani et al. 2017), or one of each."""

    def __init__(self, *, encoder: Encoder, decoder: Decoder, projection: Projection) -> None:
        super().__init__()
        self.encoder, self.decoder, self.projection = encoder, decoder, projection

    @property
    def max_source(self) -> int | None:
        """The longest source it can read, its end symbol included; None: any."""
        bounds = (self.encoder.max_length, self.decoder.max_source)
        return min((bound for bound in bounds if bound is not None), default=None)

    @property
    def max_target(self) -> int | None:
        """The longest target it can say, its end symbol included; None: any."""
        return self.decoder.max_length

    def forward(self, source: Tensor, lengths: Tensor, target_in: Tensor) -> Decoded:
        """Shape: source ``[B, S]``, lengths ``[B]``, target_in ``[B, T]``."""
        return self.decode(*self.begin(source, lengths), target_in)

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[Any, Any]:
        """Shape: source ``[B, S]``, lengths ``[B]``."""
        encoded = self.encoder(source, lengths)
        return self.decoder.begin(Sources(encoded, source, padding_mask(lengths, source.size(1)), lengths))

    def decode(self, memory: Any, state: Any, target_in: Tensor) -> Decoded:
        """Shape: target_in ``[B, T]``."""
        states, seen = self.decoder(memory, state, target_in)
        return Decoded(states, seen.weights, seen.log_prob, seen.entropy)

    def step(self, memory: Any, state: Any, tokens: Tensor) -> Stepped:
        """Shape: tokens ``[R]`` -> log_probs ``[R, V]``."""
        output, state, attended = self.decoder.step(memory, state, tokens)
        log_probs = torch.log_softmax(self.projection(output), dim=-1, dtype=torch.float32)
        return Stepped(log_probs, state, attended)
