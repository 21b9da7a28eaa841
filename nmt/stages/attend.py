"""Where a model looked while it translated one sentence, or while it was made to say a given one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.alignment.extract import target_links
from nmt.alignment.pharaoh import format_links
from nmt.decoding.translator import Translator
from nmt.errors import NmtError
from nmt.pictures import heatmap, terminal
from nmt.stages.translate_torch import unread
from nmt.stages.word_weights import WordWeights, word_weights


@dataclass(frozen=True)
class Attention:
    """One sentence's attention between words."""

    translation: str
    words: WordWeights
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON; an RNN has one layer and one head."""
        return {
            "source_tokens": list(self.words.source),
            "target_tokens": list(self.words.target),
            "layers": [{"name": "decoder", "heads": [self.words.weights.round(6).tolist()]}],
        }

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
    return Attention(found.text, word_weights(found, tokenizers), notices)
