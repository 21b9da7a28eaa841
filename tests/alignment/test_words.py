"""What the eye takes for a word."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.alignment.words import is_unspaced, word_spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love machine learning.", ["I", "love", "machine", "learning", "."]),
        ("我爱机器学习。", ["我", "爱", "机", "器", "学", "习", "。"]),
        (
            "他用Python写了3.5行，对吗？",
            ["他", "用", "Python", "写", "了", "3.5", "行", "，", "对", "吗", "？"],
        ),
        ('"Don\'t!" he said', ['"', "Don't", "!", '"', "he", "said"]),
        ("  a \u3000 b ", ["a", "b"]),
        ("...", [".", ".", "."]),
        ("กำ", ["กำ"[0], "กำ"[1]]),  # SARA AM is a letter
        ("กี่", ["กี่"]),  # marks stay with their letter
        ("", []),
    ],
)
def test_sentences_by_hand(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(alphabet="ab我爱。, .'\t가é́", max_size=30))
def test_spans_are_in_order_and_hold_every_character_but_the_spaces(text: str) -> None:
    spans = word_spans(text)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join(words(text)) == "".join(text.split())


def test_scripts_with_and_without_spaces() -> None:
    assert all(map(is_unspaced, "我爱々〇かカｶก𠀀"))
    assert not any(map(is_unspaced, "aéж한。 ,１\U0001f600"))
