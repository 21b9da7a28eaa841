"""The ``languages`` section: what is translated into what."""

import re
from typing import Annotated

from pydantic import AfterValidator

from nmt.config.section import Section, identity


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text):
        raise ValueError(f"expected a language code such as en, de or zh-CN, found {text!r}")
    return text


LanguageCode = Annotated[str, AfterValidator(_code)]


class Languages(Section):
    """The direction of translation; normalisation and the scores' tokenizers follow these codes."""

    source: Annotated[LanguageCode, identity("language translated from, as a code: en, de, zh-CN, zho_Hans")]
    target: Annotated[LanguageCode, identity("language translated into")]
