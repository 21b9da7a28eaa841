"""Each fault, with a line that has it and one that only looks like it."""

import pytest

from nmt.evaluation.counters import (
    Count,
    count_faults,
    has_unbalanced_quotes,
    is_collapsed,
    is_copy,
    length_ratio,
    misses_stop,
    repeats,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b c d a b c d", True),
        ("a b c d a b c", False),
        ("very very very very very", True),
        ("我爱你们我爱你们", True),
        ("我爱你我爱你", False),
        ("", False),
    ],
)
def test_a_loop_is_four_units_in_a_row_that_come_again(line: str, expected: bool) -> None:
    assert repeats(line) is expected


def test_a_copy_is_a_fault_only_where_the_reference_translates() -> None:
    assert is_copy("a cat", "eine Katze", "a cat ")
    assert not is_copy("OK", "OK", "OK")
    assert not is_copy("", "eine Katze", "")


@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("我来了", "我来了。", True),
        ("我来了.", "我来了。", True),
        ("我来了！", "我来了。", False),
        ("他说：“来。”", "他说来。", False),
        ("他说：“来”", "他说：“来。”", True),
        ("我来了", "我来了", False),
        ("我来了", "我来了？", False),
    ],
)
def test_the_final_stop_is_missed_where_the_reference_has_it(
    hypothesis: str, reference: str, expected: bool
) -> None:
    assert misses_stop(hypothesis, reference) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("“我”说", False),
        ("“我说", True),
        ("我”说", True),
        ("「『一』」", False),
        ("「『一」』", True),
        ('他说"来', True),
        ('他说"来"', False),
        ("don’t", False),
    ],
)
def test_quotes_close_in_order(line: str, expected: bool) -> None:
    assert has_unbalanced_quotes(line) is expected


def test_chinese_faults_are_counted_by_line() -> None:
    hypotheses = ["你好,你好.", "我 爱 你。", "我爱Python 3.5。", "“好。", ""]
    references = ["你好，你好。", "我爱你。", "我爱Python3.5。", "“好。”", "好。"]
    counts = count_faults(hypotheses, references, None, "zh-CN")
    assert counts == {
        "empty": Count(1, 0.2),
        "repeated_4grams": Count(0, 0.0),
        "ascii_punctuation": Count(1, 0.2),
        "spaced_han": Count(1, 0.2),
        "missing_final_stop": Count(2, 0.4),
        "unbalanced_quotes": Count(1, 0.2),
    }


def test_other_languages_have_no_chinese_faults() -> None:
    assert set(count_faults(["a"], ["b"], ["a"], "de")) == {"empty", "repeated_4grams", "copied"}
    assert count_faults(["a"], ["b"], ["a"], "de")["copied"] == Count(1, 1.0)


def test_the_length_ratio_counts_words_or_characters() -> None:
    assert length_ratio(["a bb"], ["a b c ddd"]) == 0.5
    assert length_ratio(["我爱"], ["我 爱你们。 吗"]) == pytest.approx(2 / 6)
    assert length_ratio(["a"], [""]) == 0.0


def test_a_model_that_says_the_same_of_everything_is_found_out():
    assert is_collapsed(["a b"] * 3, ["x", "y", "x"])
    assert not is_collapsed(["a b", "a b", "a"], ["x", "y", "z"])
    assert not is_collapsed(["a b"] * 3, ["x"] * 3)
    assert not is_collapsed([], [])
