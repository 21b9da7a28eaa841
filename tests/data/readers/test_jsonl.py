"""JSON lines: what is not there is blank, what is wrong is named at its line."""

import gzip
import json
from collections.abc import Callable

import pytest

from nmt.data.corpus import Counts, Pair, digests
from nmt.data.readers.jsonl import Jsonl
from nmt.errors import NmtError

Maker = Callable[[str, str | bytes], str]


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_keys_name_the_sides_in_plain_and_gzip(file: Maker) -> None:
    text = lines({"en": "one", "de": "eins", "id": 3}, {"de": "zwei", "en": "two"})
    pairs = [Pair("one", "eins", 1), Pair("two", "zwei", 2)]
    assert list(Jsonl(file("c.jsonl", text), "en", "de").pairs()) == pairs
    assert list(Jsonl(file("c.jsonl.gz", gzip.compress(text.encode())), "en", "de").pairs()) == pairs


def test_a_dotted_key_leads_inwards_unless_it_is_a_key_itself(file: Maker) -> None:
    path = file("c.jsonl", lines({"translation": {"en": "one"}, "x.de": "eins"}))
    assert list(Jsonl(path, "translation.en", "x.de").pairs()) == [Pair("one", "eins", 1)]


def test_a_side_that_is_not_there_is_blank_and_moves_no_other(file: Maker) -> None:
    path = file(
        "c.jsonl", lines({"a": "1", "b": "2"}, {"a": None, "b": "4"}, {"a": "5"}, {}, {"a": "7", "b": "8"})
    )
    pairs = list(Jsonl(path, "a", "b").pairs())
    assert [(pair.source, pair.target) for pair in pairs] == [
        ("1", "2"),
        ("", "4"),
        ("5", ""),
        ("", ""),
        ("7", "8"),
    ]
    assert [pair.line for pair in pairs] == [1, 2, 3, 4, 5]


def test_line_ends_inside_a_text_become_spaces(file: Maker) -> None:
    path = file("c.jsonl", lines({"a": "one\r\ntwo", "b": "\u2028"}))
    assert list(Jsonl(path, "a", "b").pairs()) == [Pair("one  two", "\u2028", 1)]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("no", r"c\.jsonl:2: not JSON: Expecting value at character 1 \(a JSON object on each line"),
        ("", r"c\.jsonl:2: not JSON"),
        ("[" * 100_000, r"c\.jsonl:2: not JSON"),
        ('["a", "b"]', r"c\.jsonl:2: expected a JSON object, found '\[\"a\", \"b\"\]'"),
        ('{"a": 3}', r"c\.jsonl:2: expected text at 'a', found a number"),
        ('{"a": "x", "b": ["y"]}', r"c\.jsonl:2: expected text at 'b', found a list"),
        ('{"a": {"c": "x"}}', r"c\.jsonl:2: expected text at 'a', found an object"),
        ('{"a": true}', r"c\.jsonl:2: expected text at 'a', found true or false"),
        ('{"a": "\\ud83d"}', r"c\.jsonl:2: the text at 'a' holds half a surrogate pair"),
    ],
)
def test_what_is_no_text_is_named_at_its_line(second: str, message: str, file: Maker) -> None:
    path = file("c.jsonl", lines({"a": "x", "b": "y"}) + second + "\n")
    with pytest.raises(NmtError, match=message):
        list(Jsonl(path, "a", "b").pairs())


def test_a_mistyped_key_is_met_at_the_first_line_with_those_there(file: Maker) -> None:
    path = file("c.jsonl", lines({"translation": {"en": "x", "de": "y"}, "id": 1}))
    with pytest.raises(
        NmtError, match=r"c\.jsonl:1: has no key 'en', only translation\.en, translation\.de, id \("
    ):
        list(Jsonl(path, "en", "de").pairs())


def test_oddities_and_digests_are_as_of_any_text_file(file: Maker) -> None:
    path = file("c.jsonl", lines({"a": "x", "b": "y"}).replace("\n", "\r\n"))
    counts: Counts = {}
    corpus = Jsonl(path, "a", "b")
    list(corpus.pairs(counts))
    assert counts[path].crlf == 1
    assert list(digests([corpus])) == [path]
    assert corpus.place(7) == f"{path}:7"
