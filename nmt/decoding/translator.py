"""Text to text over any engine: what ``from nmt import Translator`` gives. Torch-free until a torch model is loaded.

>>> Translator.load("runs/quickstart-rnn").translate(["I love machine learning."])  # doctest: +SKIP
['我爱机器学习。']
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt.bundle import open_bundle
from nmt.config import decoding as section
from nmt.decoding.engine import Engine, Hypothesis, Options
from nmt.errors import NmtError
from nmt.text.files import Tokenizers
from nmt.text.special import EOS

Span = tuple[int, int]


@dataclass(frozen=True)
class Translation:
    """One translation of one line.

    ids: target pieces by number; tokens: by name, the end symbol last; token_scores: their log-probabilities; spans:
    where each token lies in ``text``, in characters; weights: ``[tokens, source pieces]``, the last column the source's
    end symbol, where asked for; cropped: pieces at the source's end that were not read.
    """

    source: str
    text: str
    score: float
    ids: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    token_scores: tuple[float, ...] = ()
    spans: tuple[Span, ...] = ()
    weights: NDArray[np.float32] | None = None
    cropped: int = 0


class Translator:
    """Translates lines: blank for blank, each on its own, in order."""

    def __init__(self, engine: Engine, tokenizers: Tokenizers, options: Options) -> None:
        self.engine, self.tokenizers, self.options = engine, tokenizers, options

    @classmethod
    def load(
        cls, path: str | Path, *, workers: int | None = None, silent: Sequence[str] = ()
    ) -> "Translator":
        """Loads a run, a bundle or a checkpoint folder with the torch engine and the model's own decoding options.

        ``silent`` names heads to do without, as ``cross.1.0``.

        Raises:
            NmtError: there is no model, or it is damaged.
            UsageError: the model has no such head.
        """
        # The one import that must wait: everything else in this file works without torch.
        from nmt.decoding.torch_engine import load_engine

        bundle = open_bundle(path)
        tokenizers = bundle.tokenizers()
        return cls(
            load_engine(bundle, tokenizers, workers=workers, silent=silent),
            tokenizers,
            options_of(bundle.experiment.decoding),
        )

    def translate(self, lines: Sequence[str], **changes: int | float | bool) -> list[str]:
        """The best translation of each line; ``changes`` override options, such as ``beam=1``."""
        return [best[0].text for best in self.search(lines, first=1, **changes)]

    def search(
        self, lines: Sequence[str], *, first: int = 1, **changes: int | float | bool
    ) -> list[list[Translation]]:
        """The ``nbest`` translations of each line, best first; a blank line has one blank translation.

        Raises:
            NmtError: the model cannot read so long a source; ``first`` is the number of the first line.
        """
        options = replace(self.options, **changes)  # type: ignore[arg-type]  # names and types are Options' own
        options = replace(options, beam=max(options.beam, options.nbest))
        encoded = [self.tokenizers.source.encode(line) for line in lines]
        read = [ids[: options.max_source] for ids in encoded]
        longest = self.engine.max_source
        if (
            longest is not None and longest <= options.max_source
        ):  # else every line is cropped to what can be read
            refuse_too_long(encoded, longest, lambda row: f"line {first + row}")
        real = [row for row, ids in enumerate(read) if ids]
        found = dict(zip(real, self.engine.translate([read[row] for row in real], options), strict=True))
        if not all(found.values()):
            raise NmtError("model", "finds no translation that has a finite score", "its weights are ruined")
        return [
            [self._translation(line, one, cropped=len(encoded[row]) - len(read[row])) for one in found[row]]
            if row in found
            else [Translation(line, "", 0.0)]
            for row, line in enumerate(lines)
        ]

    def force(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]:
        """Scores given translations with the plain log-probability, with weights where the model has them.

        The text of each is the target as the tokenizer normalises it, its unknown characters included.
        """
        tokenizer = self.tokenizers.target
        pairs = [self.tokenizers.source.encode(line) for line in sources]
        refuse_too_long(pairs, self.engine.max_source, lambda row: f"line {row + 1}")
        encoded = [tokenizer.encode(line) for line in targets]
        refuse_too_long(encoded, self.engine.max_target, lambda row: f"target line {row + 1}")
        forced = self.engine.force(pairs, encoded)
        texts = [tokenizer.normalise(line) for line in targets]
        return [
            replace(
                self._translation(source, one),
                text=text,
                spans=(*tokenizer.spans(text), (len(text), len(text))),
            )
            for source, text, one in zip(sources, texts, forced, strict=True)
        ]

    def look(self, translation: Translation) -> dict[str, NDArray[np.float32]]:
        """Where each head of each attention to the source looks while a translation is said: ``[heads, tokens, source
        pieces]`` by the attention's name, the end symbols last; nothing where a model has no attention."""
        pieces = self.tokenizers.source.encode(translation.source)
        read = pieces[: len(pieces) - translation.cropped]
        return self.engine.look(read, translation.ids)

    def _translation(self, source: str, hypothesis: Hypothesis, *, cropped: int = 0) -> Translation:
        target = self.tokenizers.target
        text = target.decode(hypothesis.ids)
        return Translation(
            source=source,
            text=text,
            score=hypothesis.score,
            ids=tuple(hypothesis.ids),
            tokens=(*map(target.piece, hypothesis.ids), target.piece(EOS)),
            token_scores=hypothesis.token_scores,
            spans=(*target.decoded_spans(hypothesis.ids), (len(text), len(text))),
            weights=hypothesis.weights,
            cropped=cropped,
        )


def refuse_too_long(texts: Sequence[Sequence[int]], longest: int | None, place: Callable[[int], str]) -> None:
    """Raises NmtError where a text is longer than the model can read or say; ``place`` names a row of ``texts``."""
    if longest is None:
        return
    for row, ids in enumerate(texts):
        if len(ids) >= longest:  # the end symbol needs a place, too
            what = f"{len(ids)} pieces, and the model has places for {longest - 1}"
            raise NmtError(
                place(row), what, "shorten it, or train with a larger score.max_source, positions.max_length"
            )


def options_of(decoding: section.Decoding) -> Options:
    """The options that the ``decoding`` section of a config asks for."""
    return Options(
        beam=decoding.beam,
        alpha=decoding.length_penalty.alpha if isinstance(decoding.length_penalty, section.Gnmt) else 0.0,
        max_ratio=decoding.max_length.ratio,
        max_offset=decoding.max_length.offset,
        batch_tokens=decoding.batch_tokens,
    )
