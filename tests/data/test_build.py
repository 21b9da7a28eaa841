"""From config to table: counted, kept, used again, and whole or absent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.config.data import Files, Filters, Tsv
from nmt.data.build import build_table, check_corpus, read_parallel
from nmt.errors import NmtError
from nmt.text.files import Tokenizers

Maker = Callable[[str, str | bytes], str]

SOURCE = "the fox\n\nthe dog\nthe quick brown fox\ndog\n\u200b\nthe λ\n"
TARGET = "the dog\nfox\n\u3000\nthe lazy dog\n" + "the dog " * 20 + "\nfox\nthe fox\n"
FILTERS = Filters(max_length=40, max_ratio=3.0)


@pytest.fixture
def corpus(file: Maker) -> Files:
    """Seven pairs, of which three have a blank side and one is too long."""
    return Files(source=file("c.en", SOURCE), target=file("c.de", TARGET))


def test_pairs_are_tokenised_and_dropped_for_a_reason(
    corpus: Files, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    table, report = build_table(corpus, tokenizers, FILTERS, tmp_path / "run" / "data")
    assert [table.line(row) for row in range(len(table))] == [1, 4, 7]
    assert tokenizers.source.decode(table.source(1)) == "the quick brown fox"
    assert tokenizers.target.decode(table.target(1)) == "the lazy dog"
    assert (report.read, report.kept, report.dropped) == (7, 3, {"blank": 3, "long": 1, "ratio": 0})
    assert (report.source_unknown, report.target_unknown) == (1, 0)
    assert report.source_pieces == len("the fox" + "the quick brown fox" + "the λ")


def test_the_report_is_for_people(corpus: Files, tokenizers: Tokenizers, tmp_path: Path) -> None:
    Path(corpus.target).write_bytes(TARGET.rstrip("\n").replace("the dog\n", "the dog\r\n").encode())
    _, report = build_table(corpus, tokenizers, FILTERS, tmp_path)
    assert report.sentences() == [
        "3 of 7 pairs kept (dropped: 3 with a blank side, 1 over max_length)",
        "1 of 31 source pieces are unknown (3.23%)",
        f"{corpus.target}: 1 line with CRLF, no final newline",
    ]


def test_a_pair_out_of_proportion_is_dropped(file: Maker, tokenizers: Tokenizers, tmp_path: Path) -> None:
    tsv = Tsv(tsv=file("c.tsv", "the dog\tthe fox\n" * 20 + "the quick brown fox\tdog\n"))
    _, report = build_table(tsv, tokenizers, FILTERS, tmp_path)
    assert report.dropped == {"blank": 0, "long": 0, "ratio": 1}


def test_the_same_table_is_used_again_and_another_is_not(
    corpus: Files, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    first, report = build_table(corpus, tokenizers, FILTERS, tmp_path)
    stamp = first.path.stat().st_mtime_ns
    again, same = build_table(corpus, tokenizers, FILTERS, tmp_path)
    assert (again.path, again.path.stat().st_mtime_ns, same) == (first.path, stamp, report)

    filtered, _ = build_table(corpus, tokenizers, Filters(max_length=10), tmp_path)
    swapped, _ = build_table(Files(source=corpus.target, target=corpus.source), tokenizers, FILTERS, tmp_path)
    Path(corpus.source).write_text(SOURCE.replace("dog", "fox"))
    edited, _ = build_table(corpus, tokenizers, FILTERS, tmp_path)
    assert len({table.path for table in (first, filtered, swapped, edited)}) == 4


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a\nb\n", "a\n", "has 2 lines, but .* has 1"),
        ("a\n\xff", "a\nb\n", "not valid UTF-8"),
        ("\n \n", "a\nb\n", "no pair is left of 2: 2 with a blank side"),
        ("dog " * 50 + "\nfox\n", "dog\n\n", "no pair is left of 2: 1 with a blank side, 1 over max_length"),
        ("", "", "is empty"),
    ],
)
def test_a_bad_corpus_leaves_nothing_on_disk(
    source: str, target: str, message: str, file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    corpus = Files(source=file("c.en", source.encode("latin-1")), target=file("c.de", target))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(NmtError, match=message):
        build_table(corpus, tokenizers, FILTERS, tmp_path / "runs" / "new" / "data")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"c\.tsv: is empty"),
        ("\ta\nb\t \n", "no pair is left of 2"),
        ("a\tb\nc\n", r"c\.tsv:2: expected"),
    ],
)
def test_a_corpus_is_checked_before_it_is_used(content: str, message: str, file: Maker) -> None:
    with pytest.raises(NmtError, match=message):
        check_corpus(Tsv(tsv=file("c.tsv", content)))


def test_a_good_corpus_passes_the_check(corpus: Files) -> None:
    assert check_corpus(corpus).paths == (corpus.source, corpus.target)


def test_a_line_of_a_megabyte_is_dropped_and_counted(
    file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    tsv = Tsv(tsv=file("c.tsv", "dog\tfox\n" * 3 + "d" * 1_000_000 + "\tfox\n"))
    _, report = build_table(tsv, tokenizers, FILTERS, tmp_path)
    assert report.dropped == {"blank": 0, "long": 1, "ratio": 0}
    assert report.files[tsv.tsv].long == 1


def test_evaluation_lines_are_kept_raw_and_whole(corpus: Files) -> None:
    source, target = read_parallel(corpus)
    assert source == SOURCE.split("\n")[:-1]
    assert target == TARGET.split("\n")[:-1]


def test_an_empty_evaluation_set_is_an_error(file: Maker) -> None:
    with pytest.raises(NmtError, match=r"empty\.tsv: is empty"):
        read_parallel(Tsv(tsv=file("empty.tsv", "")))
