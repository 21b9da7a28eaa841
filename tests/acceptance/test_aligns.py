"""Alignments that give most places nothing still find the right one."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import REVERSE
from nmt.config.attention import Align, Attention, Dot, Sparsemax, Threshold, TopK

pytestmark = pytest.mark.system


@pytest.mark.parametrize("align", [Threshold(), TopK(), Sparsemax()], ids=lambda align: align.type)
def test_sparse_alignments(align: Align):
    mark = Mark(accuracy=0.98, align=0.95)
    figures = learn(Attention(score=Dot(), align=align), REVERSE, mark, limit=500)
    assert mark.met(figures), figures
