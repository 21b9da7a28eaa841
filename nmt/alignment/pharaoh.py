"""Word links in the Pharaoh format, one sentence pair a line: ``0-0 1-2 3?1``, source first, from 0."""

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nmt.errors import NmtError

Link = tuple[int, int]
"""(i, j): word i of the source is linked with word j of the target."""

LINK = re.compile(r"([0-9]{1,9})([-?p])([0-9]{1,9})")


@dataclass(frozen=True)
class Links:
    """The gold links of one sentence pair; ``possible`` includes every sure link, as AER wants it."""

    sure: frozenset[Link]
    possible: frozenset[Link]

    def check(self, source_words: int, target_words: int, place: str) -> None:
        """Raise ``NmtError`` at ``place`` when a link points past the end of either sentence."""
        for i, j in sorted(self.possible):
            if i >= source_words or j >= target_words:
                what = f"link {i}-{j} points outside {source_words} source and {target_words} target words"
                raise NmtError(place, what, "links are 0-based, source first")


def parse_line(line: str, place: str = "links") -> Links:
    """Read one line: ``i-j`` is sure, ``i?j`` (some write ``ipj``) is possible only.

    >>> parse_line("0-0 1?2").possible == {(0, 0), (1, 2)}
    True

    Raises ``NmtError`` at ``place`` for anything else.
    """
    sure, possible = set(), set()
    for item in line.split():
        match = LINK.fullmatch(item)
        if match is None:
            raise NmtError(place, f"{item[:40]!r} is not a word link", "i-j is sure, i?j possible; 0-based")
        link = int(match[1]), int(match[3])
        possible.add(link)
        if match[2] == "-":
            sure.add(link)
    return Links(frozenset(sure), frozenset(possible))


def format_line(links: Links) -> str:
    """Write the links of one pair in order; ``parse_line`` reads them back equal."""
    return " ".join(f"{i}{'-' if (i, j) in links.sure else '?'}{j}" for i, j in sorted(links.possible))


def format_links(links: Iterable[Link]) -> str:
    """Write predicted links, all of them sure, in order."""
    return " ".join(f"{i}-{j}" for i, j in sorted(links))


def read_links(path: str | Path) -> Iterator[Links]:
    """Yield the links of each line of a plain or gzip file; an empty line is a pair without links.

    Raises ``NmtError`` with ``file:line``.
    """
    try:
        with gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                yield parse_line(line.decode("utf-8-sig", errors="replace"), f"{path}:{number}")
    except (OSError, EOFError) as error:
        raise NmtError(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
