"""Word alignments from a model's attention, and their error against gold links."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nmt.alignment.error_rate import aer
from nmt.alignment.extract import diagonal, target_links
from nmt.alignment.pharaoh import Link, Links, read_links
from nmt.config.data import Files
from nmt.data.build import read_parallel
from nmt.decoding.translator import Translator
from nmt.errors import NmtError
from nmt.stages.word_weights import word_weights
from nmt.text.lines import read_lines
from nmt.text.normalise import is_spaceless

CHUNK = 500  # pairs forced through the model together


@dataclass
class Alignment:
    """Links of each pair, as (source word, target word), beside those of the diagonal."""

    links: list[set[Link]] = field(default_factory=list)
    diagonal: list[set[Link]] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def error(self, gold: Sequence[Links]) -> tuple[float, float]:
        """The alignment error rate of the model, and of the diagonal."""
        return aer(self.links, gold), aer(self.diagonal, gold)


@dataclass(frozen=True)
class Texts:
    """The pairs as the model reads them; the words that links count, where they are given, and their files."""

    source: list[str]
    target: list[str]
    source_words: list[list[str]] | None
    target_words: list[list[str]] | None
    files: tuple[Path | None, Path | None]


def align(translator: Translator, texts: Texts) -> Alignment:
    """Forces each target and links each of its words with the source word it attended to most."""
    alignment = Alignment()
    for start in range(0, len(texts.source), CHUNK):
        end = start + CHUNK
        forced = translator.force(texts.source[start:end], texts.target[start:end])
        for row, found in enumerate(forced, start=start):
            words = word_weights(
                found,
                translator.tokenizers,
                source_words=texts.source_words[row] if texts.source_words else None,
                target_words=texts.target_words[row] if texts.target_words else None,
                places=(f"{texts.files[0]}:{row + 1}", f"{texts.files[1]}:{row + 1}"),
            )
            alignment.links.append(target_links(words.weights))
            alignment.diagonal.append(diagonal(len(words.source), len(words.target)))
            alignment.sizes.append((len(words.source), len(words.target)))
    return alignment


def read_texts(source: Path, target: Path, *, source_words: Path | None, target_words: Path | None) -> Texts:
    """Reads the pairs. Where words are given in files of their own, they must spell the texts but for spaces; where
    they are not, the texts' own words count.

    Raises:
        NmtError: a file is missing, line counts differ, or a line is blank.
    """
    sources, targets = _lines(source, target)
    return Texts(
        sources,
        targets,
        _words(source_words, source, len(sources)),
        _words(target_words, target, len(targets)),
        (source_words, target_words),
    )


def read_gold(path: Path, alignment: Alignment) -> list[Links]:
    """The gold links of the aligned pairs; raises NmtError with file:line for a link outside its sentence."""
    gold = list(read_links(path))
    if len(gold) != len(alignment.sizes):
        raise NmtError(str(path), f"has {len(gold)} lines, the texts have {len(alignment.sizes)}")
    for number, (links, sizes) in enumerate(zip(gold, alignment.sizes, strict=True), start=1):
        links.check(*sizes, f"{path}:{number}")
    return gold


def read_tokenised(translator: Translator, source: Path, target: Path) -> Texts:
    """Reads texts that are segmented into words by spaces, as gold sets are: the words count, and the model reads
    them joined in languages that are written without spaces. Raises NmtError as :func:`read_texts`."""
    sources, targets = _lines(source, target)
    tokenizers = translator.tokenizers
    return Texts(
        [_joined(line, tokenizers.source.language) for line in sources],
        [_joined(line, tokenizers.target.language) for line in targets],
        [line.split() for line in sources],
        [line.split() for line in targets],
        (source, target),
    )


def _joined(line: str, language: str) -> str:
    return "".join(line.split()) if is_spaceless(language) else line


def _lines(source: Path, target: Path) -> tuple[list[str], list[str]]:
    sources, targets = read_parallel(Files(source=str(source), target=str(target)))
    for path, lines in ((source, sources), (target, targets)):
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                raise NmtError(f"{path}:{number}", "is blank", "blank pairs have no alignment")
    return sources, targets


def _words(path: Path | None, text: Path, count: int) -> list[list[str]] | None:
    if path is None:
        return None
    words = [line.split() for line in read_lines(path)]
    if len(words) != count:
        raise NmtError(str(path), f"has {len(words):,} lines, but {text} has {count:,}")
    return words
