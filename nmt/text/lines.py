"""Lines of text, read the same way everywhere: split on the byte ``\\n`` alone, and UTF-8 or an error.

``str.splitlines`` and text mode also split on U+2028, form feeds and lone carriage returns, which shifts
every later pair of a parallel corpus by one. What is odd in a file is counted here, for the log, and
repaired by the normaliser.
"""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from nmt.errors import NmtError

LONG_LINE = 10_000  # characters; longer than any sentence, so probably a file without line ends
BOM = b"\xef\xbb\xbf"
FETCHED = "corpora"  # the folder that scripts/fetch_corpora.py fills, and recipes read from


@dataclass
class LineCounts:
    """What was read from one file, and how many of its lines are odd (each kind counted once a line)."""

    lines: int = 0
    bom: int = 0
    crlf: int = 0
    separators: int = 0  # U+2028, U+2029 or U+0085, which other programs take for line ends
    nul: int = 0
    long: int = 0
    no_final_newline: int = 0

    def sentence(self) -> str:
        """The oddities in words: ``"3 lines with CRLF, no final newline"``; empty where there are none."""
        found = [
            "a byte order mark" if self.bom else "",
            _count(self.crlf, "with CRLF"),
            _count(self.separators, "with U+2028, U+2029 or U+0085"),
            _count(self.nul, "with NUL"),
            _count(self.long, f"over {LONG_LINE:,} characters"),
            "no final newline" if self.no_final_newline else "",
        ]
        return ", ".join(filter(None, found))


def read_lines(source: str | os.PathLike[str] | IO[bytes], counts: LineCounts | None = None) -> Iterator[str]:
    """Yields the lines of a file (plain or gzip) or of a binary stream, without their line ends.

    Raises:
        NmtError: the file is missing, unreadable or a damaged gzip; or, at ``file:line``, a line is not
            UTF-8.
    """
    counts = LineCounts() if counts is None else counts
    if not isinstance(source, str | os.PathLike):
        yield from _decode(source, str(getattr(source, "name", "<stream>")), counts)
        return
    place = os.fspath(source)
    with _open(place) as stream:
        try:
            yield from _decode(stream, place, counts)
        except (EOFError, zlib.error, OSError) as error:
            raise NmtError(f"{place}:{counts.lines + 1}", f"cannot be read: {error}") from error


def _decode(stream: Iterable[bytes], place: str, counts: LineCounts) -> Iterator[str]:
    for raw in stream:
        if counts.lines == 0 and raw.startswith(BOM):
            counts.bom, raw = 1, raw[len(BOM) :]
            if not raw:  # a file of nothing but the mark
                return
        if raw.endswith(b"\n"):
            raw = raw[:-1]
        else:
            counts.no_final_newline = 1
        if raw.endswith(b"\r"):
            counts.crlf, raw = counts.crlf + 1, raw[:-1]
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"not valid UTF-8: byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the line"
            raise NmtError(f"{place}:{counts.lines + 1}", what, "convert the file with iconv") from error
        counts.lines += 1
        counts.separators += "\u2028" in line or "\u2029" in line or "\x85" in line
        counts.nul += "\0" in line
        counts.long += len(line) > LONG_LINE
        yield line


def open_binary(place: str) -> BufferedReader:
    """Opens a file as bytes; raises NmtError when it is missing, a folder or not readable."""
    if Path(place).is_dir():
        raise NmtError(place, "is a folder, not a file")
    try:
        return Path(place).open("rb")
    except FileNotFoundError as error:
        fetched = Path(place).parts[:1] == (FETCHED,)
        hint = "python scripts/fetch_corpora.py fetches the text of the recipes" if fetched else ""
        raise NmtError(place, "no such file", hint) from error
    except OSError as error:
        raise NmtError(place, f"cannot be opened: {error.strerror}") from error


def _open(place: str) -> BufferedReader | gzip.GzipFile:
    """Opens a file, looking at its first bytes, not at its name, to see whether it is gzip."""
    file = open_binary(place)
    return _Gunzip(file) if file.peek(2).startswith(b"\x1f\x8b") else file


class _Gunzip(gzip.GzipFile):
    """A gzip reader that owns the file it reads, so that one ``with`` closes both."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._file = file

    def close(self) -> None:
        super().close()
        self._file.close()


def _count(number: int, what: str) -> str:
    return f"{number:,} line{'s' if number > 1 else ''} {what}" if number else ""
