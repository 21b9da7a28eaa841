"""The tokenizer follows the language, whatever it is called."""

import importlib.util

import pytest

from nmt.evaluation.metrics import bleu_tokenizer


@pytest.mark.parametrize("language", ["zh", "zh-CN", "zh_Hans", "zho_Hans", "cmn", "cmn-Hant"])
def test_chinese_by_any_name_uses_zh(language: str) -> None:
    assert bleu_tokenizer(language) == ("zh", None)


@pytest.mark.parametrize("language", ["de", "de_DE", "en", "zu", "jav", "kok"])
def test_other_languages_use_13a(language: str) -> None:
    assert bleu_tokenizer(language) == ("13a", None)


@pytest.mark.parametrize(("language", "tokenizer"), [("ja", "ja-mecab"), ("ko-KR", "ko-mecab")])
def test_japanese_and_korean_use_their_dictionary_or_characters_with_a_notice(
    language: str, tokenizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert bleu_tokenizer(language) == (tokenizer, None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    name, notice = bleu_tokenizer(language)
    assert name == "char"
    assert notice is not None
    assert tokenizer in notice
    assert "pip install" in notice
