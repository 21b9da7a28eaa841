"""The ``data`` section: the corpora, and which training pairs are kept."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from nmt.config.section import Section, free, identity


class Files(Section):
    """Two line-aligned text files, plain or .gz."""

    source: Annotated[str, identity("file of source lines, plain or .gz", min_length=1)]
    target: Annotated[str, identity("file of target lines, plain or .gz", min_length=1)]


class Tsv(Section):
    """One file with a source, a tab and a target on each line, plain or .gz."""

    tsv: Annotated[str, identity("file of source<TAB>target lines, plain or .gz", min_length=1)]


def _kind(value: Any) -> str:
    """Which kind of corpus a mapping is, told by its keys."""
    return "Tsv" if isinstance(value, Tsv) or (isinstance(value, dict) and "tsv" in value) else "Files"


Corpus = Annotated[
    Annotated[Files, Tag("Files")] | Annotated[Tsv, Tag("Tsv")],
    Discriminator(_kind),
]


class Filters(Section):
    """Which training pairs are dropped; validation and test sets are never filtered."""

    max_length: Annotated[int, identity("longest side of a training pair, in pieces", ge=1)] = 128
    max_ratio: Annotated[
        float,
        identity(
            "how many times a pair's ratio of characters may be above or below the corpus's median ratio",
            gt=1,
        ),
    ] = 4.0


class Data(Section):
    """Where the text is.  Paths are relative to the folder the command runs in."""

    train: Annotated[Corpus, identity("pairs to learn from")]
    validation: Annotated[Corpus, free("pairs that choose the best checkpoint")]
    test: Annotated[
        dict[str, Corpus], free("held-out pairs by name, for evaluate --test-set NAME", default_factory=dict)
    ]
    filters: Annotated[Filters, identity("which training pairs are kept")] = Filters()
