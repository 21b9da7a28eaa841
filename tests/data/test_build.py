"""From config to table: counted, kept, used again, and whole or absent."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.config.data import Files, Filters, Jsonl, Tsv
from nmt.config.tokenizer import Sided, SideTokenizer, UnigramSampling
from nmt.config.tokenizer import Tokenizer as OneSetting
from nmt.config.training import Training, WordDropout
from nmt.data.build import build_noise, build_table, check_corpora, read_parallel, samples, shares
from nmt.data.noise import Noise
from nmt.data.order import Share
from nmt.data.report import Report
from nmt.errors import NmtError
from nmt.text.files import Tokenizers
from nmt.text.tokenizer import Tokenizer

Maker = Callable[[str, str | bytes], str]

SOURCE = "the fox\n\nthe dog\nthe quick brown fox\ndog\n\u200b\nthe λ\n"
TARGET = "the dog\nfox\n\u3000\nthe lazy dog\n" + "the dog " * 20 + "\nfox\nthe fox\n"
FILTERS = Filters(max_length=40, max_ratio=3.0)


@pytest.fixture
def corpus(file: Maker) -> Files:
    """Seven pairs, of which three have a blank side and one is too long."""
    return Files(source=file("c.en", SOURCE), target=file("c.de", TARGET))


def counts(report: Report) -> dict[str, int]:
    return {reason: dropped.count for reason, dropped in report.dropped.items()}


def test_pairs_are_tokenised_and_dropped_for_a_reason(
    corpus: Files, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    table, report = build_table(corpus, tokenizers, FILTERS, tmp_path / "run" / "data")
    assert [table.line(row) for row in range(len(table))] == [1, 4, 7]
    assert tokenizers.source.decode(table.source(1)) == "the quick brown fox"
    assert tokenizers.target.decode(table.target(1)) == "the lazy dog"
    assert (report.read, report.kept, counts(report)) == (
        7,
        3,
        {"with a blank side": 3, "over max_length": 1},
    )
    assert (report.source_unknown, report.target_unknown) == (1, 0)
    assert report.source_pieces == len("the fox" + "the quick brown fox" + "the λ")


def test_the_report_is_for_people(corpus: Files, tokenizers: Tokenizers, tmp_path: Path) -> None:
    Path(corpus.target).write_bytes(TARGET.rstrip("\n").replace("the dog\n", "the dog\r\n").encode())
    _, report = build_table(corpus, tokenizers, FILTERS, tmp_path)
    en = corpus.source
    assert report.sentences() == [
        "3 of 7 pairs kept (dropped: 3 with a blank side, 1 over max_length)",
        f"dropped with a blank side: {en}:2 'fox', {en}:3 'the dog', {en}:6 '\\u200b'",
        f"dropped over max_length: {en}:5 'dog'",
        "1 of 31 source pieces are unknown (3.23%)",
        f"{corpus.target}: 1 line with CRLF, no final newline",
    ]


def test_a_pair_out_of_proportion_is_dropped(file: Maker, tokenizers: Tokenizers, tmp_path: Path) -> None:
    tsv = Tsv(tsv=file("c.tsv", "the dog\tthe fox\n" * 20 + "the quick brown fox\tdog\n"))
    _, report = build_table(tsv, tokenizers, FILTERS, tmp_path)
    assert counts(report) == {"over max_ratio": 1}


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
        check_corpora(Tsv(tsv=file("c.tsv", content)))


def test_a_good_corpus_passes_the_check(corpus: Files) -> None:
    (one,) = check_corpora(corpus)
    assert one.paths == (corpus.source, corpus.target)


def test_a_line_of_a_megabyte_is_dropped_and_counted(
    file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    tsv = Tsv(tsv=file("c.tsv", "dog\tfox\n" * 3 + "d" * 1_000_000 + "\tfox\n"))
    _, report = build_table(tsv, tokenizers, FILTERS, tmp_path)
    assert counts(report) == {"over max_length": 1}
    assert report.files[tsv.tsv].long == 1


def test_evaluation_lines_are_kept_raw_and_whole(corpus: Files) -> None:
    source, target = read_parallel(corpus)
    assert source == SOURCE.split("\n")[:-1]
    assert target == TARGET.split("\n")[:-1]


def test_an_empty_evaluation_set_is_an_error(file: Maker) -> None:
    with pytest.raises(NmtError, match=r"empty\.tsv: is empty"):
        read_parallel(Tsv(tsv=file("empty.tsv", "")))


def jsonl(*pairs: tuple[str | None, str | None]) -> str:
    return "".join(json.dumps({"source": source, "target": target}) + "\n" for source, target in pairs)


def test_unlabelled_parts_are_dropped_whole_and_move_no_other(
    file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    pairs = [
        ("the fox", "a1"),
        (None, "b2"),
        ("the cat", "c3"),
        ("the dog", None),
        ("", "e5"),
        ("the hen", "f6"),
    ]
    path = file("c.jsonl", jsonl(*pairs))
    table, report = build_table(Jsonl(jsonl=path), tokenizers, Filters(max_ratio=99), tmp_path)
    assert [table.place(row) for row in range(len(table))] == [f"{path}:{line}" for line in (1, 3, 6)]
    kept = [
        (tokenizers.source.decode(table.source(i)), tokenizers.target.decode(table.target(i)))
        for i in range(3)
    ]
    assert [source for source, _ in kept] == ["the fox", "the cat", "the hen"]
    assert [target[0] for _, target in kept] == ["a", "c", "f"]
    assert counts(report) == {"with a blank side": 3}


def test_several_corpora_are_one_table_with_shares(
    corpus: Files, file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    second = file("d.tsv", "the fox\tthe fox\nthe dog\tthe dog\nfox\tfox\n")
    section = (corpus, Tsv(tsv=second, weight=2.5, first=2))
    table, report = build_table(section, tokenizers, FILTERS, tmp_path)
    places = [f"{corpus.source}:{line}" for line in (1, 4, 7)] + [f"{second}:{line}" for line in (1, 2)]
    assert [table.place(row) for row in range(len(table))] == places
    assert shares(section, report) == [Share(3, 1.0), Share(2, 2.5)]
    assert report.sentences()[:3] == [
        "5 of 9 pairs kept (dropped: 3 with a blank side, 1 over max_length)",
        f"3 of 7 pairs kept of {corpus.source} and {corpus.target}",
        f"2 of 2 pairs kept of {second}",
    ]
    assert set(report.sha256) == {corpus.source, corpus.target, second}


def test_only_what_changes_the_table_changes_its_name(
    file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    path = file("c.jsonl", '{"a": "fox", "b": "dog", "c": "cat"}\n' * 3)
    first = Jsonl(jsonl=path, source="a", target="b")

    def place(section: Jsonl, filters: Filters = FILTERS, texts: bool = False) -> Path:
        return build_table(section, tokenizers, filters, tmp_path, texts=texts)[0].path

    changes = [{"target": "c"}, {"first": 2}]
    others = [place(first.model_copy(update=change)) for change in changes]
    others += [place(first, Filters(dedupe="pairs")), place(first, texts=True)]
    assert len({place(first), *others}) == 5
    assert place(first.model_copy(update={"weight": 3.0})) == place(first)


def test_every_filter_counts_and_shows_what_it_drops(
    file: Maker, tokenizers: Tokenizers, tmp_path: Path
) -> None:
    lines = [
        ("the fox", "我爱机"),
        ("the fox", "我爱机"),
        ("OK fox", "ok FOX"),
        ("the 3", "我爱 4"),
        ("the dog", "the cat"),
        ("?!?!?", "我爱机。"),
        ("λλλλ λλ", "我爱机器。"),
    ]
    path = file("c.tsv", "".join(f"{source}\t{target}\n" for source, target in lines))
    filters = Filters(
        max_ratio=99, dedupe="pairs", copies=True, digits=True, min_script=0.5, max_punctuation=0.5
    )
    english = Tokenizer(tokenizers.source.model, language="en")
    tokenizers = Tokenizers(english, tokenizers.target, joint=True)
    table, report = build_table(Tsv(tsv=path), tokenizers, filters, tmp_path)
    assert [table.line(row) for row in range(len(table))] == [1]
    dropped = {reason: found.examples for reason, found in report.dropped.items()}
    assert dropped == {
        "with equal sides": [f"{path}:3 'OK fox'"],
        "with other digits": [f"{path}:4 'the 3'"],
        "under min_script": [f"{path}:5 'the dog'", f"{path}:7 'λλλλ λλ'"],
        "over max_punctuation": [f"{path}:6 '?!?!?'"],
        "there before": [f"{path}:2 'the fox'"],
    }


def test_examples_are_few_and_short(file: Maker, tokenizers: Tokenizers, tmp_path: Path) -> None:
    path = file("c.tsv", "dog\tfox\n" * 20 + f"{'dog ' * 50}\tfox\n" * 9)
    _, report = build_table(Tsv(tsv=path), tokenizers, FILTERS, tmp_path)
    excerpt = ("dog " * 50)[:30] + "..."
    examples = ", ".join(f"{path}:{line} {excerpt!r}" for line in (21, 22, 23))
    assert report.sentences()[1] == f"dropped over max_length: {examples}, and 6 more"


def test_no_noise_is_built_where_none_is_asked_for(tokenizers: Tokenizers) -> None:
    training = Training(max_steps=1)
    assert build_noise(training, OneSetting(), tokenizers, longest=9) is None
    assert not samples(OneSetting())
    dropout = Training(max_steps=1, word_dropout=WordDropout(target=0.1))
    noise = build_noise(dropout, OneSetting(), tokenizers, longest=9)
    assert noise == Noise(seed=1, drop_target=0.1, longest=9)
    sided = Sided(source=SideTokenizer(sampling=UnigramSampling()), target=SideTokenizer())
    noise = build_noise(training, sided, tokenizers, longest=9)
    assert samples(sided)
    assert noise is not None
    assert noise.sample_source is not None
    assert noise.sample_target is None
