"""Two files and TSV: pairs are read together or not at all."""

import gzip
import hashlib
from collections.abc import Callable

import pytest

from nmt.data.corpus import Counts, Pair, digests, sources, targets
from nmt.data.readers.first import First
from nmt.data.readers.tsv import Tsv
from nmt.data.readers.two_files import TwoFiles
from nmt.errors import NmtError

Maker = Callable[[str, str | bytes], str]


def test_line_n_translates_line_n_in_plain_and_gzip(file: Maker) -> None:
    corpus = TwoFiles(file("a.en", "one\n\nthree\n"), file("a.zh.gz", gzip.compress("一\n二\n三".encode())))
    pairs = [Pair("one", "一", 1), Pair("", "二", 2), Pair("three", "三", 3)]
    assert list(corpus.pairs()) == pairs
    assert list(sources([corpus])) == ["one", "", "three"]
    assert list(targets([corpus])) == ["一", "二", "三"]


def test_a_unicode_line_separator_does_not_shift_the_pairs(file: Maker) -> None:
    corpus = TwoFiles(file("a.en", "one\u2028more\ntwo\n"), file("a.zh", "一\n二\n"))
    assert [pair.target for pair in corpus.pairs()] == ["一", "二"]


@pytest.mark.parametrize(("source", "target"), [("a\nb\nc\n", "a\n"), ("a\n", "a\nb\nc"), ("", "a\n")])
def test_differing_line_counts_name_both(source: str, target: str, file: Maker) -> None:
    corpus = TwoFiles(file("x.en", source), file("x.de", target))
    counts = len(source.split()), len(target.split())
    with pytest.raises(NmtError, match=rf"x\.en: has {counts[0]} lines, but .*x\.de has {counts[1]} \("):
        list(corpus.pairs())


def test_invalid_utf8_and_missing_files_name_the_place(file: Maker) -> None:
    good = file("good", "a\nb\n")
    with pytest.raises(NmtError, match=r"bad:2: not valid UTF-8"):
        list(TwoFiles(good, file("bad", b"a\n\xff\n")).pairs())
    with pytest.raises(NmtError, match=r"nothing: no such file"):
        list(TwoFiles(good, "nothing").pairs())
    with pytest.raises(NmtError, match=r"nothing: no such file"):
        digests([TwoFiles(good, "nothing")])


def test_a_tsv_has_the_source_the_target_and_anything(file: Maker) -> None:
    corpus = Tsv(file("c.tsv", "one\t一\nI\t我\tCC-BY\tTom\n\t\n"))
    assert list(corpus.pairs()) == [Pair("one", "一", 1), Pair("I", "我", 2), Pair("", "", 3)]
    assert list(sources([corpus])) == ["one", "I", ""]
    assert list(targets([corpus])) == ["一", "我", ""]


def test_a_tsv_line_without_a_tab_is_an_error_with_its_line(file: Maker) -> None:
    corpus = Tsv(file("c.tsv", "one\t一\ntwo\n"))
    with pytest.raises(NmtError, match=r"c\.tsv:2: expected a source, a tab and a target"):
        list(corpus.pairs())


def test_oddities_are_counted_by_file(file: Maker) -> None:
    source, target = file("a.en", "a\r\nb\r\n"), file("a.de", "c\nd")
    counts: Counts = {}
    list(TwoFiles(source, target).pairs(counts))
    assert {path: found.sentence() for path, found in counts.items()} == {
        source: "2 lines with CRLF",
        target: "no final newline",
    }


def test_digests_are_of_the_bytes_on_disk(file: Maker) -> None:
    path = file("c.tsv", b"\xff\r\n")
    assert digests([Tsv(path)]) == {path: hashlib.sha256(b"\xff\r\n").hexdigest()}


def test_the_first_pairs_of_a_corpus_are_counted_with_the_blank_ones(file: Maker) -> None:
    whole = Tsv(file("c.tsv", "a\tb\n\t\nc\td\ne\n"))
    assert list(First(whole, 2).pairs()) == [Pair("a", "b", 1), Pair("", "", 2)]
    assert First(whole, 2).place(2) == f"{whole.path}:2"
    assert First(whole, 2).digests() == whole.digests()
