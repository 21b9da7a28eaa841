"""The erase test measures what a model relies on: planted engines that rely on one word, or on none."""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from study.erase import erase, words_of

from nmt.decoding.engine import Hypothesis
from nmt.decoding.translator import Translator
from nmt.text.special import UNK


class Pieces:
    """A tokenizer whose pieces are words: the id of a word is its length and ten."""

    def normalise(self, line: str) -> str:
        return line

    def encode(self, line: str) -> list[int]:
        return [10 + len(word) for word in line.split()]

    def spans(self, line: str) -> list[tuple[int, int]]:
        ends = np.cumsum([len(word) + 1 for word in line.split()]) - 1
        return [(int(end) - len(word), int(end)) for end, word in zip(ends, line.split(), strict=True)]


class Engine:
    """Attends at step t to word t; a hidden word costs ``relied`` where it is attended, ``any`` where it is not."""

    def __init__(self, *, relied: float, other: float, weights: bool = True) -> None:
        self.relied, self.other, self.weights = relied, other, weights

    def force(self, pieces: Sequence[list[int]], targets: Sequence[list[int]]) -> list[Hypothesis]:
        return [self._force(source, target) for source, target in zip(pieces, targets, strict=True)]

    def _force(self, source: list[int], target: list[int]) -> Hypothesis:
        steps = len(target) + 1
        weights = np.eye(steps, len(source) + 1, dtype=np.float32)
        hidden = [place for place, piece in enumerate(source) if piece == UNK]
        scores = [
            -1.0 - sum(self.relied if place == step else self.other for place in hidden)
            for step in range(steps)
        ]
        return Hypothesis(tuple(target), sum(scores), tuple(scores), weights if self.weights else None)


def translator(**costs: object) -> SimpleNamespace:
    return SimpleNamespace(
        engine=Engine(**costs), tokenizers=SimpleNamespace(source=Pieces(), target=Pieces())
    )


SOURCES = ["a bb ccc dddd", "eeeee ffffff ggggggg", "h ii jjj kkkk lllll"] * 10


def test_the_drop_is_that_of_the_attended_word_against_that_of_another():
    found = erase(translator(relied=2.0, other=0.5), SOURCES, SOURCES)
    assert (found["most"], found["other"], found["difference"]) == (2.0, 0.5, 1.5)
    assert found["half_interval"] == 0.0
    assert (found["sentences"], found["steps"]) == (30, 10 * (4 + 3 + 5))


def test_a_model_that_relies_on_every_word_alike_shows_no_difference():
    assert erase(translator(relied=0.7, other=0.7), SOURCES, SOURCES)["difference"] == 0.0


def test_the_choice_of_sentences_and_steps_is_the_seed_s():
    calls = [
        erase(translator(relied=2.0, other=0.5), SOURCES, SOURCES, sentences=5, steps=2, seed=seed)
        for seed in (1, 1)
    ]
    assert calls[0] == calls[1]
    assert (calls[0]["sentences"], calls[0]["steps"]) == (5, 10)


@pytest.mark.parametrize(("weights", "lines"), [(False, SOURCES), (True, ["one", "two"])])
def test_without_attention_or_without_another_word_there_is_no_figure(weights, lines):
    assert erase(translator(relied=1.0, other=1.0, weights=weights), lines, lines) is None


def test_all_pieces_of_a_word_are_hidden_together(trained):
    model = Translator.load(trained)
    line = "I love machine learning."
    pieces = model.tokenizers.source.pieces(line)
    words = words_of(model, line)
    assert ["".join(pieces[place] for place in places).strip("▁") for places in words] == [
        *line[:-1].split(),
        ".",
    ]


def test_a_trained_model_is_asked_without_an_error(trained, small_corpus):
    sources, targets = (
        (small_corpus / f"test.{side}").read_text(encoding="utf-8").split("\n")[:-1] for side in ("en", "zh")
    )
    found = erase(Translator.load(trained, workers=1), sources, targets, sentences=4, steps=2)
    assert found["sentences"] == 4
    assert found["steps"] == 8
    assert np.isfinite(list(found.values())).all()
