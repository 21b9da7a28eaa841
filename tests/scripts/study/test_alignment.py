"""Alignment error of a trained model, and of its weights read a row late or early."""

from dataclasses import replace

import numpy as np
import pytest
from study.alignment import alignment_errors, shifted
from study.rows import CORPORA, Gold

from nmt.decoding.translator import Translation, Translator

WEIGHTS = np.array([[1, 0], [2, 0], [3, 0]], dtype=np.float32)


@pytest.mark.parametrize(("by", "first"), [(0, [1, 2, 3]), (1, [2, 3, 0]), (-1, [0, 1, 2])])
def test_a_shift_reads_another_row_and_zeros_past_the_ends(by, first):
    one = Translation("a", "b", 0.0, weights=WEIGHTS)
    assert shifted(one, by).weights[:, 0].tolist() == first
    assert one.weights is WEIGHTS


@pytest.fixture
def gold(small_corpus) -> Gold:
    names = CORPORA["quickstart"].gold
    words = tuple(small_corpus / path.name for path in names.words)
    return Gold(*(small_corpus / path.name for path in (names.source, names.target, names.links)), words)


def test_every_reading_has_an_error_and_so_has_the_diagonal(trained, gold):
    errors = alignment_errors(Translator.load(trained, workers=1), gold)
    assert errors["pairs"] == 20
    assert all(0 <= errors[name] <= 1 for name in ("as_is", "next_row", "row_before", "diagonal"))
    assert 0.3 < errors["diagonal"] < 0.9


def test_a_perfect_row_of_weights_has_no_error_as_it_is_and_one_that_lies_late_has_none_when_shifted(
    trained, gold, monkeypatch, tmp_path
):
    for name, text in {"s": "a b c\n", "t": "a b c\n", "l": "0-0 1-1 2-2\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    model = Translator.load(trained, workers=1)
    plain = Gold(tmp_path / "s", tmp_path / "t", tmp_path / "l")

    def planted(late: int):
        def force(sources, targets):
            one = Translation("a b c", "abc", 0.0, spans=((0, 1), (1, 2), (2, 3), (3, 3)))
            spans = model.tokenizers.source.spans("a b c")
            weights = np.zeros((4, len(spans) + 1), dtype=np.float32)
            for row, place in enumerate(k for k, span in enumerate(spans) if span[0] < span[1]):
                weights[row + late, place] = 1
            return [replace(one, weights=weights)]

        return force

    monkeypatch.setattr(model, "force", planted(0))
    assert alignment_errors(model, plain)["as_is"] == 0
    monkeypatch.setattr(model, "force", planted(1))
    assert alignment_errors(model, plain)["next_row"] == 0
    assert alignment_errors(model, plain)["as_is"] > 0.5
