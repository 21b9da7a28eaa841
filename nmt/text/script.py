"""Which script a language is written in, and which share of a text's letters are of it.

Python does not know the script of a character, but its Unicode name says it: LATIN SMALL LETTER A.
"""

import unicodedata
from functools import cache

_HAN, _KANA = ("CJK", "IDEOGRAPHIC"), ("HIRAGANA", "KATAKANA")
_NAMES = {
    "Latn": ("LATIN",),
    "Cyrl": ("CYRILLIC",),
    "Arab": ("ARABIC",),
    "Grek": ("GREEK",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Beng": ("BENGALI",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Thai": ("THAI",),
    "Geor": ("GEORGIAN",),
    "Armn": ("ARMENIAN",),
    "Hani": _HAN,
    "Hans": _HAN,
    "Hant": _HAN,
    "Jpan": (*_HAN, *_KANA),
    "Hang": ("HANGUL",),
    "Kore": ("HANGUL", *_HAN),
}  # by ISO 15924: how the names of a script's letters begin
_LANGUAGES = {
    "Latn": (
        "af az bs ca cs cy da de en es et eu fi fr ga gl ha hr hu id is it lb lt lv ms mt nl nb nn no pl pt ro sk sl "
        "sq sv sw tl tr uz vi yo zu "
        "afr aze bos cat ces cym dan deu eng spa est eus fin fra gle glg hau hrv hun ind isl ita ltz lit lav msa mlt "
        "nld nob nno nor pol por ron slk slv sqi swe swa tgl tur uzb vie yor zul"
    ),
    "Cyrl": "be bg kk ky mk mn ru tg uk bel bul kaz kir mkd mon rus tgk ukr",
    "Arab": "ar fa ps ur ug ara fas pus urd uig",
    "Grek": "el ell",
    "Hebr": "he iw yi heb yid",
    "Deva": "hi mr ne sa hin mar nep san",
    "Beng": "bn as ben asm",
    "Taml": "ta tam",
    "Telu": "te tel",
    "Thai": "th tha",
    "Geor": "ka kat",
    "Armn": "hy hye",
    "Hani": "zh zho chi cmn yue lzh wuu nan hak",
    "Jpan": "ja jpn",
    "Kore": "ko kor",
}
_SCRIPT_OF = {language: script for script, codes in _LANGUAGES.items() for language in codes.split()}


def script_of(language: str) -> str | None:
    """The ISO 15924 code of a language's script; None where it is not known, or where there are several (``sr``).

    >>> script_of("en"), script_of("zh-CN"), script_of("srp_Cyrl"), script_of("sr")
    ('Latn', 'Hani', 'Cyrl', None)
    """
    code, *subtags = language.replace("_", "-").split("-")
    named = [subtag.title() for subtag in subtags if subtag.title() in _NAMES]
    return named[0] if named else _SCRIPT_OF.get(code.lower())


def share(text: str, script: str) -> float:
    """The share of a text's letters that are of a script; 1 for a text without letters."""
    letters = [first for first in map(_first_of_name, text) if first]
    return sum(first in _NAMES[script] for first in letters) / len(letters) if letters else 1.0


@cache
def _first_of_name(character: str) -> str:
    """``LATIN``, ``CJK`` ...; "" for what is no letter."""
    return unicodedata.name(character, "?").split(" ", 1)[0].split("-", 1)[0] if character.isalpha() else ""
