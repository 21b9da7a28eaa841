"""Alignments of many pairs, by the words that count."""

from pathlib import Path

import pytest

from nmt.errors import NmtError
from nmt.stages import align as stage
from nmt.stages.align import align, read_gold, read_texts, read_tokenised
from nmt.stages.translate_torch import load


@pytest.fixture(scope="module")
def translator(trained):
    return load(trained)


def words(name: str) -> list[int]:
    return [len(line.split()) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def test_given_words_are_what_is_counted(translator, there):
    texts = read_tokenised(translator, Path("test.tok.en"), Path("test.tok.zh"))
    assert texts.target == Path("test.zh").read_text(encoding="utf-8").splitlines()
    sizes = align(translator, texts).sizes
    assert sizes == list(zip(words("test.tok.en"), words("test.tok.zh"), strict=True))


def test_without_them_han_counts_by_the_character(translator, there):
    Path("a.en").write_text("We love NMT.\n", encoding="utf-8")
    Path("a.zh").write_text("我们爱NMT。\n", encoding="utf-8")
    texts = read_texts(Path("a.en"), Path("a.zh"), source_words=None, target_words=None)
    assert align(translator, texts).sizes == [(4, 5)]


def test_chunks_change_nothing(translator, there, monkeypatch):
    texts = read_tokenised(translator, Path("test.tok.en"), Path("test.tok.zh"))
    whole = align(translator, texts)
    monkeypatch.setattr(stage, "CHUNK", 3)
    assert align(translator, texts) == whole
    assert len(whole.links) == 20


def test_the_error_is_zero_against_the_own_links(translator, there):
    texts = read_tokenised(translator, Path("test.tok.en"), Path("test.tok.zh"))
    alignment = align(translator, texts)
    gold = read_gold(Path("test.align"), alignment)
    model, diagonal = alignment.error(gold)
    assert 0 < diagonal < 1
    assert 0 < model <= 1
    alignment.links = [set(one.sure) for one in gold]
    assert alignment.error(gold) == (0.0, diagonal)


def test_a_word_that_is_not_in_the_text_names_file_and_line(translator, there):
    lines = Path("test.tok.zh").read_text(encoding="utf-8").split("\n")
    lines[6] = lines[6] + "吗"
    Path("other.zh").write_text("\n".join(lines), encoding="utf-8")
    texts = read_texts(Path("test.en"), Path("test.zh"), source_words=None, target_words=Path("other.zh"))
    with pytest.raises(NmtError, match=r"^other.zh:7: the tokens do not spell the text"):
        align(translator, texts)
