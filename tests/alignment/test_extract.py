"""Links from weights."""

import numpy as np
import pytest

from nmt.alignment.extract import diagonal, source_links, target_links

WEIGHTS = np.array([[0.6, 0.3, 0.1], [0.5, 0.4, 0.1]])  # 2 target words, 3 source words


def test_each_target_word_gets_its_best_source_word() -> None:
    assert target_links(WEIGHTS) == {(0, 0), (0, 1)}


def test_each_source_word_gets_its_best_target_word() -> None:
    assert source_links(WEIGHTS) == {(0, 0), (1, 1), (2, 0)}
    assert target_links(WEIGHTS) & source_links(WEIGHTS) == {(0, 0)}


def test_a_word_that_nothing_attends_to_has_no_link() -> None:
    assert target_links(np.array([[0.0, 0.0], [0.0, 1.0]])) == {(1, 1)}
    assert source_links(np.array([[0.0, 0.0], [0.0, 1.0]])) == {(1, 1)}


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_side_has_no_links(shape: tuple[int, int]) -> None:
    assert target_links(np.zeros(shape)) == source_links(np.zeros(shape)) == set()


def test_the_diagonal_by_hand() -> None:
    assert diagonal(3, 3) == {(0, 0), (1, 1), (2, 2)}
    assert diagonal(2, 4) == {(0, 0), (0, 1), (1, 2), (1, 3)}  # 0, 0.5, 1, 1.5 -> last word
    assert diagonal(0, 2) == diagonal(2, 0) == set()
