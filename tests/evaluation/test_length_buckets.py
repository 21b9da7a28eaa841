"""Every sentence is in one bucket, and no bucket is too small to mean something."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nmt.evaluation.length_buckets import buckets


def lines_of(*sizes: int) -> list[str]:
    return ["w " * size for size in sizes]


def test_buckets_by_hand() -> None:
    found = buckets(lines_of(1, 3, 7, 8, 70, 65), enough=2)
    assert [(b.first, b.last, b.lines) for b in found] == [(1, 5, (0, 1)), (6, 10, (2, 3)), (11, 70, (4, 5))]
    assert {b.unit for b in found} == {"words"}


def test_small_buckets_join_their_neighbour() -> None:
    found = buckets(lines_of(2, 3, 8, 12, 13, 40), enough=2)
    assert [(b.first, b.last, b.lines) for b in found] == [(2, 5, (0, 1)), (6, 40, (2, 3, 4, 5))]


def test_scripts_without_spaces_are_measured_in_characters() -> None:
    found = buckets(["我爱你。", "我爱 机器学习和别的东西。"], enough=1)
    assert [(b.first, b.last, b.unit) for b in found] == [(4, 10, "characters"), (11, 12, "characters")]


def test_no_lines_no_buckets() -> None:
    assert buckets([]) == []


@given(st.lists(st.integers(0, 90), min_size=1, max_size=60), st.integers(1, 30))
def test_every_line_is_in_the_one_bucket_of_its_length(sizes: list[int], enough: int) -> None:
    found = buckets(lines_of(*sizes), enough)
    assert sorted(line for bucket in found for line in bucket.lines) == list(range(len(sizes)))
    assert all(b.first <= sizes[line] <= b.last for b in found for line in b.lines)
    assert all(len(b.lines) >= min(enough, len(sizes)) for b in found)
    assert all(a.last + 1 == b.first for a, b in pairwise(found))
    assert (found[0].first, found[-1].last) == (min(sizes), max(sizes))
