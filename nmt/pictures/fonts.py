"""Finds a font that has the characters of a picture, by path: machines seldom have one for 我爱机器学习.

Looked for: the font that comes with matplotlib, then the ``mpl_font`` package (extra ``cjk``: Noto Sans CJK
SC), then the fonts of the system.
"""

import importlib.util
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

SAMPLE = "我爱机器学习"
"""A font that has these is taken for one with Chinese."""

PACKAGE_FONTS = ("fonts/noto/NotoSansCJKsc-Regular.otf", "fonts/wqy/wqy-microhei.ttc")

SYSTEM_FOLDERS = (
    "~/.local/share/fonts",
    "~/.fonts",
    "~/Library/Fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)

SYSTEM_FONTS = (
    "NotoSansCJK*-Regular.*",
    "NotoSansSC*-Regular.*",
    "NotoSansCJK*.*",
    "SourceHanSans*-Regular.*",
    "wqy-*.ttc",
    "DroidSansFallback*.ttf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti*.ttc",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "simhei.ttf",
    "simsun.ttc",
)


def latin_font() -> Path:
    """DejaVu Sans, which matplotlib carries."""
    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")


def cjk_font() -> Path | None:
    """The first font found that has Chinese characters, or None."""
    return next((path for path in _candidates() if _is_complete(SAMPLE, path)), None)


def missing_glyphs(text: str, font: Path) -> str:
    """The characters of ``text`` that ``font`` would draw as an empty box, each once and in order."""
    glyphs = FT2Font(str(font))
    characters = dict.fromkeys(character for character in text if not character.isspace())
    return "".join(character for character in characters if glyphs.get_char_index(ord(character)) == 0)


def font_for(texts: Iterable[str]) -> tuple[Path, str]:
    """One font for all the labels of a picture, and the characters that it still lacks.

    One font throughout looks better than two, and a font for Chinese has Latin letters.
    """
    text = "".join(texts)
    lacking = missing_glyphs(text, latin_font())
    chinese = cjk_font() if lacking else None
    if chinese is None:
        return latin_font(), lacking
    still = missing_glyphs(text, chinese)
    return (chinese, still) if len(still) < len(lacking) else (latin_font(), lacking)


def _candidates() -> Iterator[Path]:
    """Files that may be a font with Chinese, the best first."""
    package = importlib.util.find_spec("mpl_font")
    if package is not None and package.origin is not None:
        yield from (Path(package.origin).parent / name for name in PACKAGE_FONTS)
    folders = [Path(folder).expanduser() for folder in SYSTEM_FOLDERS]
    files = [path for folder in folders for path in _files(folder)]
    for pattern in SYSTEM_FONTS:
        yield from (path for path in files if path.match(pattern))


def _files(folder: Path) -> list[Path]:
    """All files below a folder, sorted; none when it is not there."""
    return sorted(Path(parent, name) for parent, _, names in os.walk(folder) for name in names)


def _is_complete(text: str, font: Path) -> bool:
    """Whether the font can be read and has every character."""
    try:
        return not missing_glyphs(text, font)
    except (OSError, RuntimeError):
        return False
