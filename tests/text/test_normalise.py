"""Normalisation changes little, once, and never what makes Chinese Chinese."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.normalise import is_chinese, is_spaceless, normaliser, one_line

LANGUAGES = ["en", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text())
def test_normalising_twice_is_normalising_once(language: str, text: str) -> None:
    normalise = normaliser(language)
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text())
def test_a_normalised_text_is_one_clean_line(language: str, text: str) -> None:
    normal = normaliser(language)(text)
    assert normal == normal.strip()
    assert "  " not in normal
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in normal)


@given(st.text())
def test_none_keeps_every_character(text: str) -> None:
    assert normaliser("zh", "none")(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text())
def test_lower_is_auto_of_a_text_without_capitals(language: str, text: str) -> None:
    lower = normaliser(language, "lower")
    assert lower(text) == normaliser(language)(text.lower())
    assert lower(lower(text)) == lower(text)


def test_lower_loses_the_capitals_of_every_script() -> None:
    assert normaliser("de", "lower")("ÄRGER im Büro") == "ärger im büro"
    assert normaliser("zh", "lower")("ＡB级，ΣΑΣ") == "ab级，σας"


def test_chinese_keeps_its_punctuation_and_loses_full_width_letters_and_digits() -> None:
    assert normaliser("zh")("ＡＢｚ０９，。！？：；（）％") == "ABz09，。！？：；（）％"
    assert normaliser("zh")("我\u3000爱\u200d你") == "我 爱你"


def test_other_languages_keep_full_width_letters_and_joiners() -> None:
    assert normaliser("fa")("می\u200cخواهم") == "می\u200cخواهم"
    assert normaliser("en")("Ａ") == "Ａ"


def test_white_space_of_every_kind_is_one_space() -> None:
    assert normaliser("de")(" a\u00a0\u202f\tb\u2028c\x85\x1cd\r") == "a b c d"


def test_invisible_and_control_characters_are_removed() -> None:
    assert normaliser("en")("\ufeffa\0b\u200bc\x1bd\u00ade\ud800") == "abcde"


def test_letters_are_composed_and_the_space_mark_cannot_pass_for_a_space() -> None:
    assert normaliser("de")("scho\u0308n") == "schön"
    assert normaliser("en")("a▁b") == "a_b"


@pytest.mark.parametrize("code", ["zh", "zh-CN", "zh_TW", "zho_Hans", "cmn", "ZH", "yue-HK"])
def test_chinese_under_all_its_names(code: str) -> None:
    assert is_chinese(code)
    assert is_spaceless(code)


@pytest.mark.parametrize("code", ["en", "de-AT", "zha", "vi", "ko"])
def test_languages_with_spaces_are_neither(code: str) -> None:
    assert not is_chinese(code)
    assert not is_spaceless(code)


def test_japanese_and_thai_have_no_spaces_and_are_not_chinese() -> None:
    assert is_spaceless("ja")
    assert is_spaceless("tha_Thai")
    assert not is_chinese("ja")


@given(st.text())
def test_one_line_is_safe_for_a_pipe(text: str) -> None:
    safe = one_line(text)
    safe.encode()
    assert len(f"{safe}\n".splitlines()) == 1
