"""A vocabulary with further pieces behind its own, so that what a model learnt of the old ones stays true."""

import struct

import sentencepiece


def extend(model: bytes, further: bytes, size: int) -> bytes:
    """``model`` and, behind its pieces, those of ``further`` that it has not, up to ``size``.

    Both are serialised SentencePiece models of one type. Ids of the old pieces do not change. Unigram pieces keep the
    log-probability they have in ``further``; BPE merges are ranked behind the old ones.
    """
    old, new = _processor(model), _processor(further)
    known = {old.id_to_piece(i) for i in range(old.get_piece_size())}
    room = max(0, size - old.get_piece_size())
    ids = [i for i in range(new.get_piece_size()) if _ordinary(new, i) and new.id_to_piece(i) not in known]
    ids.sort(key=lambda i: len(new.id_to_piece(i)) > 1)  # characters first: without them text is unknown
    del ids[room:]
    last = min(old.get_score(i) for i in range(old.get_piece_size()))
    ranked = all(new.get_score(i) == int(new.get_score(i)) for i in ids)
    scores = [last - 1 - place if ranked else new.get_score(i) for place, i in enumerate(ids)]
    # A serialised repeated field grows by appending: two messages in a row are their union.
    added = b"".join(_entry(new.id_to_piece(i), score) for i, score in zip(ids, scores, strict=True))
    return model + added


def _processor(model: bytes) -> sentencepiece.SentencePieceProcessor:
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(model)
    return processor


def _ordinary(processor: sentencepiece.SentencePieceProcessor, i: int) -> bool:
    """Whether a piece is text, rather than a special symbol or a byte."""
    special = processor.is_control(i), processor.is_unknown(i), processor.is_unused(i), processor.is_byte(i)
    return not any(special)


def _entry(piece: str, score: float) -> bytes:
    """``ModelProto.pieces``, field 1: the piece, field 1, and its score, field 2; a normal piece needs no type."""
    text = piece.encode()
    body = b"\x0a" + _varint(len(text)) + text + b"\x15" + struct.pack("<f", score)
    return b"\x0a" + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
