"""The ``data`` section of a config made into corpora and tables."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from nmt.config.data import Files, Filters, Tsv
from nmt.data.corpus import Corpus, Counts, OneTsv, TwoFiles, digests
from nmt.data.filters import REASONS, Filter, Ratios, Reason
from nmt.data.report import Report, dropped_in_words
from nmt.data.table import Row, Table, write
from nmt.errors import NmtError
from nmt.text.files import Tokenizers
from nmt.text.special import UNK

FORMAT = 1  # raise it when a table of the same text would come out differently


def open_corpus(section: Files | Tsv) -> Corpus:
    """The corpus that a config names; its files are opened when it is read."""
    match section:
        case Files(source=source, target=target):
            return TwoFiles(source, target)
        case Tsv(tsv=path):
            return OneTsv(path)
        case _:
            assert_never(section)


def check_corpus(section: Files | Tsv) -> Corpus:
    """The corpus that a config names, read once to the end: before a tokenizer is trained on half of it.

    Raises:
        NmtError: a file is missing, not UTF-8 or empty, line counts differ, or every pair has a blank side.
    """
    corpus = open_corpus(section)
    read = usable = 0
    for pair in corpus.pairs():
        read += 1
        usable += bool(pair.source.strip() and pair.target.strip())
    if not usable:
        what = f"no pair is left of {read:,}: {read:,} with a blank side" if read else "is empty"
        raise NmtError(" and ".join(corpus.paths), what)
    return corpus


def read_parallel(section: Files | Tsv) -> tuple[list[str], list[str]]:
    """The raw source and target lines of a validation or test set, every one of them.

    Raises:
        NmtError: a file is missing, not UTF-8, or empty, or the line counts differ.
    """
    corpus = open_corpus(section)
    pairs = list(corpus.pairs())
    if not pairs:
        raise NmtError(" and ".join(corpus.paths), "is empty")
    return [pair.source for pair in pairs], [pair.target for pair in pairs]


def build_table(
    section: Files | Tsv, tokenizers: Tokenizers, filters: Filters, folder: str | Path
) -> tuple[Table, Report]:
    """The tokenised training pairs of a corpus, from ``folder`` if they are there, else made and kept there.

    A table is whole or absent, and is used again only for the same text, tokenizers and filters. The corpus
    is read twice: once to check it and to know its typical ratio, once to write.

    Raises:
        NmtError: the corpus cannot be read, or no pair is left; nothing is left on disk then.
    """
    corpus = open_corpus(section)
    sha256 = digests(corpus)
    place = Path(folder) / f"table-{_key(sha256, tokenizers, filters)[:16]}"
    if not place.exists():
        _make(place, corpus, tokenizers, filters, sha256)
    return Table(place / "pairs.arrow"), Report.from_json((place / "report.json").read_text("utf-8"))


def _key(sha256: dict[str, str], tokenizers: Tokenizers, filters: Filters) -> str:
    """A name for everything that a table depends on."""
    sides = [tokenizers.source, tokenizers.target]
    parts = {
        "format": FORMAT,
        "text": list(sha256.items()),
        "tokenizers": [[hashlib.sha256(side.model).hexdigest(), side.language, side.mode] for side in sides],
        "filters": filters.model_dump(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass
class _Tally:
    """What the two passes count."""

    files: Counts
    read: int = 0
    ratios: Ratios = field(default_factory=Ratios)
    dropped: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    source_pieces: int = 0
    target_pieces: int = 0
    source_unknown: int = 0
    target_unknown: int = 0


def _make(
    place: Path, corpus: Corpus, tokenizers: Tokenizers, filters: Filters, sha256: dict[str, str]
) -> None:
    tally = _survey(corpus, tokenizers)
    rule = Filter(filters.max_length, filters.max_ratio, tally.ratios.typical())
    with _whole_or_absent(place) as unfinished:
        kept = write(unfinished / "pairs.arrow", _rows(corpus, tokenizers, rule, tally))
        if not kept:
            reasons = dropped_in_words(tally.dropped)
            what = f"no pair is left of {tally.read:,}: {reasons}" if tally.read else "is empty"
            raise NmtError(" and ".join(corpus.paths), what, "see data.filters" if reasons else "")
        report = Report(
            read=tally.read,
            kept=kept,
            dropped=tally.dropped,
            source_pieces=tally.source_pieces,
            target_pieces=tally.target_pieces,
            source_unknown=tally.source_unknown,
            target_unknown=tally.target_unknown,
            files=tally.files,
            sha256=sha256,
        )
        (unfinished / "report.json").write_text(report.to_json(), "utf-8")


def _survey(corpus: Corpus, tokenizers: Tokenizers) -> _Tally:
    """Reads the whole corpus once, so that what is wrong with it shows before anything is written."""
    tally = _Tally(files={})
    for pair in corpus.pairs(tally.files):
        source = tokenizers.source.normalise(pair.source)
        target = tokenizers.target.normalise(pair.target)
        tally.read += 1
        if source and target:
            tally.ratios.add(source, target)
    return tally


def _rows(corpus: Corpus, tokenizers: Tokenizers, rule: Filter, tally: _Tally) -> Iterator[Row]:
    """The rows that ``rule`` keeps, counting the others."""
    for pair in corpus.pairs():
        source = tokenizers.source.normalise(pair.source)
        target = tokenizers.target.normalise(pair.target)
        source_ids, target_ids = tokenizers.source.encode(source), tokenizers.target.encode(target)
        if reason := rule.reason(source, target, source_ids, target_ids):
            tally.dropped[reason] += 1
            continue
        tally.source_pieces += len(source_ids)
        tally.target_pieces += len(target_ids)
        tally.source_unknown += source_ids.count(UNK)
        tally.target_unknown += target_ids.count(UNK)
        yield Row(source_ids, target_ids, pair.line)


@contextmanager
def _whole_or_absent(place: Path) -> Iterator[Path]:
    """A folder to write in that becomes ``place`` at the end; an error leaves nothing, not even parents."""
    missing = [parent for parent in place.parents if not parent.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
        if not place.exists():  # another process may have made the same one meanwhile
            unfinished.rename(place)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in missing:
            with suppress(OSError):  # not empty: somebody else's
                folder.rmdir()
        raise
    shutil.rmtree(unfinished, ignore_errors=True)
