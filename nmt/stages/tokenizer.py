"""``nmt tokenizer``: train a tokenizer on its own, and use any tokenizer as a pipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from nmt.bundle import open_bundle
from nmt.config.reader import read
from nmt.data.build import check_corpora
from nmt.data.corpus import sources, targets
from nmt.errors import NmtError
from nmt.text.build import build_tokenizers
from nmt.text.lines import read_lines
from nmt.text.normalise import Mode
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import Kind, train


@dataclass(frozen=True)
class Trained:
    """The files that were written, with their number of pieces, and what a person should know."""

    sizes: dict[Path, int]
    notices: tuple[str, ...]


def train_from_config(config: Path, overrides: Sequence[str], out: Path, *, force: bool) -> Trained:
    """Trains what ``nmt train`` would; two sides go to ``NAME.source.model`` and ``NAME.target.model``."""
    experiment = read(config, overrides)
    corpora = check_corpora(experiment.data.train)
    tokenizers = build_tokenizers(
        experiment.tokenizer,
        experiment.languages,
        sources(corpora),
        targets(corpora),
        seed=experiment.training.seed,
    )
    if tokenizers.joint:
        return Trained(_save({out: tokenizers.source}, force), tokenizers.notices)
    sides = {
        out.with_suffix(f".source{out.suffix}"): tokenizers.source,
        out.with_suffix(f".target{out.suffix}"): tokenizers.target,
    }
    return Trained(_save(sides, force), tokenizers.notices)


def train_from_text(
    inputs: Sequence[Path],
    out: Path,
    *,
    type: Kind,
    vocab_size: int,
    exact_size: bool,
    character_coverage: float,
    byte_fallback: bool,
    language: str,
    mode: Mode,
    force: bool,
) -> Trained:
    """Trains one model on the lines of some files, plain or gzip."""
    _refuse_existing(out, force)
    tokenizer, notices = train(
        chain.from_iterable(map(read_lines, inputs)),
        type=type,
        vocab_size=vocab_size,
        exact_size=exact_size,
        character_coverage=character_coverage,
        byte_fallback=byte_fallback,
        language=language,
        mode=mode,
    )
    return Trained(_save({out: tokenizer}, force), tuple(notices))


def open_tokenizer(model: Path, *, side: str, language: str, mode: Mode) -> Tokenizer:
    """The tokenizer of one side of a run or bundle; or of a ``.model`` file, whose language is told."""
    if model.is_file():
        return Tokenizer.load(model, language=language, mode=mode)
    tokenizers = open_bundle(model).tokenizers()
    return tokenizers.source if side == "source" else tokenizers.target


def encode(tokenizer: Tokenizer, text: IO[bytes], *, ids: bool) -> Iterator[str]:
    """Lines of text to lines of pieces, or of ids, with spaces between."""
    for line in read_lines(text):
        yield " ".join(map(str, tokenizer.encode(line)) if ids else tokenizer.pieces(line))


def decode(tokenizer: Tokenizer, text: IO[bytes], *, ids: bool) -> Iterator[str]:
    """The way back; raises NmtError at ``<stdin>:line`` for an id that is no number."""
    for number, line in enumerate(read_lines(text), start=1):
        if not ids:
            yield tokenizer.decode_pieces(line.split(" ") if line else [])
            continue
        try:
            yield tokenizer.decode(map(int, line.split()))
        except ValueError as error:
            what = f"expected ids, found {line[:40]!r}"
            raise NmtError(f"<stdin>:{number}", what, "leave out --ids") from error


def _save(tokenizers: dict[Path, Tokenizer], force: bool) -> dict[Path, int]:
    for path in tokenizers:
        _refuse_existing(path, force)
    for path, tokenizer in tokenizers.items():
        try:
            tokenizer.save(path)
        except OSError as error:
            raise NmtError(str(path), f"cannot be written: {error.strerror}") from error
    return {path: tokenizer.size for path, tokenizer in tokenizers.items()}


def _refuse_existing(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise NmtError(str(path), "exists already", "--force overwrites it")
