"""Where a model looked while it translated one sentence, or while it was made to say a given one."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from nmt.alignment.extract import target_links
from nmt.alignment.pharaoh import format_links
from nmt.decoding.translator import Translator
from nmt.errors import NmtError, UsageError
from nmt.pictures import heatmap, terminal
from nmt.stages.translate_torch import unread
from nmt.stages.word_weights import WordWeights, word_weights


@dataclass(frozen=True)
class Attention:
    """One sentence's attention between words."""

    translation: str
    words: WordWeights
    layers: dict[str, tuple[WordWeights, ...]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON: every layer's heads, a matrix of target words by source words each."""
        return {
            "source_tokens": list(self.words.source),
            "target_tokens": list(self.words.target),
            "layers": [
                {"name": name, "heads": [head.weights.round(6).tolist() for head in heads]}
                for name, heads in self.layers.items()
            ],
        }

    def part(self, layer: str | None, head: int | None) -> "Attention":
        """The same, showing one layer, the mean of its heads, or one head of it.

        Raises:
            UsageError: there is no such layer, or head; or a head is named, but of several layers none.
        """
        if layer is None and head is None:
            return self
        if layer is None and len(self.layers) == 1:
            layer = next(iter(self.layers))
        if layer not in self.layers:
            what = f"there is no layer {layer!r}" if layer else "which layer's?"
            raise UsageError("--layer" if layer else "--head", what, f"it has {', '.join(self.layers)}")
        heads = self.layers[layer]
        if head is not None and head >= len(heads):
            raise UsageError("--head", f"{layer} has no head {head}", f"it has 0 to {len(heads) - 1}")
        chosen = heads if head is None else heads[head : head + 1]
        mean = np.mean([one.weights for one in chosen], axis=0)
        return replace(self, words=replace(self.words, weights=mean), layers={layer: chosen})

    def terminal(self, *, color: bool, width: int) -> str:
        """For a terminal of this width."""
        return terminal.render(
            self.words.weights, self.words.source, self.words.target, color=color, width=width
        )

    def pharaoh(self) -> str:
        """Each target word with the source word it attended to most."""
        return format_links(target_links(self.words.weights))

    def draw(self, path: Path) -> tuple[Path, tuple[str, ...]]:
        """A PNG or SVG; the path that was written, and notices for a person."""
        picture = heatmap.draw(self.words.weights, self.words.source, self.words.target, path, title="")
        return picture.path, picture.notices


def attend(translator: Translator, sentence: str, target: str | None = None) -> Attention:
    """Translates a sentence, or forces the target that is given.

    Raises:
        NmtError: the sentence or the target is blank, or the model has no attention.
    """
    tokenizers = translator.tokenizers
    if not tokenizers.source.encode(sentence):
        raise NmtError("sentence", "is blank")
    if target is not None and not tokenizers.target.encode(target):
        raise NmtError("target", "is blank")
    if target is None:
        (found,) = translator.search([sentence], weights=True, nbest=1)[0]
    else:
        (found,) = translator.force([sentence], [target])
    notices = (unread("sentence", found),) if found.cropped else ()
    layers = translator.look(found)
    words = {
        name: tuple(word_weights(replace(found, weights=head), tokenizers) for head in heads)
        for name, heads in layers.items()
    }
    return Attention(found.text, word_weights(found, tokenizers), words, notices)
