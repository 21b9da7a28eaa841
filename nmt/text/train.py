"""Trains one SentencePiece model, inside the process, on normalised lines, the same every time."""

import io
import random
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import sentencepiece

from nmt.errors import NmtError
from nmt.text.normalise import SPACE_MARK, Mode, is_spaceless, normaliser
from nmt.text.special import BOS, EOS, PAD, UNK
from nmt.text.tokenizer import Tokenizer

Kind = Literal["unigram", "bpe", "char", "word"]

SAMPLE = 1_000_000  # lines; more text does not change a vocabulary, it only takes time
SLICE = 2_000  # characters; for one line of a megabyte SentencePiece takes minutes, or drops it
THREADS = 2  # fixed: sums of floats depend on it
ALL = 1 << 20  # a vocabulary that no set of characters fills
RESERVED = str.maketrans("\u2585\t", "  ")  # SentencePiece skips a whole line with one of them


def train(
    lines: Iterable[str],
    *,
    type: Kind,
    vocab_size: int,
    exact_size: bool = False,
    character_coverage: float = 1.0,
    byte_fallback: bool = False,
    language: str,
    mode: Mode = "auto",
    seed: int = 1,
) -> tuple[Tokenizer, list[str]]:
    """One tokenizer for one language, and what a person should be told about it."""
    normalise = normaliser(language, mode)
    model, notices = train_model(
        (normalise(line) for line in lines),
        type=type,
        vocab_size=vocab_size,
        exact_size=exact_size,
        character_coverage=character_coverage,
        byte_fallback=byte_fallback,
        dummy_prefix=not is_spaceless(language),
        seed=seed,
    )
    return Tokenizer(model, language=language, mode=mode), notices


def train_model(
    lines: Iterable[str],
    *,
    type: Kind,
    vocab_size: int,
    exact_size: bool,
    character_coverage: float,
    byte_fallback: bool,
    dummy_prefix: bool,
    seed: int,
) -> tuple[bytes, list[str]]:
    """A serialised SentencePiece model of normalised lines, and notices.

    Of more than ``SAMPLE`` lines a random ``SAMPLE`` is used, chosen by ``seed``. The space is always a
    piece, so that a Chinese model which never saw one can still spell "AA 制".

    Raises:
        NmtError: there is no text; ``vocab_size`` has no room for the characters; or ``exact_size`` asks
            for more pieces than the text gives, with the maximum.
    """
    sample, total = _sample(lines, seed)
    if not sample:
        raise NmtError("tokenizer", "there is no text to train on")
    # SentencePiece would cut an alphabet down to vocab_size in silence: make it whole, then compare.
    model = _sentencepiece(
        sample,
        asked=vocab_size,
        model_type=type,
        vocab_size=ALL if type == "char" else vocab_size,
        character_coverage=character_coverage,
        byte_fallback=byte_fallback,
        add_dummy_prefix=dummy_prefix,
        unk_surface=" ⁇" if type == "word" else "⁇",
    )
    size = sentencepiece.SentencePieceProcessor(model_proto=model).get_piece_size()
    if size > vocab_size:
        raise _too_small(vocab_size, size)
    notices = []
    if total > len(sample):
        notices.append(f"trained on {len(sample):,} of {total:,} lines, chosen at random")
    if size < vocab_size:
        if exact_size:
            what = f"the corpus gives at most {size} pieces, not {vocab_size}"
            raise NmtError("tokenizer.vocab_size", what, f"set it to {size} or less, or exact_size to false")
        notices.append(
            f"vocab_size {vocab_size} is more than the corpus fills: the vocabulary has {size} pieces"
        )
    return model, notices


def _sentencepiece(sample: list[str], *, asked: int, **options: Any) -> bytes:
    """Trains with our fixed settings and ``options``; rewords complaints about the size ``asked``."""
    writer = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=_slices(sample),
            model_writer=writer,
            pad_id=PAD,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            required_chars=SPACE_MARK,
            hard_vocab_limit=False,  # gives fewer pieces where it would fail; the caller compares
            max_sentence_length=1 << 30,
            shuffle_input_sentence=False,
            num_threads=THREADS,
            minloglevel=2,
            **options,
        )
    except RuntimeError as error:
        if found := re.search(r"smaller than required_chars\. \d+ vs (\d+)", str(error)):
            raise _too_small(asked, int(found[1])) from error
        if "(vocab_size) >= (0)" in str(error):
            raise _too_small(asked, 4 + 256 * bool(options["byte_fallback"])) from error
        raise NmtError("tokenizer", f"SentencePiece cannot train: {error}") from error
    return writer.getvalue()


def _too_small(asked: int, needed: int) -> NmtError:
    what = f"{asked} is too small: special pieces and single characters alone are {needed}"
    return NmtError("tokenizer.vocab_size", what, "raise it, or lower tokenizer.character_coverage")


def _sample(lines: Iterable[str], seed: int) -> tuple[list[str], int]:
    """Up to ``SAMPLE`` of the non-blank lines, in order, each with the same chance; and their number."""
    chosen: list[tuple[int, str]] = []
    total = 0
    generator = random.Random(seed)
    for line in lines:
        if not line.strip():
            continue
        if total < SAMPLE:
            chosen.append((total, line))
        elif (place := generator.randrange(total + 1)) < SAMPLE:
            chosen[place] = (total, line)
        total += 1
    return [line for _, line in sorted(chosen)], total


def _slices(sample: list[str]) -> Iterator[str]:
    for line in sample:
        line = line.translate(RESERVED)
        for start in range(0, len(line), SLICE):
            yield line[start : start + SLICE]
