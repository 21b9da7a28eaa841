"""What became of a training corpus: what was read, dropped and found odd, for the log."""

import json
from dataclasses import asdict, dataclass

from nmt.data.filters import Reason
from nmt.text.lines import LineCounts


@dataclass(frozen=True)
class Report:
    """Counts of one pass from corpus to table; pieces are of the kept pairs, without begin and end."""

    read: int
    kept: int
    dropped: dict[Reason, int]
    source_pieces: int
    target_pieces: int
    source_unknown: int
    target_unknown: int
    files: dict[str, LineCounts]
    sha256: dict[str, str]

    def sentences(self) -> list[str]:
        """The report for a person, a line each; what did not happen is not mentioned."""
        lines = [f"{self.kept:,} of {self.read:,} pairs kept{self._reasons()}"]
        for side, unknown, pieces in (
            ("source", self.source_unknown, self.source_pieces),
            ("target", self.target_unknown, self.target_pieces),
        ):
            if unknown:
                lines.append(f"{unknown:,} of {pieces:,} {side} pieces are unknown ({unknown / pieces:.2%})")
        lines += [f"{path}: {odd}" for path, counts in self.files.items() if (odd := counts.sentence())]
        return lines

    def _reasons(self) -> str:
        reasons = dropped_in_words(self.dropped)
        return f" (dropped: {reasons})" if reasons else ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> "Report":
        fields = json.loads(text)
        files = {path: LineCounts(**counts) for path, counts in fields.pop("files").items()}
        return Report(**fields, files=files)


def dropped_in_words(dropped: dict[Reason, int]) -> str:
    """``{"blank": 2, "long": 0, "ratio": 1}`` -> ``"2 with a blank side, 1 over max_ratio"``."""
    words: dict[Reason, str] = {
        "blank": "with a blank side",
        "long": "over max_length",
        "ratio": "over max_ratio",
    }
    return ", ".join(f"{dropped[reason]:,} {words[reason]}" for reason in words if dropped[reason])
