"""Repeats are found exactly, within the memory that is promised."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.data.repeats import By, Repeats

TEXTS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=30)


@pytest.mark.parametrize("by", ["pairs", "source", "target"])
@given(pairs=TEXTS)
def test_what_was_asked_before_is_there_again(by: By, pairs: list[tuple[str, str]]) -> None:
    repeats = Repeats(by)
    for source, target in pairs:
        repeats.note(source, target)
    keys = [{"pairs": pair, "source": pair[0], "target": pair[1]}[by] for pair in pairs]
    assert [repeats.again(*pair) for pair in pairs] == [key in keys[:i] for i, key in enumerate(keys)]


def test_it_holds_eight_bytes_a_pair_and_then_only_repeats() -> None:
    repeats, count = Repeats("source"), 100_000
    tracemalloc.start()
    for number in range(count):
        repeats.note(str(number % (count - 10)), "")
    held, peak = tracemalloc.get_traced_memory()
    assert held < 9.5 * count  # an array grows by an eighth
    assert [repeats.again(str(number), "") for number in (3, 3, 20, 20)] == [False, True, False, False]
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 20_000
    assert peak < 12 * count
