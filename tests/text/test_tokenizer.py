"""What is encoded comes back, and every piece knows its place."""

import gzip
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.errors import NmtError
from nmt.text.special import BOS, EOS, PAD, UNK
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import Kind, train

TATOEBA = Path(__file__).parents[3] / "shared/data/en-zh-tatoeba"
FEWER = settings(max_examples=30)  # of each of eight tokenizers
TEXT = st.text(max_size=20) | st.text(st.sampled_from("abc I爱我学▁▅。\u0308\u200b<s>/ \n"), max_size=20)


@FEWER
@given(text=TEXT)
def test_decoding_an_encoded_text_gives_the_normalised_text(spelling: Tokenizer, text: str) -> None:
    normal = spelling.normalise(text)
    assert spelling.decode(spelling.encode(text)) == normal
    assert spelling.decode_pieces(spelling.pieces(text)) == normal


@FEWER
@given(data=st.data())
def test_any_ids_decode_to_one_printable_line(spelling: Tokenizer, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(-1, spelling.size + 1)))
    text = spelling.decode(ids)
    assert text == text.strip()
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in text)


def test_a_cut_byte_sequence_shows_and_does_not_fail(spelling: Tokenizer) -> None:
    whole = [i for i in spelling.encode("龘") if spelling.piece(i).startswith("<0x")]
    assert spelling.decode(whole[-3:]) == "龘"
    assert set(spelling.decode(whole[-3:-1])) == {"\ufffd"}


def test_special_ids_are_silent_but_for_the_unknown(plain: Tokenizer) -> None:
    cat = plain.encode("The cat")
    assert plain.decode([BOS, *cat, EOS, PAD, PAD]) == plain.decode(cat)
    assert plain.decode([UNK]) == "⁇" == plain.decode([plain.size + 7])


def test_unknown_characters_survive_as_pieces(plain: Tokenizer) -> None:
    assert UNK in plain.encode("The 猫 sat")
    assert plain.decode_pieces(plain.pieces("The 猫 sat")) == "The 猫 sat"


def test_text_that_looks_like_a_special_piece_is_text(spelling: Tokenizer) -> None:
    assert not {PAD, UNK, BOS, EOS} & set(spelling.encode("<s> </s> <pad> <unk>"))


@FEWER
@given(text=TEXT)
def test_spans_cover_each_character_but_spaces_once(spelling: Tokenizer, text: str) -> None:
    check_spans(spelling, text)


@FEWER
@given(text=TEXT)
def test_spans_cover_unknown_characters_too(plain: Tokenizer, text: str) -> None:
    check_spans(plain, text)


def check_spans(tokenizer: Tokenizer, text: str) -> None:
    normal = tokenizer.normalise(text)
    spans = tokenizer.spans(text)
    assert len(spans) == len(tokenizer.encode(text))
    assert all(0 <= start <= end <= len(normal) for start, end in spans)
    assert spans == sorted(spans), "pieces run from left to right"
    covered = [place for span in sorted(set(spans)) for place in range(*span)]
    assert len(covered) == len(set(covered))
    assert {i for i, c in enumerate(normal) if c != " "} <= set(covered)
    assert all(normal[start] != " " for start, end in spans if start < end)


def test_spans_by_hand() -> None:
    tokenizer, _ = train(["I love you."] * 9, type="char", vocab_size=300, byte_fallback=True, language="en")
    assert tokenizer.pieces("I  ï ") == ["▁", "I", "▁", "<0xC3>", "<0xAF>"]
    assert tokenizer.spans("I  ï ") == [(0, 0), (0, 1), (2, 2), (2, 3), (2, 3)]


def test_chinese_has_no_dummy_piece_and_can_spell_a_space() -> None:
    tokenizer, _ = train(["我爱你。"] * 9, type="char", vocab_size=30, language="zh")
    assert tokenizer.pieces("我爱 你") == ["我", "爱", "▁", "你"]
    assert UNK not in tokenizer.encode("我爱 你")


def test_what_is_saved_is_loaded(spelling: Tokenizer, tmp_path: Path) -> None:
    spelling.save(tmp_path / "t.model")
    again = Tokenizer.load(tmp_path / "t.model", language=spelling.language, mode=spelling.mode)
    assert again.encode("I love 学习") == spelling.encode("I love 学习")
    assert again.size == spelling.size


def test_a_file_that_is_no_model_is_refused_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.model").write_bytes(b"hello")
    (tmp_path / "empty.model").write_bytes(b"")
    for name in ("bad.model", "empty.model", "missing.model"):
        with pytest.raises(NmtError, match=name):
            Tokenizer.load(tmp_path / name, language="en")
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not TATOEBA.exists(), reason=f"no Tatoeba corpus at {TATOEBA}")
@pytest.mark.parametrize("type", ["unigram", "bpe", "char"])
def test_every_line_of_real_chinese_survives(type: Kind) -> None:
    def read(name: str) -> list[str]:
        return gzip.decompress((TATOEBA / name).read_bytes()).decode().split("\n")[:-1]

    tokenizer, _ = train(read("val.zh.gz"), type=type, vocab_size=2500, byte_fallback=True, language="zh")
    lines = read("test.zh.gz")
    assert len(lines) == 1073
    assert [tokenizer.decode(tokenizer.encode(line)) for line in lines] == list(
        map(tokenizer.normalise, lines)
    )


def test_text_does_not_load_torch() -> None:
    import subprocess

    code = "import sys, nmt.text.build; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
