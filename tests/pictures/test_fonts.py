"""A font that has 我爱机器学习 is found by path, or its absence is known."""

from pathlib import Path

import pytest

from nmt.pictures import fonts
from nmt.pictures.fonts import cjk_font, font_for, latin_font, missing_glyphs


def test_the_font_of_matplotlib_lacks_chinese_and_says_which() -> None:
    assert missing_glyphs("I love 我爱我 é", latin_font()) == "我爱"


def test_with_the_cjk_extra_no_label_falls_to_the_missing_glyph() -> None:
    pytest.importorskip("mpl_font")
    font = cjk_font()
    assert font is not None
    assert missing_glyphs("我爱机器学习。，！？“”《》：；（） I love machine learning. ▁äßéç Σ…", font) == ""


def test_latin_text_keeps_the_small_font() -> None:
    assert font_for(["I love", "maschinelles Lernen"]) == (latin_font(), "")


def test_a_file_that_is_not_a_font_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"no font")
    (tmp_path / "simhei.ttf").write_bytes(latin_font().read_bytes())
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (str(tmp_path), str(tmp_path / "missing")))
    monkeypatch.setattr(fonts, "PACKAGE_FONTS", ())
    assert cjk_font() is None
    assert font_for(["我", "b"]) == (latin_font(), "我")


def test_fonts_of_the_system_are_found_where_the_package_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cjk_font()
    if real is None:
        pytest.skip("no font with Chinese on this machine")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "NotoSansCJK-Regular.ttc").symlink_to(real)
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(fonts, "PACKAGE_FONTS", ())
    assert cjk_font() == tmp_path / "deep" / "NotoSansCJK-Regular.ttc"
