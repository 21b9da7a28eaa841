"""The Transformer's decoder: layers of self-attention over what was said, attention to the source, and feed-forward.

Letters: B sentences, R rows (hypotheses, R/B to a sentence), S source and T target length, D model width, K annotation
width.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from nmt.attention.attention import Attended, Memory
from nmt.attention.heads import Heads
from nmt.models.encoder_decoder import Decoder, Sources
from nmt.models.transformer.feedforward import FeedForward
from nmt.models.transformer.placed import Placed
from nmt.models.transformer.residual import Residual


@dataclass(frozen=True)
class SourceMemory:
    """What each layer remembers of the source: its keys and values, projected once a sentence, rows = sentences."""

    layers: tuple[Memory, ...]

    def expecting(self) -> "SourceMemory":
        """The same, with the expectation standing for every sampled choice."""
        return SourceMemory(tuple(memory.expecting() for memory in self.layers))


@dataclass(frozen=True)
class TransformerState:
    """said: what each layer remembers of the places before, rows = hypotheses, nothing before the first; position: the
    next target place, from 0."""

    said: tuple[Memory, ...]
    position: int


class Layered(NamedTuple):
    """A layer's output, what it then remembers of what was said, and what it attended to in the source."""

    x: Tensor
    said: Memory
    seen: Attended


class DecoderLayer(nn.Module):
    """Masked self-attention, attention to the source and feed-forward, each within its residual connection (Vaswani et
    al. 2017, section 3.1)."""

    def __init__(
        self,
        *,
        attention: Heads,
        around_attention: Residual,
        cross: Heads,
        around_cross: Residual,
        feedforward: FeedForward,
        around_feedforward: Residual,
    ) -> None:
        super().__init__()
        self.attention, self.around_attention = attention, around_attention
        self.cross, self.around_cross = cross, around_cross
        self.feedforward, self.around_feedforward = feedforward, around_feedforward

    def forward(self, x: Tensor, source: Memory, said: Memory | None, position: int | Tensor) -> Layered:
        """The T places that follow those of ``said``: all of a target at once, or one of each hypothesis.

        Shape: x ``[R, T, D]``; source has B rows, and R/B = 1 where T is more than 1.
        """
        asking = self.around_attention.enter(x)
        now = self._remember(asking, 0 if said is None else said.keys.size(-2))
        said = now if said is None else said.extended(now)
        x = self.around_attention(x, self.attention(asking, said, position=position).context)
        asking = self.around_cross.enter(x)
        # The hypotheses of a sentence are the queries that share its memory: [R, 1, D] -> [B, R/B, D].
        seen = self.cross(asking.view(source.keys.size(0), -1, asking.size(-1)), source, position=position)
        x = self.around_cross(x, seen.context.view_as(x))
        return Layered(
            self.around_feedforward(x, self.feedforward(self.around_feedforward.enter(x))), said, seen
        )

    def _remember(self, x: Tensor, first: int) -> Memory:
        """Shape: x ``[R, T, D]``, the first of which stands at place ``first``."""
        rows, count = x.shape[:2]
        mask = torch.ones(rows, count, dtype=torch.bool, device=x.device)
        return self.attention.remember(x, mask, torch.full((rows,), count, device=x.device), first=first)


class TransformerDecoder(Decoder):
    """Any number of layers; ``norm`` comes last, and is the identity after post-norm layers.

    What is told of attention is the mean of the heads of the layer before the last (Garg et al. 2019, section 4.1), of
    the only one where there is one; log-probabilities and entropies of sampled places are sums over layers and heads.
    """

    def __init__(
        self, *, embedding: nn.Embedding, placed: Placed, layers: list[DecoderLayer], norm: nn.Module
    ) -> None:
        super().__init__()
        self.embedding, self.placed = embedding, placed
        self.layers, self.norm = nn.ModuleList(layers), norm
        self.lexicon = None
        self.output_size = embedding.embedding_dim
        bounds = (placed.positions.max_length, layers[0].attention.max_source)
        self.max_length = min((bound for bound in bounds if bound is not None), default=None)

    @property
    def max_source(self) -> int | None:
        """The longest source that it can attend to, its end symbol included; None: any."""
        return next(iter(self._layers)).cross.max_source

    @property
    def _layers(self) -> Iterable[DecoderLayer]:
        return cast(Iterable[DecoderLayer], self.layers)

    def begin(self, sources: Sources) -> tuple[SourceMemory, TransformerState]:
        """Memory of B rows; either all layers take the expectation for a sampled choice or none does."""
        annotations, mask, lengths = sources.encoded.annotations, sources.mask, sources.lengths
        memories = [layer.cross.remember(annotations, mask, lengths) for layer in self._layers]
        alike = tuple(replace(memory, expected=memories[0].expected) for memory in memories)
        return SourceMemory(alike), TransformerState(said=(), position=0)

    def forward(
        self, memory: SourceMemory, state: TransformerState, target_in: Tensor
    ) -> tuple[Tensor, Attended]:
        """Shape: target_in ``[B, T]`` -> outputs ``[B, T, D]``, what was attended to."""
        x, seen = self.placed(self.embedding(target_in)), list[Attended]()
        places = torch.arange(target_in.size(1), device=target_in.device)
        for layer, source in zip(self._layers, memory.layers, strict=True):
            x, _, attended = layer(x, source, None, places)
            seen.append(attended)
        return self.norm(x), told(seen)

    def step(
        self, memory: SourceMemory, state: TransformerState, tokens: Tensor
    ) -> tuple[Tensor, TransformerState, Attended]:
        """Shape: tokens ``[R]`` -> outputs ``[R, D]``, what was attended to ``[B, R/B, ...]``."""
        x, said, seen = (
            self.placed(self.embedding(tokens.unsqueeze(1)), first=state.position),
            list[Memory](),
            list[Attended](),
        )
        before = state.said or (None,) * len(self.layers)
        for layer, source, past in zip(self._layers, memory.layers, before, strict=True):
            x, now, attended = layer(x, source, past, state.position)
            said.append(now)
            seen.append(attended)
        return self.norm(x).squeeze(1), TransformerState(tuple(said), state.position + 1), told(seen)


def told(layers: list[Attended]) -> Attended:
    """What all layers attended to, in the words of one."""
    shown = layers[max(len(layers) - 2, 0)]
    return shown._replace(
        log_prob=_sum([one.log_prob for one in layers]), entropy=_sum([one.entropy for one in layers])
    )


def _sum(parts: list[Tensor | None]) -> Tensor | None:
    given = [part for part in parts if part is not None]
    return torch.stack(given).sum(dim=0) if given else None
