"""Lexicon files, and the table of pieces that is made of them."""

import gzip

import numpy as np
import pytest

from nmt.errors import NmtError
from nmt.text.lexicon import Entry, piece_table, read_lexicon
from nmt.text.special import UNK


def test_a_file_is_read_with_and_without_probabilities(tmp_path):
    text = "dog\tHund\t0.9\ndog\tKöter\t0.1\n\ncat\tKatze\n"
    (tmp_path / "plain.tsv").write_text(text, encoding="utf-8")
    (tmp_path / "packed.tsv.gz").write_bytes(gzip.compress(text.encode()))
    expected = [Entry("dog", "Hund", 0.9), Entry("dog", "Köter", 0.1), Entry("cat", "Katze", 1.0)]
    assert list(read_lexicon(tmp_path / "plain.tsv")) == expected
    assert list(read_lexicon(tmp_path / "packed.tsv.gz")) == expected


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("dog Hund", "is no entry of a lexicon: 'dog Hund'"),
        ("dog\t\t0.5", "is no entry of a lexicon"),
        ("dog\tHund\t0.5\tx", "is no entry of a lexicon"),
        ("dog\tHund\tmuch", "'much' is no probability"),
        ("dog\tHund\t1.5", "'1.5' is no probability"),
        ("dog\tHund\t0", "'0' is no probability"),
        ("dog\tHund\tnan", "'nan' is no probability"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, cause):
    path = tmp_path / "bad.tsv"
    path.write_text(f"cat\tKatze\n{line}\n", encoding="utf-8")
    with pytest.raises(NmtError, match=cause) as caught:
        list(read_lexicon(path))
    assert caught.value.place == f"{path}:2"


def test_every_piece_of_a_word_goes_with_every_piece_of_its_translation():
    source = {"ab": [2, 3], "a": [2]}.__getitem__
    target = {"xyz": [7, 8, 9], "x": [7], "w": [5]}.__getitem__
    entries = [Entry("ab", "xyz", 0.4), Entry("a", "x", 0.6), Entry("a", "w", 0.5)]
    targets, odds = piece_table(entries, source, target, vocabulary=4, candidates=3)
    assert targets.tolist() == [[-1, -1, -1], [-1, -1, -1], [7, 5, 8], [7, 8, 9]]
    expected = [[0, 0, 0], [0, 0, 0], [0.6, 0.5, 0.4], [0.4, 0.4, 0.4]]
    np.testing.assert_allclose(odds, expected, rtol=1e-6)


def test_an_unknown_piece_goes_with_nothing():
    source, target = {"dog": [UNK, 4], "cat": [5]}.__getitem__, {"Hund": [6], "Katze": [7, UNK]}.__getitem__
    entries = [Entry("dog", "Hund", 0.9), Entry("cat", "Katze", 0.8)]
    targets, _ = piece_table(entries, source, target, vocabulary=6, candidates=2)
    assert targets[UNK].tolist() == [-1, -1]
    assert targets[[4, 5]].tolist() == [[6, -1], [7, -1]]
