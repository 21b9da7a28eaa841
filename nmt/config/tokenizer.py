"""The ``tokenizer`` section: one vocabulary for both sides, or one of its own for each."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from nmt.config.section import Section, identity


class UnigramSampling(Section):
    """Kudo 2018: a pair's pieces are drawn anew whenever training sees it, likely ones more often."""

    alpha: Annotated[
        float,
        identity(
            "power of a segmentation's probability: 0: all alike, large: always the likeliest", ge=0, le=100
        ),
    ] = 0.5


class BpeDropout(Section):
    """Provilkov et al. 2020: merges are skipped at random whenever training sees a pair."""

    dropout: Annotated[float, identity("probability that a merge is skipped", gt=0, le=1)] = 0.1


def _sampling(value: Any) -> str:
    return (
        "BpeDropout"
        if isinstance(value, BpeDropout) or (isinstance(value, dict) and "dropout" in value)
        else "UnigramSampling"
    )


Sampling = Annotated[
    Annotated[UnigramSampling, Tag("UnigramSampling")] | Annotated[BpeDropout, Tag("BpeDropout")],
    Discriminator(_sampling),
]


class SideTokenizer(Section):
    """How one SentencePiece model is made, and how training uses it."""

    type: Annotated[Literal["unigram", "bpe", "char", "word"], identity("how text is cut into pieces")] = (
        "unigram"
    )
    vocab_size: Annotated[int, identity("number of pieces, special ones included", ge=8, le=1_000_000)] = 8000
    exact_size: Annotated[
        bool, identity("true: a corpus too small for vocab_size is an error; false: the vocabulary shrinks")
    ] = False
    character_coverage: Annotated[
        float, identity("share of the character occurrences that the vocabulary covers", gt=0, le=1)
    ] = 1.0
    byte_fallback: Annotated[bool, identity("spell unknown characters as bytes")] = False
    normalisation: Annotated[
        Literal["auto", "lower", "none"],
        identity("auto: the language's own rules; lower: and no capitals; none: text as it is"),
    ] = "auto"
    sampling: Annotated[
        Sampling | None, identity("draw other pieces each time that training sees a text; null: never")
    ] = None


class Tokenizer(SideTokenizer):
    """One setting for both sides, whether they share a vocabulary or not."""

    joint: Annotated[bool, identity("one vocabulary for both sides, or one each with the same settings")] = (
        True
    )


class Sided(Section):
    """Two vocabularies of different settings."""

    source: Annotated[SideTokenizer, identity("how source text is cut")]
    target: Annotated[SideTokenizer, identity("how target text is cut")]


def _kind(value: Any) -> str:
    """``Sided`` for a mapping that names a side, else ``Tokenizer``."""
    sided = isinstance(value, Sided) or (isinstance(value, dict) and ("source" in value or "target" in value))
    return "Sided" if sided else "Tokenizer"


TokenizerChoice = Annotated[
    Annotated[Tokenizer, Tag("Tokenizer")] | Annotated[Sided, Tag("Sided")],
    Discriminator(_kind),
]
