"""The ``data`` section of a config made into corpora and tables, and what is drawn anew at each sight of a pair."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from nmt.config import data as config
from nmt.config.tokenizer import Sided, Tokenizer
from nmt.config.training import Training
from nmt.data import filters as rules
from nmt.data.corpus import Corpus, digests, names
from nmt.data.making import is_whole, make, nothing_left
from nmt.data.noise import Noise
from nmt.data.order import Share
from nmt.data.readers.first import First
from nmt.data.readers.hub import Hub
from nmt.data.readers.jsonl import Jsonl
from nmt.data.readers.parquet import Parquet
from nmt.data.readers.tsv import Tsv
from nmt.data.readers.two_files import TwoFiles
from nmt.data.repeats import Repeats
from nmt.data.report import Dropped, Report
from nmt.data.table import Part, Table
from nmt.errors import NmtError
from nmt.text.build import build_samplers
from nmt.text.files import Tokenizers
from nmt.text.script import script_of

FORMAT = 3  # raise it when a table of the same text would come out differently


def open_corpora(section: config.Corpora) -> tuple[Corpus, ...]:
    """The corpus that a config names, or all that it lists; files are opened when they are read."""
    return tuple(map(open_corpus, section if isinstance(section, tuple) else (section,)))


def open_corpus(section: config.Corpus) -> Corpus:
    """One corpus that a config names."""
    corpus: Corpus
    match section:
        case config.Files(source=source, target=target):
            corpus = TwoFiles(source, target)
        case config.Tsv(tsv=path):
            corpus = Tsv(path)
        case config.Jsonl(jsonl=path, source=source, target=target):
            corpus = Jsonl(path, source, target)
        case config.Parquet(parquet=pattern, source=source, target=target):
            corpus = Parquet(pattern, source, target)
        case config.Hub(hub=name, config=variant, split=split, source=source, target=target):
            corpus = Hub(name, variant, split, source, target)
        case _:
            assert_never(section)
    return corpus if section.first is None else First(corpus, section.first)


def check_corpora(section: config.Corpora) -> tuple[Corpus, ...]:
    """The corpora that a config names, each read once to the end: before a tokenizer is trained on half of them.

    Raises:
        NmtError: something cannot be read, line counts differ, or in one of them every pair has a blank side.
    """
    corpora = open_corpora(section)
    for corpus in corpora:
        read = usable = 0
        for pair in corpus.pairs():
            read += 1
            usable += bool(pair.source.strip() and pair.target.strip())
        if not usable:
            raise nothing_left([corpus], read, {rules.Blank.reason: Dropped(read, [])})
    return corpora


def read_parallel(section: config.Corpus) -> tuple[list[str], list[str]]:
    """The raw source and target lines of a validation or test set, every one of them.

    Raises:
        NmtError: a file is missing, not UTF-8, or empty, or the line counts differ.
    """
    corpus = open_corpus(section)
    pairs = list(corpus.pairs())
    if not pairs:
        raise NmtError(names([corpus]), "is empty")
    return [pair.source for pair in pairs], [pair.target for pair in pairs]


def build_table(
    section: config.Corpora,
    tokenizers: Tokenizers,
    filters: config.Filters,
    folder: str | Path,
    *,
    texts: bool = False,
) -> tuple[Table, Report]:
    """The tokenised training pairs of corpora, from ``folder`` if they are there, else made and kept there.

    A table is whole or absent, and is used again only for the same text, tokenizers and filters. ``texts``: it
    holds the normalised texts as well, for subword sampling.

    Raises:
        NmtError: a corpus cannot be read, or no pair is left; nothing is left on disk then.
    """
    corpora = open_corpora(section)
    sha256 = digests(corpora)
    place = Path(folder) / f"table-{_key(section, sha256, tokenizers, filters, texts)[:16]}"
    if not is_whole(place):
        shutil.rmtree(place, ignore_errors=True)
        repeats = None if filters.dedupe == "none" else Repeats(filters.dedupe)
        make(
            place,
            corpora,
            tokenizers,
            lambda typical: _filters(filters, tokenizers, typical, repeats),
            repeats,
            sha256=sha256,
            texts=texts,
        )
    report = Report.from_json((place / "report.json").read_text("utf-8"))
    parts = [Part(part.kept, corpus.place) for part, corpus in zip(report.parts, corpora, strict=True)]
    return Table(place / "pairs.arrow", parts), report


def shares(section: config.Corpora, report: Report) -> list[Share]:
    """How many pairs each corpus has in the table, and how often an epoch shows them."""
    sections = section if isinstance(section, tuple) else (section,)
    return [Share(part.kept, one.weight) for part, one in zip(report.parts, sections, strict=True)]


def samples(section: Tokenizer | Sided) -> bool:
    """Whether training draws the pieces of some side anew, so that its table must hold the texts."""
    sides = (section.source, section.target) if isinstance(section, Sided) else (section,)
    return any(side.sampling for side in sides)


def build_noise(
    training: Training, section: Tokenizer | Sided, tokenizers: Tokenizers, *, longest: int
) -> Noise | None:
    """What is drawn anew whenever training sees a pair, each side in at most so many pieces; None where nothing is."""
    source, target = build_samplers(section, tokenizers)
    dropout = training.word_dropout
    if not (source or target or dropout.source or dropout.target):
        return None
    return Noise(
        seed=training.seed,
        sample_source=source,
        sample_target=target,
        drop_source=dropout.source,
        drop_target=dropout.target,
        longest=longest,
    )


def _filters(
    section: config.Filters, tokenizers: Tokenizers, typical: float, repeats: Repeats | None
) -> Sequence[rules.Filter]:
    """In the order in which they are asked: what a pair is dropped for is the first reason."""
    found: list[rules.Filter] = [
        rules.Blank(),
        rules.TooLong(section.max_length),
        rules.OutOfProportion(section.max_ratio, typical),
    ]
    if section.copies:
        found.append(rules.Copy())
    if section.digits:
        found.append(rules.OtherDigits())
    if section.min_script > 0:
        source, target = (script_of(side.language) for side in (tokenizers.source, tokenizers.target))
        found.append(rules.OtherScript(source, target, section.min_script))
    if section.max_punctuation < 1:
        found.append(rules.Punctuation(section.max_punctuation))
    if repeats is not None:
        found.append(rules.Repeated(repeats))
    return found


def _key(
    section: config.Corpora,
    sha256: dict[str, str],
    tokenizers: Tokenizers,
    filters: config.Filters,
    texts: bool,
) -> str:
    """A name for everything that a table depends on."""
    sides = [tokenizers.source, tokenizers.target]
    corpora = section if isinstance(section, tuple) else (section,)
    parts = {
        "format": FORMAT,
        "corpora": [one.model_dump(exclude={"weight"}) for one in corpora],
        "text": list(sha256.items()),
        "tokenizers": [[hashlib.sha256(side.model).hexdigest(), side.language, side.mode] for side in sides],
        "filters": filters.model_dump(),
        "texts": texts,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
