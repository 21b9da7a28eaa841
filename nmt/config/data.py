"""The ``data`` section: the corpora, and which training pairs are kept."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from nmt.config.section import Section, free, identity

Weight = Annotated[
    float, identity("how often an epoch shows each training pair; 0.5: half of them, in turn", gt=0, le=1000)
]
First = Annotated[int | None, identity("only the first so many pairs; null: all", ge=1)]
SourceKey = Annotated[
    str, identity("key or column of the source; dots lead inwards: translation.en", min_length=1)
]
TargetKey = Annotated[str, identity("key or column of the target", min_length=1)]


class Files(Section):
    """Two line-aligned text files, plain or .gz."""

    source: Annotated[str, identity("file of source lines, plain or .gz", min_length=1)]
    target: Annotated[str, identity("file of target lines, plain or .gz", min_length=1)]
    weight: Weight = 1.0
    first: First = None


class Tsv(Section):
    """One file with a source, a tab and a target on each line, plain or .gz."""

    tsv: Annotated[str, identity("file of source<TAB>target lines, plain or .gz", min_length=1)]
    weight: Weight = 1.0
    first: First = None


class Jsonl(Section):
    """One file with a JSON object on each line, plain or .gz."""

    jsonl: Annotated[str, identity("file of JSON objects, one a line, plain or .gz", min_length=1)]
    source: SourceKey = "source"
    target: TargetKey = "target"
    weight: Weight = 1.0
    first: First = None


class Parquet(Section):
    """One Parquet file, or several of the same columns."""

    parquet: Annotated[str, identity("Parquet file, or a pattern such as data/*.parquet", min_length=1)]
    source: SourceKey = "source"
    target: TargetKey = "target"
    weight: Weight = 1.0
    first: First = None


class Hub(Section):
    """A dataset of the Hugging Face hub, which is downloaded once; or a local folder of such files."""

    hub: Annotated[str, identity("dataset of the hub: OWNER/NAME; or a local folder", min_length=1)]
    config: Annotated[str | None, identity("which of the dataset's configurations")] = None
    split: Annotated[str, identity("which of its splits", min_length=1)] = "train"
    source: SourceKey = "source"
    target: TargetKey = "target"
    weight: Weight = 1.0
    first: First = None


def _kind(value: Any) -> str:
    """Which kind of corpus a mapping is, told by its keys."""
    if isinstance(value, Section):
        return type(value).__name__
    kinds = [
        kind
        for kind in (Tsv, Jsonl, Parquet, Hub)
        if isinstance(value, dict) and kind.__name__.lower() in value
    ]
    return kinds[0].__name__ if kinds else "Files"


Corpus = Annotated[
    Annotated[Files, Tag("Files")]
    | Annotated[Tsv, Tag("Tsv")]
    | Annotated[Jsonl, Tag("Jsonl")]
    | Annotated[Parquet, Tag("Parquet")]
    | Annotated[Hub, Tag("Hub")],
    Discriminator(_kind),
]


def _one_or_several(value: Any) -> str:
    return "Several" if isinstance(value, tuple) else "One"


Corpora = Annotated[
    Annotated[Corpus, Tag("One")] | Annotated[tuple[Corpus, ...], Field(min_length=1), Tag("Several")],
    Discriminator(_one_or_several),
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
    dedupe: Annotated[
        Literal["none", "pairs", "source", "target"],
        identity("drop pairs that were there before, or whose source or target was"),
    ] = "none"
    copies: Annotated[bool, identity("true drops pairs whose target is their source, but for case")] = False
    digits: Annotated[bool, identity("true drops pairs with a number that the other side lacks")] = False
    min_script: Annotated[
        float, identity("least share of a side's letters in the script of its language; 0: any", ge=0, le=1)
    ] = 0.0
    max_punctuation: Annotated[
        float, identity("largest share of a side that is punctuation and symbols; 1: any", gt=0, le=1)
    ] = 1.0


class Data(Section):
    """Where the text is.  Paths are relative to the folder the command runs in."""

    train: Annotated[Corpora, identity("pairs to learn from: a corpus, or a list of them")]
    validation: Annotated[Corpus, free("pairs that choose the best checkpoint")]
    test: Annotated[
        dict[str, Corpus], free("held-out pairs by name, for evaluate --test-set NAME", default_factory=dict)
    ]
    filters: Annotated[Filters, identity("which training pairs are kept")] = Filters()
