"""Small tokenizers of several kinds, trained once."""

import pytest

from nmt.text.tokenizer import Tokenizer
from nmt.text.train import Kind, train

ENGLISH = ["I love machine learning.", "The cat sat on the mat.", "Where did you put my old hat?"] * 4
CHINESE = ["我爱机器学习。", "今天天气很好，我们去公园吧！", "他在AA制的饭店吃了3个苹果。"] * 4


@pytest.fixture(scope="session", params=["unigram", "bpe", "char", "word"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture(scope="session", params=["en", "zh"])
def spelling(request: pytest.FixtureRequest, kind: Kind) -> Tokenizer:
    """A tokenizer that can spell anything, with and without dummy prefix."""
    lines = ENGLISH if request.param == "en" else CHINESE
    return train(lines, type=kind, vocab_size=400, byte_fallback=True, language=request.param)[0]


@pytest.fixture(scope="session")
def plain(kind: Kind) -> Tokenizer:
    """An English tokenizer that knows only the characters it has seen."""
    return train(ENGLISH, type=kind, vocab_size=60, language="en")[0]
