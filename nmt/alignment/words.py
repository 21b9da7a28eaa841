"""Where the words of a sentence are: for drawing, for counting lengths, for links a person can read."""

import unicodedata
from bisect import bisect_right

Span = tuple[int, int]
"""[start, end) in characters."""

UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x20000, 0x3FFFF),
)
"""Code points of the scripts that put no space between words."""
_STARTS = [first for first, _ in UNSPACED]


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that puts no space between words (Han, kana, Thai ...)."""
    place = bisect_right(_STARTS, ord(character)) - 1
    return place >= 0 and ord(character) <= UNSPACED[place][1]


def word_spans(text: str) -> list[Span]:
    """Cut a sentence into units for the eye, as spans in ``text``; whitespace belongs to none.

    Words end at spaces; a character of a script without spaces is a unit of its own, with its combining
    marks; punctuation comes off the edges of words and stays inside them (``don't``, ``3.5``).

    >>> [text[a:b] for text in ["Hi, 我爱U.S.!"] for a, b in word_spans(text)]
    ['Hi', ',', '我', '爱', 'U.S', '.', '!']
    """
    spans: list[Span] = []
    start = 0
    while start < len(text):
        if text[start].isspace():
            start += 1
            continue
        end = start + 1
        while end < len(text) and not _ends_before(text, start, end):
            end += 1
        spans += _without_edges(text, start, end)
        start = end
    return spans


def words(text: str) -> list[str]:
    """The units of ``word_spans`` as strings."""
    return [text[start:end] for start, end in word_spans(text)]


def _ends_before(text: str, start: int, end: int) -> bool:
    """Whether the run that began at ``start`` ends before the character at ``end``."""
    if text[end].isspace():
        return True
    if unicodedata.category(text[end]).startswith("M"):
        return False
    return is_unspaced(text[start]) or is_unspaced(text[end])


def _without_edges(text: str, start: int, end: int) -> list[Span]:
    """One run without spaces as its leading marks, its core and its trailing marks."""
    first, last = start, end
    while first < end and _is_mark(text[first]):
        first += 1
    while last > first and _is_mark(text[last - 1]):
        last -= 1
    core = [(first, last)] if first < last else []
    before, after = range(start, first), range(last, end)
    return [(i, i + 1) for i in before] + core + [(i, i + 1) for i in after]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
