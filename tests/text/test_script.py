"""Scripts of languages, and shares of letters."""

import pytest

from nmt.text.script import script_of, share


@pytest.mark.parametrize(
    ("language", "script"),
    [
        ("en", "Latn"), ("zh", "Hani"), ("zh-CN", "Hani"), ("zho_Hant", "Hant"), ("RU", "Cyrl"), ("srp_Cyrl", "Cyrl"),
        ("sr-latn", "Latn"), ("sr", None), ("xx", None),
    ],
)  # fmt: skip
def test_a_code_tells_the_script_and_a_subtag_overrides_it(language: str, script: str | None) -> None:
    assert script_of(language) == script


@pytest.mark.parametrize(
    ("text", "script", "expected"),
    [
        ("Crème brûlée, 3 €", "Latn", 1.0),
        ("Привет, Bob", "Cyrl", 6 / 9),
        ("我爱AA制。", "Hans", 3 / 5),
        ("カードを々漢字", "Jpan", 6 / 6),  # the long vowel mark has another name
        ("안녕 漢字", "Kore", 1.0),
        ("안녕 漢字", "Hang", 0.5),
        ("हिन्दी", "Deva", 1.0),
        ("ابجد ABCD", "Arab", 0.5),
        ("123 !?", "Grek", 1.0),
        ("", "Latn", 1.0),
    ],
)
def test_a_share_is_of_the_letters_alone(text: str, script: str, expected: float) -> None:
    assert share(text, script) == pytest.approx(expected)
