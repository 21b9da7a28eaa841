"""JSON lines: one object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nmt.data.corpus import Counts, Pair, file_digests
from nmt.data.readers.record import require, text_at
from nmt.errors import NmtError
from nmt.text.lines import LineCounts, read_lines


@dataclass(frozen=True)
class Jsonl:
    """A file with a JSON object on each line, plain or gzip; ``source`` and ``target`` are its keys."""

    path: str
    source: str
    target: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """Raises NmtError at ``file:line`` for what is no object, no text, or a first line without the keys."""
        line_counts = LineCounts()
        if counts is not None:
            counts[self.path] = line_counts
        for line, text in enumerate(read_lines(self.path, line_counts), start=1):
            place = self.place(line)
            record = _object(text, place)
            if line == 1:
                require(record, self.source, place)
                require(record, self.target, place)
            yield Pair(text_at(record, self.source, place), text_at(record, self.target, place), line)

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"

    def digests(self) -> dict[str, str]:
        return file_digests(self.paths)


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = (
            f"not JSON: {error.msg} at character {error.pos + 1}"
            if isinstance(error, json.JSONDecodeError)
            else "not JSON"
        )
        raise NmtError(place, what, "a JSON object on each line is expected") from error
    if not isinstance(record, dict):
        raise NmtError(place, f"expected a JSON object, found {text[:30]!r}")
    return record
