"""One text, many ways to cut it, each drawn by its seed alone."""

from collections import Counter
from threading import Thread

import pytest

from nmt.text.tokenizer import Tokenizer
from nmt.text.train import Kind, train

TEXT = "Where did the cat put my old machine?"
LINES = ["I love machine learning.", "The cat sat on the mat.", "Where did you put my old hat?"] * 4


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    kind: Kind = request.param
    return train(LINES, type=kind, vocab_size=70, byte_fallback=False, language="en")[0]


def drawn(tokenizer: Tokenizer, seeds: range) -> list[list[int]]:
    return [tokenizer.sample(TEXT, seed, alpha=0.2, nbest=-1) for seed in seeds]


def test_the_seed_alone_decides_in_any_order_and_any_thread(tokenizer: Tokenizer) -> None:
    forwards = drawn(tokenizer, range(200))
    found: list[list[int]] = []
    busy = [Thread(target=drawn, args=(tokenizer, range(1000, 1200))) for _ in range(3)]
    threads = [*busy, Thread(target=lambda: found.extend(drawn(tokenizer, range(199, -1, -1))))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[::-1] == forwards
    assert len(set(map(tuple, forwards))) > 20


def test_every_draw_spells_the_text(tokenizer: Tokenizer) -> None:
    assert {tokenizer.decode(ids) for ids in drawn(tokenizer, range(50))} == {TEXT}


def test_plain_encoding_is_not_disturbed(tokenizer: Tokenizer) -> None:
    before = tokenizer.encode(TEXT)
    drawn(tokenizer, range(5))
    assert tokenizer.encode(TEXT) == before


def test_bpe_without_dropout_is_plain_and_with_all_of_it_characters() -> None:
    tokenizer, _ = train(LINES, type="bpe", vocab_size=70, language="en")
    assert tokenizer.sample(TEXT, 1, alpha=0.0, nbest=-1) == tokenizer.encode(TEXT)
    pieces = [tokenizer.piece(i) for i in tokenizer.sample("The cat", 1, alpha=1.0, nbest=-1)]
    assert pieces == ["▁", "T", "h", "e", "▁", "c", "a", "t"]


def test_unigram_prefers_the_likelier_of_two_and_the_more_so_the_higher_alpha() -> None:
    tokenizer, _ = train(LINES, type="unigram", vocab_size=70, language="en")
    best = tuple(tokenizer.encode(TEXT))
    counts = []
    for alpha in (0.0, 1.0, 10.0):
        draws = Counter(tuple(tokenizer.sample(TEXT, seed, alpha=alpha, nbest=2)) for seed in range(400))
        assert len(draws) <= 2
        counts.append(draws[best])
    assert 150 < counts[0] < 250, "alike"
    assert counts[0] < counts[1] <= counts[2]
