"""What is typical of a corpus, and one monster that is not."""

import math

from hypothesis import given
from hypothesis import strategies as st

from nmt.data.ratios import Ratios


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
