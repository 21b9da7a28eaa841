"""The contract between models and everything above them: training asks :meth:`forward`, search begin and step.

Letters: B sentences, R rows (hypotheses; R is a multiple of B, a sentence's rows lie together), S source and
T target length, D width of the decoder's output states, V target vocabulary.
"""

from typing import Any, NamedTuple, Protocol

from torch import Tensor, nn

from nmt.attention.attention import Attended


class Decoded(NamedTuple):
    """What the model says of a whole target: states ``[B, T, D]`` for the output projection, and what it
    attended to: weights ``[B, T, S]``, log_prob and entropy ``[B, T]``, each ``None`` where there is none."""

    states: Tensor
    weights: Tensor | None = None
    log_prob: Tensor | None = None
    entropy: Tensor | None = None


class Stepped(NamedTuple):
    """One decoding step: log_probs ``[R, V]`` in float32, the next state, what was attended to ``[B, R/B, S]``."""

    log_probs: Tensor
    state: Any
    attended: Attended


class Projection(nn.Module):
    """Output states to logits: ``W h + b``; ``weight`` ``[V, D]`` may be an embedding's, shared."""

    def __init__(self, weight: nn.Parameter) -> None:
        super().__init__()
        self.weight = weight
        self.bias = nn.Parameter(weight.new_zeros(weight.size(0)))

    def forward(self, states: Tensor) -> Tensor:
        return nn.functional.linear(states, self.weight, self.bias)


class Seq2Seq(Protocol):
    """Every model of nmt. ``source`` ``[B, S]`` ends each sentence with EOS and pads with PAD; ``lengths`` ``[B]``."""

    projection: Projection

    @property
    def max_source(self) -> int | None:
        """The longest source it can read, its end symbol included; None: any."""

    @property
    def max_target(self) -> int | None:
        """The longest target it can say, its end symbol included; None: any."""

    def __call__(self, source: Tensor, lengths: Tensor, target_in: Tensor) -> Decoded:
        """Teacher forcing. Shape: target_in ``[B, T]`` begins with BOS."""

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[Any, Any]:
        """Reads the sentences: (memory with B rows, state with B rows)."""

    def decode(self, memory: Any, state: Any, target_in: Tensor) -> Decoded:
        """Teacher forcing of sentences that were read. Shape: target_in ``[B, T]`` begins with BOS."""

    def step(self, memory: Any, state: Any, tokens: Tensor) -> Stepped:
        """Feeds one token to each row. Shape: tokens ``[R]``; memory has B rows, state R rows."""
