"""Lines in, translations out, with the torch engine, in constant memory."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nmt.alignment.extract import target_links
from nmt.decoding.translator import Translation, Translator
from nmt.stages.word_weights import word_weights

CHUNK = 2000  # lines read before any is translated: enough to find sentences of equal length


@dataclass
class Tally:
    """What a stream amounted to. cropped: a notice for each line that was too long; due: the last line of
    a chunk was just handed out, so that whoever writes should flush."""

    lines: int = 0
    blank: int = 0
    seconds: float = 0.0
    cropped: list[str] = field(default_factory=list)
    due: bool = False


def load(model: str | Path, *, silent: Sequence[str] = ()) -> Translator:
    """The translator of a run, bundle or checkpoint folder, without the heads that shall be silent."""
    return Translator.load(model, silent=silent)


def translate(
    translator: Translator,
    lines: Iterable[str],
    tally: Tally,
    *,
    chunk: int = CHUNK,
    **changes: int | float | bool,
) -> Iterator[list[Translation]]:
    """For each line its n best translations, in order, as soon as its chunk is done; keeps the tally."""
    stream = iter(lines)
    while some := list(islice(stream, chunk)):
        start = time.perf_counter()
        found = translator.search(some, first=tally.lines + 1, **changes)
        tally.seconds += time.perf_counter() - start
        for row, best in enumerate(found, start=1):
            tally.lines += 1
            tally.blank += not best[0].tokens
            tally.due = row == len(some)
            if best[0].cropped:
                tally.cropped.append(unread(f"line {tally.lines}", best[0]))
            yield best


def unread(place: str, translation: Translation) -> str:
    """What to tell of a source that was cropped."""
    return f"{place}: the last {translation.cropped:,} pieces were not read: too long"


def record(best: list[Translation], translator: Translator) -> dict[str, Any]:
    """The stable JSON of one line; ``alignment`` links words, as ``[source, target]``, where the model can say."""
    first = best[0]
    return {
        "source": first.source,
        "translation": first.text,
        "score": first.score,
        "tokens": list(first.tokens),
        "token_scores": list(first.token_scores),
        "alignment": _alignment(first, translator),
        "nbest": [{"translation": one.text, "score": one.score} for one in best],
    }


def _alignment(translation: Translation, translator: Translator) -> list[list[int]] | None:
    if translation.weights is None:
        return None
    links = target_links(word_weights(translation, translator.tokenizers).weights)
    return [list(link) for link in sorted(links)]
