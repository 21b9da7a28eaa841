"""The last column of the taxonomy's tables: what each mechanism scores in the study."""

from pathlib import Path

from study.results import Missing, Results
from study.rows import REFERENCE

TAXONOMY = Path("nmt/attention/README.md")
COLUMN = "BLEU in the study"
ROWS = {
    "additive": ("multi30k", REFERENCE),
    "concat": ("multi30k", "concat"),
    "general": ("multi30k", "general"),
    "dot": ("multi30k", "dot"),
    "scaled dot": ("multi30k", "scaled-dot"),
    "cosine": ("multi30k", "cosine"),
    "location": ("multi30k", "location"),
    "none (global)": ("multi30k", REFERENCE),
    "monotonic (local-m)": ("multi30k", "local-m"),
    "predictive (local-p)": ("multi30k", "local-p"),
    "its centre: argmax": ("multi30k", "local-p-argmax"),
    "its centre: sampled": ("multi30k", "local-p-sampled"),
    "soft": ("multi30k", REFERENCE),
    "uniform": ("multi30k", "uniform"),
    "threshold": ("multi30k", "threshold"),
    "top-k": ("multi30k", "top-k"),
    "sparsemax": ("multi30k", "sparsemax"),
    "hard: REINFORCE": ("multi30k", "hard"),
    "hard: straight-through": ("multi30k", "hard-straight-through"),
    "hard: Gumbel": ("multi30k", "hard-gumbel"),
    "readout": ("multi30k", REFERENCE),
    "luong": ("multi30k", "luong"),
    "gate": ("multi30k", "gate"),
    "sum": ("multi30k", "sum"),
    "heads, concatenated": ("multi30k", "heads-concat"),
    "heads, averaged": ("multi30k", "heads-average"),
    "coverage": ("multi30k", "coverage"),
    "lexicon": ("quickstart", "lexicon"),
}
"""The study's row for each mechanism, by the first cell of its line; a line of another name has no figure."""


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
    corpus, row = ROWS[name]
    try:
        bleu = results.card(corpus, row)["bleu"]["score"]
    except Missing:
        return "not measured"
    return f"{bleu:.1f}" + ("" if corpus == "multi30k" else f" ({corpus})")
