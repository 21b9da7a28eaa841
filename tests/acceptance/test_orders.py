"""In Luong's order too, however state and context are joined, each word is found where it stands."""

import pytest

from acceptance.learner import Mark, learn
from acceptance.task import REVERSE
from nmt.config.attention import Attention, Fuse, Gate, General, Luong, Sum

pytestmark = pytest.mark.system

FUSIONS = {
    "luong": Luong(),
    "luong without input feeding": Luong(input_feeding=False),
    "gate": Gate(),
    "sum": Sum(),
}


@pytest.mark.parametrize("fuse", FUSIONS.values(), ids=FUSIONS)
def test_fusions(fuse: Fuse):
    mark = Mark(accuracy=0.99, align=0.98)
    figures = learn(Attention(score=General(), fuse=fuse), REVERSE, mark, limit=1000)
    assert mark.met(figures), figures
