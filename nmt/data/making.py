"""How a table is made: every corpus is read twice, once to know it, once to write what the filters keep."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from nmt.data.corpus import Corpus, Counts, Pair, file_digests, names
from nmt.data.filters import Blank, Candidate, Filter, reason_to_drop
from nmt.data.ratios import Ratios
from nmt.data.repeats import Repeats
from nmt.data.report import EXAMPLES, Dropped, Part, Report, in_words
from nmt.data.table import Row, write
from nmt.errors import NmtError
from nmt.text.files import Tokenizers
from nmt.text.special import UNK

FILES, SEAL = ("pairs.arrow", "report.json"), "sha256"
EXCERPT = 30  # characters of an example

Filtering = Callable[[float], Sequence[Filter]]
"""From the typical ratio of a corpus to the filters that it passes."""


@dataclass
class _Tally:
    """What the two passes count."""

    files: Counts = field(default_factory=dict)
    typical: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    dropped: dict[str, Dropped] = field(default_factory=dict)
    source_pieces: int = 0
    target_pieces: int = 0
    source_unknown: int = 0
    target_unknown: int = 0


def make(
    place: Path,
    corpora: Sequence[Corpus],
    tokenizers: Tokenizers,
    filtering: Filtering,
    repeats: Repeats | None,
    *,
    sha256: dict[str, str],
    texts: bool,
) -> None:
    """Makes the folder ``place`` with the table and the report of what became of the corpora.

    ``repeats``, when given, is told of every pair in the first pass. ``texts``: the table holds them too.

    Raises:
        NmtError: a corpus cannot be read, or no pair is left; nothing is left on disk then.
    """
    tally = _Tally()
    for corpus in corpora:
        _survey(corpus, tokenizers, repeats, tally)
    with _whole_or_absent(place) as unfinished:
        kept = write(unfinished / "pairs.arrow", _rows(corpora, tokenizers, filtering, tally), texts=texts)
        dropped = {reason: found for reason, found in tally.dropped.items() if found.count}
        if not kept:
            raise nothing_left(corpora, sum(tally.read), dropped)
        parts = [
            Part(names([corpus]), read, kept)
            for corpus, read, kept in zip(corpora, tally.read, tally.kept, strict=True)
        ]
        report = Report(
            parts=parts,
            dropped=dropped,
            source_pieces=tally.source_pieces,
            target_pieces=tally.target_pieces,
            source_unknown=tally.source_unknown,
            target_unknown=tally.target_unknown,
            files=tally.files,
            sha256=sha256,
        )
        (unfinished / "report.json").write_text(report.to_json(), "utf-8")
        told = file_digests([str(unfinished / name) for name in FILES])
        (unfinished / SEAL).write_text("\n".join(told.values()), "utf-8")


def is_whole(place: Path) -> bool:
    """Whether a table is there as it was made; one that is not can be made again."""
    try:
        sealed = (place / SEAL).read_text("utf-8").split("\n")
        return sealed == list(file_digests([str(place / name) for name in FILES]).values())
    except (OSError, ValueError, NmtError):
        return False


def nothing_left(corpora: Sequence[Corpus], read: int, dropped: dict[str, Dropped]) -> NmtError:
    """No pair is left to train on, and why."""
    reasons = in_words(dropped)
    what = f"no pair is left of {read:,}: {reasons}" if read else "is empty"
    filtered = dropped.keys() - {Blank.reason}
    return NmtError(names(corpora), what, "see data.filters" if filtered else "")


def _survey(corpus: Corpus, tokenizers: Tokenizers, repeats: Repeats | None, tally: _Tally) -> None:
    """Reads the whole corpus once, so that what is wrong with it shows before anything is written."""
    ratios = Ratios()
    tally.read.append(0)
    for pair in corpus.pairs(tally.files):
        tally.read[-1] += 1
        source = tokenizers.source.normalise(pair.source)
        target = tokenizers.target.normalise(pair.target)
        if source and target:
            ratios.add(source, target)
            if repeats is not None:
                repeats.note(source, target)
    tally.typical.append(ratios.typical())


def _rows(
    corpora: Sequence[Corpus], tokenizers: Tokenizers, filtering: Filtering, tally: _Tally
) -> Iterator[Row]:
    """The rows that the filters keep, counting the others."""
    for corpus, typical in zip(corpora, tally.typical, strict=True):
        filters = filtering(typical)
        for one in filters:  # in their order, for the report
            tally.dropped.setdefault(one.reason, Dropped(0, []))
        tally.kept.append(0)
        for pair in corpus.pairs():
            source = tokenizers.source.normalise(pair.source)
            target = tokenizers.target.normalise(pair.target)
            source_ids, target_ids = tokenizers.source.encode(source), tokenizers.target.encode(target)
            if reason := reason_to_drop(Candidate(source, target, source_ids, target_ids), filters):
                _note(tally.dropped[reason], corpus, pair)
                continue
            tally.kept[-1] += 1
            tally.source_pieces += len(source_ids)
            tally.target_pieces += len(target_ids)
            tally.source_unknown += source_ids.count(UNK)
            tally.target_unknown += target_ids.count(UNK)
            yield Row(source_ids, target_ids, pair.line, source, target)


def _note(dropped: Dropped, corpus: Corpus, pair: Pair) -> None:
    dropped.count += 1
    if len(dropped.examples) < EXAMPLES:
        text = pair.source if pair.source.strip() else pair.target
        excerpt = text if len(text) <= EXCERPT else text[:EXCERPT] + "..."
        dropped.examples.append(f"{corpus.place(pair.line)} {excerpt!r}")


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
