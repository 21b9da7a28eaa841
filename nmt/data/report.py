"""What became of a training corpus: what was read, dropped and found odd, for the log."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nmt.text.lines import LineCounts

EXAMPLES = 3  # shown of each reason


@dataclass
class Dropped:
    """How many pairs one reason dropped, and the first of them: ``train.en:17 'A man in ...'``."""

    count: int
    examples: list[str]


@dataclass(frozen=True)
class Part:
    """What one of several corpora gave."""

    name: str
    read: int
    kept: int


@dataclass(frozen=True)
class Report:
    """Counts of one pass from corpora to table; pieces are of the kept pairs, without begin and end."""

    parts: list[Part]
    dropped: dict[str, Dropped]
    source_pieces: int
    target_pieces: int
    source_unknown: int
    target_unknown: int
    files: dict[str, LineCounts]
    sha256: dict[str, str]

    @property
    def read(self) -> int:
        return sum(part.read for part in self.parts)

    @property
    def kept(self) -> int:
        return sum(part.kept for part in self.parts)

    def sentences(self) -> list[str]:
        """The report for a person, a line each; what did not happen is not mentioned."""
        reasons = in_words(self.dropped)
        lines = [
            f"{self.kept:,} of {self.read:,} pairs kept" + (f" (dropped: {reasons})" if reasons else ""),
        ]
        if len(self.parts) > 1:
            lines += [f"{part.kept:,} of {part.read:,} pairs kept of {part.name}" for part in self.parts]
        lines += [f"dropped {reason}: {_examples(found)}" for reason, found in self.dropped.items()]
        for side, unknown, pieces in (
            ("source", self.source_unknown, self.source_pieces),
            ("target", self.target_unknown, self.target_pieces),
        ):
            if unknown:
                lines.append(f"{unknown:,} of {pieces:,} {side} pieces are unknown ({unknown / pieces:.2%})")
        lines += [f"{path}: {odd}" for path, counts in self.files.items() if (odd := counts.sentence())]
        return lines

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> "Report":
        fields = json.loads(text)
        parts = [Part(**part) for part in fields.pop("parts")]
        dropped = {reason: Dropped(**found) for reason, found in fields.pop("dropped").items()}
        files = {path: LineCounts(**counts) for path, counts in fields.pop("files").items()}
        return Report(**fields, parts=parts, dropped=dropped, files=files)


def in_words(dropped: Mapping[str, Dropped]) -> str:
    """``"2 with a blank side, 1 over max_ratio"``; empty where nothing was dropped."""
    return ", ".join(f"{found.count:,} {reason}" for reason, found in dropped.items())


def _examples(found: Dropped) -> str:
    more = found.count - len(found.examples)
    return ", ".join(found.examples) + (f", and {more:,} more" if more else "")
