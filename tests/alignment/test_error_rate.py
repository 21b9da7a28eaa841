"""AER by hand."""

import pytest

from nmt.alignment.error_rate import aer
from nmt.alignment.pharaoh import parse_line
from nmt.errors import NmtError


def links(line: str) -> frozenset[tuple[int, int]]:
    return parse_line(line).sure


@pytest.mark.parametrize(
    ("predicted", "gold", "expected"),
    [
        ("0-0 1-1", "0-0 1?1", 0.0),
        ("0-0 2-2", "0-0 1?1", 1 / 3),  # agreed 1 + 1 of 2 + 1
        ("0-0", "0-0 1?1", 0.0),  # a possible link may be left out
        ("1-1", "0-0 1?1", 0.5),  # agreed 0 + 1 of 1 + 1
        ("5-5", "0-0", 1.0),
        ("", "0-0", 1.0),
        ("", "", 0.0),
    ],
)
def test_small_cases_by_hand(predicted: str, gold: str, expected: float) -> None:
    assert aer([links(predicted)], [parse_line(gold)]) == pytest.approx(expected)


def test_sure_links_only_make_it_one_minus_f1() -> None:
    predicted, gold = links("0-0 1-1 2-2"), parse_line("0-0 1-1 3-3 4-4")
    precision, recall = 2 / 3, 2 / 4
    assert aer([predicted], [gold]) == pytest.approx(1 - 2 * precision * recall / (precision + recall))


def test_it_counts_over_the_corpus_and_not_over_sentences() -> None:
    gold = [parse_line("0-0"), parse_line("0-0 1-1 2-2")]
    assert aer([links("1-0"), links("0-0 1-1 2-2")], gold) == pytest.approx(1 - 6 / 8)


def test_counts_that_differ_are_both_named() -> None:
    with pytest.raises(NmtError, match="1 predicted lines, 2 gold lines"):
        aer([set()], [parse_line(""), parse_line("")])
