"""The last column of the taxonomy's tables: what each mechanism scores in the study."""

from pathlib import Path

from study.results import Missing, Results
from study.rows import REFERENCE, Row

TAXONOMY = Path("nmt/attention/README.md")
COLUMN = "BLEU in the study"
MULTI30K = {
    "additive": REFERENCE,
    "concat": "concat",
    "general": "general",
    "dot": "dot",
    "scaled dot": "scaled-dot",
    "cosine": "cosine",
    "location": "location",
    "none (global)": REFERENCE,
    "monotonic (local-m)": "local-m",
    "predictive (local-p)": "local-p",
    "its centre: argmax": "local-p-argmax",
    "its centre: sampled": "local-p-sampled",
    "soft": REFERENCE,
    "uniform": "uniform",
    "threshold": "threshold",
    "top-k": "top-k",
    "sparsemax": "sparsemax",
    "hard: REINFORCE": "hard",
    "hard: straight-through": "hard-straight-through",
    "hard: Gumbel": "hard-gumbel",
    "readout": REFERENCE,
    "luong": "luong",
    "gate": "gate",
    "sum": "sum",
    "heads, concatenated": "heads-concat",
    "heads, averaged": "heads-average",
    "coverage": "coverage",
}
ROWS = {name: Row("multi30k", row) for name, row in MULTI30K.items()} | {
    "lexicon": Row("quickstart", "lexicon")
}
"""The study's row for each mechanism, by the first cell of its line; a line of another name has no figure."""


def fill(path: Path, results: Results) -> None:
    """Writes today's figures into the taxonomy."""
    path.write_text(filled(path.read_text(encoding="utf-8"), results), encoding="utf-8", newline="\n")


def filled(text: str, results: Results) -> str:
    """The taxonomy with today's figures."""
    lines, inside = [], False
    for line in text.split("\n"):
        inside = line.startswith("|") and (inside or line.rstrip(" |").endswith(COLUMN))
        name = line.split("|")[1].strip() if inside else ""
        lines.append(
            f"{line[: line.rstrip(' |').rindex('|')]}| {_figure(results, name)} |" if name in ROWS else line
        )
    return "\n".join(lines)


def _figure(results: Results, name: str) -> str:
    row = ROWS[name]
    try:
        bleu = results.card(row.corpus, row.name)["bleu"]["score"]
    except Missing:
        return "not measured"
    return f"{bleu:.1f}" + ("" if row.corpus == "multi30k" else f" ({row.corpus})")
