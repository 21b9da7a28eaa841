"""One text, many ways to cut it, each drawn by its seed alone."""

import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.sampling import BpeCut, Sampler, UnigramCut
from nmt.text.special import UNK
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import Kind, train

LINES = ["I love machine learning.", "The cat sat on the mat.", "Where did you put my old hat?"] * 4
CHINESE = ["我爱机器学习。", "今天天气很好，我们去公园吧！", "他在AA制的饭店吃了3个苹果。"] * 4
TEXT = "Where did the cat put my old machine?"
WORDS = st.lists(st.sampled_from(["the", "cat", "put", "old", "machine", "học", "猫", "??"]), min_size=1).map(
    " ".join
)


def trained(kind: Kind, *, size: int = 70, byte_fallback: bool = False, language: str = "en") -> Tokenizer:
    lines = LINES if language == "en" else CHINESE
    return train(lines, type=kind, vocab_size=size, byte_fallback=byte_fallback, language=language)[0]


@pytest.fixture(scope="module", params=["en", "en bytes", "zh"])
def setting(request: pytest.FixtureRequest) -> dict[str, object]:
    """Dummy prefix or none; characters that are unknown, or spelt as bytes."""
    return {
        "en": {},
        "en bytes": {"size": 330, "byte_fallback": True},
        "zh": {"size": 60, "language": "zh"},
    }[request.param]


@pytest.fixture(scope="module")
def bpe(setting) -> Tokenizer:
    return trained("bpe", **setting)


@pytest.fixture(scope="module")
def unigram(setting) -> Tokenizer:
    return trained("unigram", **setting)


@given(text=WORDS | st.sampled_from(CHINESE))
def test_without_chance_sentencepiece_cuts_alike(bpe: Tokenizer, unigram: Tokenizer, text: str) -> None:
    assert Sampler(bpe, BpeCut(bpe, 0.0))(text, 1) == bpe.encode(text)
    assert Sampler(unigram, UnigramCut(unigram, 100.0))(text, 1) == unigram.encode(text)


@given(text=WORDS | st.sampled_from(CHINESE), seed=st.integers(0, 2**32 - 1))
def test_every_draw_decodes_to_what_plain_pieces_do(
    bpe: Tokenizer, unigram: Tokenizer, text: str, seed: int
) -> None:
    for tokenizer, cut in ((bpe, BpeCut(bpe, 0.5)), (unigram, UnigramCut(unigram, 0.0))):
        ids = Sampler(tokenizer, cut)(text, seed)
        assert tokenizer.decode(ids) == tokenizer.decode(tokenizer.encode(text))
        assert ids.count(UNK) == tokenizer.encode(text).count(UNK)


def test_the_seed_alone_decides_in_any_process(tmp_path: Path) -> None:
    samplers = []
    for kind in ("bpe", "unigram"):
        tokenizer = trained(kind)  # type: ignore[arg-type]
        tokenizer.save(tmp_path / kind)
        cut = BpeCut(tokenizer, 0.2) if kind == "bpe" else UnigramCut(tokenizer, 0.2)
        samplers.append(Sampler(tokenizer, cut))
    here = [sampler(TEXT, seed) for sampler in samplers for seed in range(20)]
    assert len(set(map(tuple, here))) > 20
    code = (
        "from nmt.text.sampling import *\n"
        "load = lambda kind: Tokenizer.load(kind, language='en')\n"
        "b, u = load('bpe'), load('unigram')\n"
        f"texts = lambda sample: [sample({TEXT!r}, seed) for seed in range(19, -1, -1)]\n"
        "print(texts(Sampler(u, UnigramCut(u, 0.2))) + texts(Sampler(b, BpeCut(b, 0.2))))\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert there.stdout.strip() == repr(here[::-1])


def test_all_merges_dropped_leave_characters() -> None:
    tokenizer = trained("bpe")
    assert BpeCut(tokenizer, 1.0)("▁cat", random.Random(1)) == ["▁", "c", "a", "t"]


def test_a_merge_comes_as_often_as_it_is_not_dropped() -> None:
    tokenizer = trained("bpe")
    (word,) = [piece for piece in tokenizer.vocabulary if piece in ("he", "th", "at")][:1]
    cut, generator = BpeCut(tokenizer, 0.3), random.Random(1)
    merged = sum(cut(word, generator) == [word] for _ in range(2000))
    assert abs(merged / 2000 - 0.7) < 0.04


def ways(word: str, scores: dict[str, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every segmentation of a word, and the sum of its scores."""
    if not word:
        yield (), 0.0
    for end in range(1, len(word) + 1):
        if word[:end] in scores:
            yield from (
                ((word[:end], *rest), scores[word[:end]] + sum_) for rest, sum_ in ways(word[end:], scores)
            )


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_segmentations_are_drawn_by_their_probability_to_the_power_alpha(alpha: float) -> None:
    tokenizer = trained("unigram")
    word = "▁machine"
    scores = {piece: score for piece, (_, score) in tokenizer.vocabulary.items()}
    weights = {way: math.exp(alpha * score) for way, score in ways(word, scores)}
    assert len(weights) > 3
    cut, generator, draws = UnigramCut(tokenizer, alpha), random.Random(1), 4000
    found = Counter(tuple(cut(word, generator)) for _ in range(draws))
    assert found.keys() <= weights.keys()
    for way, weight in weights.items():
        expected = weight / sum(weights.values())
        assert abs(found[way] / draws - expected) < 0.04


def test_short_words_alone_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []
    real = UnigramCut._lattice_of
    monkeypatch.setattr(
        UnigramCut, "_lattice_of", lambda self, word: computed.append(word) or real(self, word)
    )
    cut = UnigramCut(trained("unigram"), 0.3)
    short, long = "▁" + "cat" * 5, "▁machines" + "cat" * 5
    draws = [[cut(word, random.Random(seed)) for seed in (1, 1, 2)] for word in (short, long)]
    assert computed == [short, long, long, long]
    for word, (one, again, other) in zip((short, long), draws, strict=True):
        assert one == again
        assert {"".join(one), "".join(other)} == {word}
