"""The two tokenizers of a model and their files in a bundle: ``tokenizer.model``, or one for each side."""

from dataclasses import dataclass
from pathlib import Path

from nmt.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Tokenizers:
    """One tokenizer a side; ``joint`` means that both have the same model, hence the same ids."""

    source: Tokenizer
    target: Tokenizer
    joint: bool
    notices: tuple[str, ...] = ()  # what training them had to say to a person


def model_paths(folder: str | Path, *, joint: bool) -> tuple[Path, Path]:
    """The files of the source and the target model; the same file twice when joint."""
    names = ("tokenizer.model", "tokenizer.model") if joint else ("source.model", "target.model")
    return Path(folder) / names[0], Path(folder) / names[1]


def save_tokenizers(folder: str | Path, tokenizers: Tokenizers) -> None:
    """Writes the models into a folder that exists."""
    source, target = model_paths(folder, joint=tokenizers.joint)
    tokenizers.source.save(source)
    if not tokenizers.joint:
        tokenizers.target.save(target)
