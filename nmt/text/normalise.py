"""What happens to a line before SentencePiece sees it: little, and the same at training and translation.

SentencePiece's own ``nmt_nfkc`` turns ，！？： into ASCII and so destroys Chinese punctuation, hence
``identity`` there and our own rules here. All of them are idempotent, and decoding applies none that
changes a normalised text, so that ``decode(encode(x)) == normalise(x)``.
"""

import unicodedata
from collections.abc import Callable
from typing import Literal

Mode = Literal["auto", "lower", "none"]
Normaliser = Callable[[str], str]

SPACE_MARK = (
    "▁"  # U+2581, SentencePiece's sign for a space; in a text it becomes "_", or it would come back as one
)

_CHINESE = frozenset(["zh", "zho", "chi", "cmn", "yue", "lzh", "wuu", "nan", "hak"])
_JAPANESE, _THAI, _LAO, _KHMER = {"ja", "jpn"}, {"th", "tha"}, {"lo", "lao"}, {"km", "khm"}
_BURMESE, _TIBETAN, _DZONGKHA = {"my", "mya", "bur"}, {"bo", "bod", "tib"}, {"dz", "dzo"}
_SPACELESS = _CHINESE.union(_JAPANESE, _THAI, _LAO, _KHMER, _BURMESE, _TIBETAN, _DZONGKHA)

_CONTROLS = [chr(c) for c in (*range(0x20), *range(0x7F, 0xA0)) if not chr(c).isspace()]
_SURROGATES = [chr(c) for c in range(0xD800, 0xE000)]  # what is left of bytes that were not UTF-8
_INVISIBLE = ["\u00ad", "\u200b", "\u2060", "\ufeff"]  # soft hyphen, zero-width space, word joiner, BOM
_JOINERS = ["\u200c", "\u200d"]  # they spell words in Persian and Hindi and join emoji; noise in Chinese

_BLANKS = dict.fromkeys([*map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")], " ")
_NO_TEXT = dict.fromkeys(map(ord, [*_CONTROLS, *_SURROGATES]))
_FULL_WIDTH = {ord(chr(c + 0xFEE0)): chr(c) for c in range(0x21, 0x7F) if chr(c).isalnum()}

_ANY = _NO_TEXT | dict.fromkeys(map(ord, _INVISIBLE)) | {ord(SPACE_MARK): "_"}
_LINE = _NO_TEXT | _BLANKS
_ZH = _ANY | dict.fromkeys(map(ord, _JOINERS)) | _FULL_WIDTH


def is_chinese(language: str) -> bool:
    """Whether a code is one of Chinese's: ``zh``, ``zh-CN``, ``zho_Hans``, ``cmn`` ..."""
    return _base(language) in _CHINESE


def is_spaceless(language: str) -> bool:
    """Whether the language is written without spaces between words."""
    return _base(language) in _SPACELESS


def normaliser(language: str, mode: Mode = "auto") -> Normaliser:
    """The normalisation of one side; ``none`` leaves every line as it is, ``lower`` is ``auto`` without capitals.

    ``auto``, all languages: control and invisible characters are removed, every run of white space
    (no-break and ideographic spaces and U+2028 included) becomes one space, none at the edges, and Unicode
    is composed (NFC). Chinese: also full-width letters and digits become ASCII; ，。！？：；（） stay.
    """
    match mode:
        case "none":
            return str
        case "auto":
            return _chinese if is_chinese(language) else _plain
        case "lower":
            cased = normaliser(language)
            return lambda text: cased(text.lower())


def one_line(text: str) -> str:
    """The text without what must not leave a decoder: no control characters, line ends or tabs."""
    return text.translate(_LINE)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(_ANY)).split())


def _chinese(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(_ZH)).split())


def _base(language: str) -> str:
    """``zh-CN`` and ``zh_Hans`` -> ``zh``."""
    return language.replace("_", "-").split("-")[0].lower()
