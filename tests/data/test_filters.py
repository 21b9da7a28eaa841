"""A pair is dropped for one stated reason."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.data.filters import Filter, Ratios, Reason


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("", "aa", "blank"),
        ("aa", "", "blank"),
        ("a" * 11, "a" * 4, "long"),
        ("a" * 4, "a" * 11, "long"),
        ("a" * 10, "a" * 4, None),
        ("a" * 8, "a", None),  # 8 : 1 is four times the 2 : 1 of the corpus
        ("a" * 9, "a", "ratio"),
        ("a" * 2, "a" * 4, None),  # 1 : 2 is a quarter of it
        ("a" * 2, "a" * 5, "ratio"),
    ],
)
def test_bounds_are_inclusive(source: str, target: str, reason: Reason | None) -> None:
    rule = Filter(max_length=10, max_ratio=4.0, typical=2.0)
    assert rule.reason(source, target, [7] * len(source), [7] * len(target)) == reason


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1))
def test_the_typical_ratio_is_the_lower_median_to_one_percent(lengths: list[tuple[int, int]]) -> None:
    ratios = Ratios()
    for source, target in lengths:
        ratios.add("a" * source, "a" * target)
    median = sorted(source / target for source, target in lengths)[(len(lengths) - 1) // 2]
    assert math.isclose(ratios.typical(), median, rel_tol=0.006)


def test_one_monster_does_not_change_what_is_typical() -> None:
    ratios = Ratios()
    for _ in range(3):
        ratios.add("aaaa", "aa")
    ratios.add("a" * 1_000_000, "a")
    assert math.isclose(ratios.typical(), 2, rel_tol=0.006)


def test_a_corpus_without_pairs_has_no_ratio_to_speak_of() -> None:
    assert Ratios().typical() == 1
