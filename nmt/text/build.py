"""The ``tokenizer`` section of a config made into tokenizers: trained on text, or read from a bundle."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import assert_never

from nmt.config.languages import Languages
from nmt.config.tokenizer import BpeDropout, Sided, SideTokenizer, UnigramSampling
from nmt.config.tokenizer import Tokenizer as OneSetting
from nmt.text.extend import extend
from nmt.text.files import Tokenizers, model_paths
from nmt.text.normalise import is_spaceless, normaliser
from nmt.text.sampling import BpeCut, Sampler, UnigramCut
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import train, train_model


def build_tokenizers(
    section: OneSetting | Sided,
    languages: Languages,
    source_lines: Iterable[str],
    target_lines: Iterable[str],
    *,
    seed: int = 1,
) -> Tokenizers:
    """Trains the tokenizers that a config asks for on raw lines of both sides; each iterable is read once.

    A joint vocabulary is one SentencePiece model behind two normalisers. It puts no dummy space before a
    text when either language is written without spaces: the Chinese side would carry an empty first piece
    that soaks up attention, while the other side only learns its sentence-initial words, capitalised
    anyway, apart from the rest.

    Raises:
        NmtError: as ``train.train_model``.
    """
    match section:
        case OneSetting(joint=True):
            return _joint(section, languages, source_lines, target_lines, seed)
        case OneSetting():
            source, target = section, section
        case Sided(source=SideTokenizer() as source, target=SideTokenizer() as target):
            pass
        case _:
            assert_never(section)
    return _separate(source, target, languages, source_lines, target_lines, seed)


def load_tokenizers(folder: str | Path, section: OneSetting | Sided, languages: Languages) -> Tokenizers:
    """Reads what ``files.save_tokenizers`` wrote; raises NmtError when a file is missing or no tokenizer."""
    match section:
        case OneSetting(joint=joint, normalisation=mode):
            source_mode = target_mode = mode
        case Sided(
            source=SideTokenizer(normalisation=source_mode), target=SideTokenizer(normalisation=target_mode)
        ):
            joint = False
        case _:
            assert_never(section)
    source_path, target_path = model_paths(folder, joint=joint)
    return Tokenizers(
        source=Tokenizer.load(source_path, language=languages.source, mode=source_mode),
        target=Tokenizer.load(target_path, language=languages.target, mode=target_mode),
        joint=joint,
    )


def extend_tokenizers(
    old: Tokenizers,
    section: OneSetting | Sided,
    languages: Languages,
    source_lines: Iterable[str],
    target_lines: Iterable[str],
    *,
    seed: int = 1,
) -> Tokenizers:
    """Another model's tokenizers for these languages, each with further pieces, learnt on these lines, up to its
    ``vocab_size``; the old pieces keep their ids.

    Raises:
        NmtError: as ``train.train_model``.
    """
    sides = (section.source, section.target) if isinstance(section, Sided) else (section, section)
    olds = (old.source, old.target)
    models, notices = [one.model for one in olds], []
    if any(side.vocab_size > one.size for side, one in zip(sides, olds, strict=True)):
        fresh = build_tokenizers(section, languages, source_lines, target_lines, seed=seed)
        for place, (side, new) in enumerate(zip(sides, (fresh.source, fresh.target), strict=True)):
            models[place] = extend(models[place], new.model, side.vocab_size)
    built = [
        Tokenizer(model, language=language, mode=side.normalisation)
        for model, language, side in zip(models, (languages.source, languages.target), sides, strict=True)
    ]
    for name, before, after in zip(("source", "target"), olds, built, strict=True):
        notices.append(
            f"{name} vocabulary: {before.size:,} old pieces and {after.size - before.size:,} new ones"
        )
    return Tokenizers(source=built[0], target=built[1], joint=old.joint, notices=tuple(notices))


def build_samplers(
    section: OneSetting | Sided, tokenizers: Tokenizers
) -> tuple[Sampler | None, Sampler | None]:
    """What draws the pieces of source and target at training; None for a side that is always cut alike."""
    source, target = (section.source, section.target) if isinstance(section, Sided) else (section, section)
    return _sampler(source, tokenizers.source), _sampler(target, tokenizers.target)


def _sampler(side: SideTokenizer, tokenizer: Tokenizer) -> Sampler | None:
    match side.sampling:
        case None:
            return None
        case UnigramSampling(alpha=alpha):
            return Sampler(tokenizer, UnigramCut(tokenizer, alpha))
        case BpeDropout(dropout=dropout):
            return Sampler(tokenizer, BpeCut(tokenizer, dropout))
        case _:
            assert_never(side.sampling)


def _joint(
    section: OneSetting,
    languages: Languages,
    source_lines: Iterable[str],
    target_lines: Iterable[str],
    seed: int,
) -> Tokenizers:
    normalise_source = normaliser(languages.source, section.normalisation)
    normalise_target = normaliser(languages.target, section.normalisation)
    model, notices = train_model(
        chain(map(normalise_source, source_lines), map(normalise_target, target_lines)),
        type=section.type,
        vocab_size=section.vocab_size,
        exact_size=section.exact_size,
        character_coverage=section.character_coverage,
        byte_fallback=section.byte_fallback,
        dummy_prefix=not (is_spaceless(languages.source) or is_spaceless(languages.target)),
        seed=seed,
    )
    return Tokenizers(
        source=Tokenizer(model, language=languages.source, mode=section.normalisation),
        target=Tokenizer(model, language=languages.target, mode=section.normalisation),
        joint=True,
        notices=tuple(f"tokenizer: {notice}" for notice in notices),
    )


def _separate(
    source: SideTokenizer,
    target: SideTokenizer,
    languages: Languages,
    source_lines: Iterable[str],
    target_lines: Iterable[str],
    seed: int,
) -> Tokenizers:
    source_tokenizer, source_notices = _one(source, languages.source, source_lines, seed)
    target_tokenizer, target_notices = _one(target, languages.target, target_lines, seed)
    notices = [f"source tokenizer: {notice}" for notice in source_notices]
    notices += [f"target tokenizer: {notice}" for notice in target_notices]
    return Tokenizers(source=source_tokenizer, target=target_tokenizer, joint=False, notices=tuple(notices))


def _one(side: SideTokenizer, language: str, lines: Iterable[str], seed: int) -> tuple[Tokenizer, list[str]]:
    return train(
        lines,
        type=side.type,
        vocab_size=side.vocab_size,
        exact_size=side.exact_size,
        character_coverage=side.character_coverage,
        byte_fallback=side.byte_fallback,
        language=language,
        mode=side.normalisation,
        seed=seed,
    )
