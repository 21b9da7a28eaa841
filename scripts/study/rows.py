"""What the study trains: corpora, and on each the rows, one three-line config a row, some with several seeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nmt.errors import UsageError

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
    """One text, one shape and one budget, which its ``base-NAME.yaml`` holds. The first of the rows is the reference.

    ``test`` is a key of its data.test; so are ``also``, sets of which BLEU alone is told. Each row is trained with each
    of the seeds. ``note``: what its figures must be read with.
    """

    title: str
    test: str
    rows: tuple[str, ...]
    gold: Gold | None = None
    also: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (1,)
    note: str = ""

    @property
    def reference(self) -> str:
        return self.rows[0]


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
        note="The budget is a little over two epochs: all rows are far from trained, and what is not seen here (a low\n"
        "alignment error, say) may well come later.",
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
    "heads": Corpus(
        title="Heads of a Transformer: Multi30k, English to German",
        test="test_2016_flickr",
        rows=("concatenated", "averaged", "averaged-wide", "one"),
        seeds=(1, 2, 3),
    ),
}


@dataclass(frozen=True)
class Row:
    """One training of the study; ``key`` names its run and its log, ``label`` its card."""

    corpus: str
    name: str
    seed: int = 1

    @property
    def label(self) -> str:
        return self.name if len(CORPORA[self.corpus].seeds) == 1 else f"{self.name}-seed-{self.seed}"

    @property
    def key(self) -> str:
        return f"{self.corpus}-{self.label}"


@dataclass(frozen=True)
class Places:
    """Where configs are read, runs are trained, and cards are kept."""

    configs: Path = Path("configs/attention")
    runs: Path = Path("runs/study")
    cards: Path = Path("docs/study")

    def config(self, row: Row) -> Path:
        """One for all seeds of a row."""
        return self.configs / f"{row.corpus}-{row.name}.yaml"

    def run(self, row: Row) -> Path:
        return self.runs / row.key

    def log(self, row: Row) -> Path:
        return self.runs / f"{row.key}.log"

    def translations(self, row: Row) -> Path:
        """Those of the test set, beside the run; only figures go into the card."""
        return self.runs / f"{row.key}.txt"

    def card(self, row: Row) -> Path:
        return self.cards / row.corpus / f"{row.label}.json"

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
    return [
        Row(corpus, name, seed) for corpus, one in CORPORA.items() for seed in one.seeds for name in one.rows
    ]


def chosen(names: Iterable[str]) -> list[Row]:
    """The rows of these keys, of these configs with all their seeds, or of a whole corpus by its name, in that order;
    all rows for no name.

    Raises:
        UsageError: nothing is called so.
    """
    rows, names = every_row(), list(names)
    called = {row: (row.key, f"{row.corpus}-{row.name}", row.corpus) for row in rows}
    for name in names:
        if not any(name in those for those in called.values()):
            raise UsageError("command line", f"no row or corpus is called {name!r}")
    if not names:
        return rows
    return list(dict.fromkeys(row for name in names for row in rows if name in called[row]))
