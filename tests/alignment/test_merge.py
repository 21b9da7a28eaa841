"""Pieces become words by hand, and weight is neither lost nor made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.alignment.merge import NOWHERE, membership, merge_weights, token_spans
from nmt.errors import NmtError


def test_gold_words_are_found_in_raw_text_by_offset() -> None:
    assert token_spans("我爱机器学习。", ["我", "爱", "机器学习", "。"]) == [(0, 1), (1, 2), (2, 6), (6, 7)]
    assert token_spans('Yes, "x".', ["Yes", ",", '"', "x", '"', "."])[:2] == [(0, 3), (3, 4)]


def test_a_token_may_span_a_space_of_the_text() -> None:
    assert token_spans("New York is", ["NewYork", "is"]) == [(0, 8), (9, 11)]


def test_text_that_differs_is_an_error_that_names_line_and_place() -> None:
    with pytest.raises(NmtError, match=r"gold.en:3: .*'Cat' where the text has 'cat'"):
        token_spans("a cat", ["a", "Cat"], "gold.en:3")
    with pytest.raises(NmtError, match=r"'the end' where the text has 'cat'"):
        token_spans("a cat", ["a"])


@given(st.lists(st.text(alphabet="a我.", min_size=1, max_size=3), max_size=8))
def test_tokens_come_back_whatever_the_spaces(tokens: list[str]) -> None:
    for text in ("".join(tokens), "  ".join(tokens)):
        assert [text[a:b] for a, b in token_spans(text, tokens)] == tokens


def test_a_piece_astride_two_words_is_divided_by_its_characters() -> None:
    # pieces: dummy, 我爱机, 器, end of sentence; words: 我, 爱, 机器
    shares = membership([NOWHERE, (0, 3), (3, 4), NOWHERE], [(0, 1), (1, 2), (2, 4)])
    third = 1 / 3
    assert shares == pytest.approx(np.array([[0, third, 0, 0], [0, third, 0, 0], [0, third, 1, 0]]))


def test_the_space_of_a_piece_belongs_to_no_word() -> None:
    assert membership([(0, 1), (1, 6)], [(0, 1), (2, 6)]).tolist() == [[1, 0], [0, 1]]  # "I", " love"


def test_weights_are_summed_over_source_and_averaged_over_target_pieces() -> None:
    # source: ma|chine, learning, end; target: 机|器, 学, end
    weights = np.array(
        [[0.5, 0.3, 0.1, 0.1], [0.1, 0.3, 0.2, 0.4], [0.0, 0.1, 0.9, 0.0], [0.0, 0.0, 0.0, 1.0]]
    )
    source = membership([(0, 2), (2, 7), (8, 16), NOWHERE], [(0, 7), (8, 16)])
    target = membership([(0, 1), (1, 2), (2, 3), NOWHERE], [(0, 2), (2, 3)])
    assert merge_weights(weights, target, source) == pytest.approx(np.array([[0.6, 0.15], [0.1, 0.9]]))


def test_a_word_without_pieces_has_no_weight_and_no_nan() -> None:
    shares = membership([(0, 1)], [(0, 1), (5, 6)])
    assert merge_weights(np.ones((1, 1)), shares, shares).tolist() == [[1, 0], [0, 0]]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_rows_still_sum_to_one_when_every_piece_is_in_a_word(rows: int, columns: int, seed: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.ones(columns), size=rows)
    pieces = [(2 * k, 2 * k + 2) for k in range(max(rows, columns))]
    words = [(0, 3), (3, 2 * max(rows, columns))]  # the second piece is astride
    merged = merge_weights(weights, membership(pieces[:rows], words), membership(pieces[:columns], words))
    assert merged[0].sum() == pytest.approx(1)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2 source pieces"):
        merge_weights(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 2)))
