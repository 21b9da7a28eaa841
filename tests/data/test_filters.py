"""A pair is dropped for one stated reason."""

import pytest

from nmt.data.filters import (
    Blank,
    Candidate,
    Copy,
    OtherDigits,
    OtherScript,
    OutOfProportion,
    Punctuation,
    Repeated,
    TooLong,
    reason_to_drop,
)
from nmt.data.repeats import Repeats


def pair(source: str, target: str) -> Candidate:
    """Every character is a piece."""
    return Candidate(source, target, [7] * len(source), [7] * len(target))


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("", "aa", "with a blank side"),
        ("aa", "", "with a blank side"),
        ("a" * 11, "a" * 4, "over max_length"),
        ("a" * 4, "a" * 11, "over max_length"),
        ("a" * 10, "a" * 4, None),
        ("a" * 8, "a", None),  # 8 : 1 is four times the 2 : 1 of the corpus
        ("a" * 9, "a", "over max_ratio"),
        ("a" * 2, "a" * 4, None),  # 1 : 2 is a quarter of it
        ("a" * 2, "a" * 5, "over max_ratio"),
    ],
)
def test_bounds_are_inclusive_and_the_first_reason_counts(
    source: str, target: str, reason: str | None
) -> None:
    filters = [Blank(), TooLong(10), OutOfProportion(4.0, typical=2.0)]
    assert reason_to_drop(pair(source, target), filters) == reason


@pytest.mark.parametrize(
    ("source", "target", "drops"),
    [("OK!", "ok!", True), ("STRASSE", "straße", True), ("OK!", "OK", False), ("我", "我", True)],
)
def test_a_copy_is_one_but_for_case(source: str, target: str, drops: bool) -> None:
    assert Copy().drops(pair(source, target)) == drops


@pytest.mark.parametrize(
    ("source", "target", "drops"),
    [
        ("no number", "keine Zahl", False),
        ("in 1984", "1984", False),
        ("in 1984", "1948", True),
        ("in 1984", "damals", True),
        ("damals", "in 1984", True),
        ("1,000.5 and 2", "2 und 1.000,5", False),  # separators differ by language
        ("3 cats, 3 dogs", "3 Katzen und Hunde", False),  # how often does not count
        ("3 books", "٣ كتب", False),  # digits of another script
        ("10:30", "30.10", True),  # two numbers, and one
        ("in 1999 20 people", "20 Menschen im Jahr 1999", False),  # a space joins thousands alone
        ("1 2 3", "1, 2 and 3", False),
        ("1999 200 people", "200 Menschen, 1999", False),
        ("12 3456", "3456 12", False),
        ("1,234,567", "1 234 567", False),
        ("12,345.67", "12\u00a0345,67", False),
        ("12,345", "12\u202f345", False),
        ("12,345", "１２ ３４５", False),
        ("12,345", "12 346", True),
    ],
)
def test_numbers_must_be_on_both_sides(source: str, target: str, drops: bool) -> None:
    assert OtherDigits().drops(pair(source, target)) == drops


@pytest.mark.parametrize(
    ("source", "target", "drops"),
    [
        ("我爱你", "I love you", False),
        ("I love you", "I love you", True),
        ("我爱you", "I love you", True),  # two of five letters
        ("我爱你u", "I love you", False),  # three of four
        ("我爱你", "Я тебя люблю", True),
        ("1984", "1984!", False),  # no letters, nothing to say
    ],
)
def test_letters_must_be_of_the_language_s_script(source: str, target: str, drops: bool) -> None:
    assert OtherScript("Hani", "Latn", least=0.5).drops(pair(source, target)) == drops


def test_a_language_of_no_one_script_is_not_checked() -> None:
    assert not OtherScript(None, "Latn", least=0.5).drops(pair("Љубав љубав", "love"))


@pytest.mark.parametrize(
    ("text", "drops"), [("ab!!", False), ("ab !!!", True), ("...", True), ("我。", False), ("किताब", False)]
)
def test_punctuation_may_be_half_of_a_side(text: str, drops: bool) -> None:
    rule = Punctuation(0.5)
    assert rule.drops(pair(text, "good")) == rule.drops(pair("good", text)) == drops


def test_a_pair_that_another_filter_drops_does_not_count_as_there_before() -> None:
    pairs = [pair("aaaa", "b"), pair("a", "b"), pair("a", "c"), pair("a", "b")]
    repeats = Repeats("target")
    for one in pairs:
        repeats.note(one.source, one.target)
    filters = [TooLong(3), Repeated(repeats)]
    reasons = [reason_to_drop(one, filters) for one in pairs]
    assert reasons == ["over max_length", None, None, "there before"]
