"""Strings to ids and back: one SentencePiece model behind the normalisation of one language.

The model itself normalises nothing (``identity``), so ``decode(encode(x)) == normalise(x)`` wherever the
vocabulary covers the characters of ``x``, and for every ``x`` with byte fallback.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import sentencepiece

from nmt.errors import NmtError
from nmt.text.normalise import SPACE_MARK, Mode, normaliser, one_line
from nmt.text.special import BOS, EOS, PAD, UNK


class Tokenizer:
    """Encodes and decodes one language; a joint vocabulary is two tokenizers with one ``model``."""

    def __init__(self, model: bytes, *, language: str, mode: Mode = "auto") -> None:
        """Wraps a serialised SentencePiece model.

        Raises:
            NmtError: the bytes are no model, or its special ids are not those of ``special.py``.
        """
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(model)
        except RuntimeError as error:
            raise NmtError("tokenizer", "is not a SentencePiece model") from error
        special = [self._processor.pad_id(), self._processor.unk_id()]
        special += [self._processor.bos_id(), self._processor.eos_id()]
        if special != [PAD, UNK, BOS, EOS]:
            raise NmtError(
                "tokenizer",
                f"has special ids {special}, not [0, 1, 2, 3]",
                "train it with nmt tokenizer train",
            )
        self.model = model
        self.language = language
        self.mode: Mode = mode
        self.normalise = normaliser(language, mode)
        self.size: int = self._processor.get_piece_size()
        bytes_ = [i for i in range(self.size) if self._processor.is_byte(i)]
        self._byte_of = {i: int(self._processor.id_to_piece(i)[3:5], 16) for i in bytes_}  # <0xE4> is 0xE4
        self._id_of = {byte: i for i, byte in self._byte_of.items()}
        self._dummy = _has_dummy_prefix(self._processor)

    @classmethod
    def load(cls, path: str | Path, *, language: str, mode: Mode = "auto") -> "Tokenizer":
        """Reads a ``.model`` file; raises NmtError when it is missing or no tokenizer of ours."""
        try:
            model = Path(path).read_bytes()
        except OSError as error:
            raise NmtError(str(path), f"cannot be read: {error.strerror}") from error
        try:
            return cls(model, language=language, mode=mode)
        except NmtError as error:
            raise NmtError(str(path), error.what, error.hint) from error

    def save(self, path: str | Path) -> None:
        """Writes the SentencePiece model; language and mode are the config's to remember."""
        Path(path).write_bytes(self.model)

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without begin and end."""
        ids: list[int] = self._processor.encode(self.normalise(text))
        return ids

    def pieces(self, text: str) -> list[str]:
        """The pieces of a text; an unknown one is spelled as in the text."""
        pieces: list[str] = self._processor.encode(self.normalise(text), out_type=str)
        return pieces

    def piece(self, token: int) -> str:
        """How one id is spelled: ``▁love``, ``<0xE4>``, ``</s>``."""
        piece: str = self._processor.id_to_piece(token)
        return piece

    @cached_property
    def vocabulary(self) -> dict[str, tuple[int, float]]:
        """Id and score of every piece that stands for text: a log-probability, or for BPE minus the merge's rank."""
        sp = self._processor
        special = (sp.is_control, sp.is_unknown, sp.is_unused, sp.is_byte)
        text = [i for i in range(self.size) if not any(is_special(i) for is_special in special)]
        return {self.piece(i): (i, float(sp.get_score(i))) for i in text}

    def marked(self, text: str) -> str:
        """The normalised text as the model sees it: a mark for each space, and perhaps one before the text."""
        return (SPACE_MARK if self._dummy else "") + self.normalise(text).replace(" ", SPACE_MARK)

    def unknown(self, character: str) -> list[int]:
        """The ids of a character that the vocabulary lacks: its bytes, or UNK."""
        return [self._id_of[byte] for byte in character.encode()] if self._id_of else [UNK]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of any sequence of ids, on one line.

        Special ids are silent, but for UNK, which is ``⁇``; so is an id outside the vocabulary. A cut byte
        sequence gives U+FFFD.
        """
        known = [i if 0 <= i < self.size else UNK for i in map(int, ids)]
        return self._tidy(self._processor.decode(known))

    def decode_pieces(self, pieces: Sequence[str]) -> str:
        """The text of a sequence of pieces; unlike ids they keep what is unknown."""
        return self._tidy(self._processor.decode_pieces(list(pieces)))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each piece lies in ``normalise(text)``, as ``[start, end)`` in characters.

        The space before a word belongs to no piece, so a bare ``▁`` has an empty span; all byte pieces of a
        character have that character's span. Every other character is covered by exactly one span.

        >>> tokenizer.pieces("I love you"), tokenizer.spans("I love you")  # doctest: +SKIP
        (['▁I', '▁', 'love', '▁you'], [(0, 1), (2, 2), (2, 6), (7, 10)])
        """
        normal = self.normalise(text)
        ids: list[int] = self._processor.encode(normal)
        pieces: list[str] = self._processor.encode(normal, out_type=str)
        spans: list[tuple[int, int]] = []
        here = -1 if self._dummy else 0  # the dummy prefix lies before the text
        for i, piece in zip(ids, pieces, strict=True):
            byte = self._byte_of.get(i)
            if (
                byte is not None and byte & 0xC0 == 0x80
            ):  # goes on with the character that the last byte began
                spans.append(spans[-1])
            else:
                length = len(piece) if byte is None else 1
                spans.append(_without_space(normal, here, here + length))
                here += length
        return spans

    def decoded_spans(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Where each id lies in ``decode(ids)``, as ``[start, end)`` in characters without the space before a word."""
        text = self.decode(ids)
        ends = [0, *(min(len(self.decode(ids[: count + 1])), len(text)) for count in range(len(ids)))]
        return [_without_space(text, start, max(start, end)) for start, end in pairwise(ends)]

    def _tidy(self, decoded: str) -> str:
        """One line, without space marks that bytes spelled; for ``auto`` with single spaces."""
        text = one_line(decoded.replace(SPACE_MARK, " "))
        return " ".join(text.split()) if self.mode == "auto" else text


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the space it begins with, or without the dummy prefix, which is at -1."""
    while start < end and (start < 0 or text[start] == " "):
        start += 1
    return start, end


def _has_dummy_prefix(processor: sentencepiece.SentencePieceProcessor) -> bool:
    """Whether the model puts a space before the text, seen from what it does to an unknown character."""
    pieces: list[str] = processor.encode("\ue000", out_type=str)
    return pieces[0].startswith(SPACE_MARK) or pieces[0] == "<0xE2>"  # the mark, or the first of its bytes
