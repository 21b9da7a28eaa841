"""Noise is the same for every row, grows with its share, and spoils no more than it says."""

from collections import Counter

import pytest
from study.noise import KINDS, drops, typos

LINES = [f"two young men number {number} are playing football in the park" for number in range(200)]
WORDS = sum(len(line.split()) for line in LINES)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_depends_on_seed_and_line_number_alone(kind):
    whole = kind(LINES, 0.2)
    assert whole == kind(LINES, 0.2)
    assert kind([*LINES[:7], "another", *LINES[8:]], 0.2)[8:] == whole[8:]
    assert kind(LINES, 0.2, seed=2) != whole


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_share_of_nothing_changes_nothing(kind):
    assert kind(LINES, 0.0) == LINES


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_about_that_share_of_the_words_has_two_letters_swapped(share):
    spoilt = typos(LINES, share)
    pairs = [
        pair
        for old, new in zip(LINES, spoilt, strict=True)
        for pair in zip(old.split(), new.split(), strict=True)
    ]
    changed = [(old, new) for old, new in pairs if old != new]
    assert 0.5 * share < len(changed) / WORDS < 1.1 * share  # numbers have no letters to swap
    for old, new in changed:
        places = [k for k in range(len(old)) if old[k] != new[k]]
        assert len(places) == 2
        assert places[1] == places[0] + 1
        assert Counter(old) == Counter(new)


def test_a_word_of_equal_letters_or_of_one_stays():
    assert typos(["a aa 12 , zzz"], 1.0) == ["a aa 12 , zzz"]
    assert typos(["ab"], 1.0) == ["ba"]


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_about_that_share_of_the_words_is_missing_and_the_others_keep_their_order(share):
    left = drops(LINES, share)
    assert 1 - sum(len(line.split()) for line in left) / WORDS == pytest.approx(share, abs=0.03)
    for old, new in zip(LINES, left, strict=True):
        rest = iter(old.split())
        assert all(word in rest for word in new.split())  # a subsequence


def test_the_words_hit_at_a_small_share_are_among_those_hit_at_a_larger():
    for one, other in zip(drops(LINES, 0.1), drops(LINES, 0.2), strict=True):
        assert Counter(other.split()) <= Counter(one.split())


def test_a_line_keeps_a_word_and_a_blank_one_stays_blank():
    assert all(len(line.split()) == 1 for line in drops(["one two three"] * 20, 1.0))
    assert drops([""], 1.0) == typos([""], 1.0) == [""]
