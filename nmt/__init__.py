"""Neural machine translation: ``from nmt import Translator``; everything else is reached by its own module."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nmt.decoding.translator import Translator

__version__ = "0.1.0"
__all__ = ["Translator", "__version__"]


def __getattr__(name: str) -> Any:
    """Loads the translator when it is asked for (PEP 562), so that ``nmt --help`` need not wait for it."""
    if name == "Translator":
        from nmt.decoding.translator import Translator

        return Translator
    raise AttributeError(f"module 'nmt' has no attribute {name!r}")
