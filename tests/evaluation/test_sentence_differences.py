"""The greatest gains and losses, in order, and nothing that is equal."""

from nmt.evaluation.metrics import Measurement, build_metric
from nmt.evaluation.sentence_differences import most_different

REFERENCES = ["abcdefgh", "ijklmnop", "qrstuvwx", "yzabcdef", "same"]


def measured(*hypotheses: str) -> Measurement:
    return Measurement(build_metric("chrf", "de", REFERENCES), hypotheses)


BASE = measured("abcdefgh", "ijkl", "qrst", "yzabcdef", "same")
SYSTEM = measured("abcd", "ijklmnop", "qrstuvwx", "", "same")


def test_gains_come_first_then_losses_each_from_the_greatest_on() -> None:
    found = most_different(BASE, SYSTEM, 5, show=5)
    assert [one.line for one in found] == [1, 2, 3, 0]
    assert [(one.baseline, one.score) for one in found][2] == (100.0, 0.0)
    assert found[0].difference == found[1].difference == -found[3].difference > 0
    assert found[0].score == 100.0


def test_no_more_are_shown_of_each_than_asked_for() -> None:
    assert [one.line for one in most_different(BASE, SYSTEM, 5, show=1)] == [1, 3]


def test_a_copy_differs_nowhere() -> None:
    assert most_different(BASE, BASE, 5, show=5) == []
