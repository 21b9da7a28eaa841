"""What the study trains: corpora, and on each the rows, one three-line config a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REFERENCE = "additive"
"""Soft additive attention (Bahdanau et al. 2015): what every row is compared with."""


@dataclass(frozen=True)
class Gold:
    """Texts with gold word links. Without files of words the texts themselves are segmented by spaces."""

    source: Path
    target: Path
    links: Path
    words: tuple[Path, Path] | None = None


@dataclass(frozen=True)
class Corpus:
    """One text, one shape and one budget, which its ``base-NAME.yaml`` holds.

    ``test`` is a key of its data.test; so are ``also``, sets of which BLEU alone is told.
    """

    title: str
    test: str
    rows: tuple[str, ...]
    gold: Gold | None = None
    also: tuple[str, ...] = ()


CORPORA = {
    "multi30k": Corpus(
        title="Multi30k, English to German",
        test="test_2016_flickr",
        rows=(
            REFERENCE,
            "additive-bias",
            "additive-normalised",
            "concat",
            "general",
            "dot",
            "scaled-dot",
            "cosine",
            "location",
            "none",
            "uniform",
            "local-m",
            "local-p",
            "local-p-wide",
            "local-p-slow",
            "local-p-argmax",
            "local-p-sampled",
            "threshold",
            "top-k",
            "sparsemax",
            "hard",
            "hard-longer",
            "hard-expectation-baseline",
            "hard-samples-only",
            "hard-straight-through",
            "hard-gumbel",
            "hard-random",
            "heads-concat",
            "heads-average",
            "coverage",
            "luong",
            "luong-no-feeding",
            "gate",
            "sum",
        ),
    ),
    "europarl": Corpus(
        title="Long sentences: Europarl, German to English",
        test="test",
        rows=(REFERENCE, "general", "dot", "none", "uniform"),
        gold=Gold(
            source=Path("corpora/alignment-gold/de-en-europarl.test.de.gz"),
            target=Path("corpora/alignment-gold/de-en-europarl.test.en.gz"),
            links=Path("corpora/alignment-gold/de-en-europarl.test.align.gz"),
        ),
    ),
    "quickstart": Corpus(
        title="The corpus that ships, English to Chinese",
        test="test",
        also=("long",),
        rows=(
            REFERENCE,
            "general",
            "dot",
            "none",
            "uniform",
            "local-m",
            "local-p",
            "hard",
            "luong",
            "lexicon",
        ),
        gold=Gold(
            source=Path("data/test.en"),
            target=Path("data/test.zh"),
            links=Path("data/test.align"),
            words=(Path("data/test.tok.en"), Path("data/test.tok.zh")),
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """One training of the study; ``key`` names its config, its run and its log."""

    corpus: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.corpus}-{self.name}"


@dataclass(frozen=True)
class Places:
    """Where configs are read, runs are trained, and cards are kept."""

    configs: Path = Path("configs/attention")
    runs: Path = Path("runs/study")
    cards: Path = Path("docs/study")

    def config(self, row: Row) -> Path:
        return self.configs / f"{row.key}.yaml"

    def run(self, row: Row) -> Path:
        return self.runs / row.key

    def log(self, row: Row) -> Path:
        return self.runs / f"{row.key}.log"

    def translations(self, row: Row) -> Path:
        """Those of the test set, beside the run; only figures go into the card."""
        return self.runs / f"{row.key}.txt"

    def card(self, row: Row) -> Path:
        return self.cards / row.corpus / f"{row.name}.json"

    def comparisons(self, corpus: str) -> Path:
        return self.cards / f"{corpus}.significance.json"

    def speed(self, corpus: str) -> Path:
        return self.cards / f"{corpus}.speed.json"

    def changed(self, row: Row) -> str:
        """The line that makes the row, or lines where a remedy changes the training too."""
        lines = self.config(row).read_text(encoding="utf-8").splitlines()
        return "; ".join(line for line in lines if line and not line.startswith(("#", "base:")))


def every_row() -> list[Row]:
    """In the order of the page; the reference of each corpus comes first."""
    return [Row(corpus, name) for corpus, one in CORPORA.items() for name in one.rows]


def chosen(names: Iterable[str]) -> list[Row]:
    """The rows of these keys, or of a whole corpus by its name, in that order; all rows for no name.

    Raises:
        ValueError: nothing is called so.
    """
    rows, names = every_row(), list(names)
    for name in names:
        if not any(name in (row.key, row.corpus) for row in rows):
            raise ValueError(f"no row or corpus is called {name!r}")
    if not names:
        return rows
    return list(dict.fromkeys(row for name in names for row in rows if name in (row.key, row.corpus)))
