"""In Luong's order too, however state and context are joined, each word is found where it stands."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import COPY, LONGEST, REVERSE
from nmt.config.attention import Attention, Fuse, Gate, General, Location, Luong, Score, Sum

pytestmark = pytest.mark.system

FOUND = Mark(accuracy=0.99, align=0.98)


@pytest.mark.parametrize("fuse", [Luong(), Gate(), Sum()], ids=lambda fuse: fuse.type)
def test_fusions(fuse: Fuse):
    figures = learn(Attention(score=General(), fuse=fuse), REVERSE, FOUND, limit=700)
    assert FOUND.met(figures), figures


def test_without_input_feeding_the_state_has_only_the_words_to_count_by():
    attention = Attention(score=General(), fuse=Luong(input_feeding=False))
    figures = learn(attention, REVERSE, FOUND, limit=1800)
    assert FOUND.met(figures), figures


@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "not fed"])
@pytest.mark.parametrize("score", [General(), Location(max_source=LONGEST + 1)], ids=lambda score: score.type)
def test_a_row_of_weights_is_that_of_the_word_predicted_and_not_of_the_word_fed(score: Score, feeding):
    """For content and location scores alike, although Luong et al. expect content scores to lag (footnote 14)."""
    attention = Attention(score=score, fuse=Luong(input_feeding=feeding))
    figures = learn(attention, COPY, FOUND, limit=500)
    assert FOUND.met(figures), figures
    assert figures.late < 0.05
