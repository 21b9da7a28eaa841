"""The attentive RNN as a :class:`~nmt.models.seq2seq.Seq2Seq`.

Letters: B sentences, R rows, S source and T target length, V target vocabulary.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn

from nmt.attention.attention import Memory
from nmt.attention.mask import padding_mask
from nmt.models.rnn.decoder import RnnDecoder, RnnState
from nmt.models.rnn.encoder import RnnEncoder
from nmt.models.seq2seq import Decoded, Projection, Stepped


class RnnSeq2Seq(nn.Module):
    """Recurrent encoder, attentive recurrent decoder, output projection (Bahdanau et al. 2015; Luong et al. 2015)."""

    def __init__(self, *, encoder: RnnEncoder, decoder: RnnDecoder, projection: Projection) -> None:
        super().__init__()
        self.encoder, self.decoder, self.projection = encoder, decoder, projection

    @property
    def max_source(self) -> int | None:
        """The longest source it can read, its end symbol included; None: any."""
        return self.decoder.attention.max_source

    def forward(self, source: Tensor, lengths: Tensor, target_in: Tensor) -> Decoded:
        """Shape: source ``[B, S]``, lengths ``[B]``, target_in ``[B, T]``."""
        return self.decode(*self.begin(source, lengths), target_in)

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[Memory, RnnState]:
        """Shape: source ``[B, S]``, lengths ``[B]``."""
        encoded = self.encoder(source, lengths)
        memory, state = self.decoder.begin(encoded, padding_mask(lengths, source.size(1)), lengths)
        return (memory if self.decoder.lexicon is None else replace(memory, source=source)), state

    def decode(self, memory: Memory, state: RnnState, target_in: Tensor) -> Decoded:
        """Shape: target_in ``[B, T]``."""
        states, seen = self.decoder(memory, state, target_in)
        return Decoded(states, seen.weights, seen.log_prob, seen.entropy)

    def step(self, memory: Memory, state: RnnState, tokens: Tensor) -> Stepped:
        """Shape: tokens ``[R]`` -> log_probs ``[R, V]``."""
        readout, state, attended = self.decoder.step(memory, state, tokens)
        log_probs = torch.log_softmax(self.projection(readout), dim=-1, dtype=torch.float32)
        return Stepped(log_probs, state, attended)
