"""Paired bootstrap between rows, made once for each pair of translations and kept beside the cards."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from nmt.config.reader import read as read_config
from nmt.data.build import read_parallel
from nmt.evaluation.significance import paired_test
from study.rows import CORPORA, REFERENCE, Places, Row

BASELINES = (REFERENCE, "none", "uniform", "hard-random")
"""What every row is compared with."""
PAIRS = (
    ("scaled-dot", "dot"),
    ("heads-average", "heads-concat"),
    ("luong", "luong-no-feeding"),
    ("hard", "hard-straight-through"),
    ("hard", "hard-gumbel"),
)
"""(row, baseline): what else some claim asks."""


def digest(translations: Sequence[str]) -> str:
    """What tells one set of translations from another."""
    return sha256("\n".join(translations).encode()).hexdigest()[:16]


def compare(places: Places, corpus: str) -> None:
    """Compares the rows whose translations are here. A comparison that was made of the same translations stands,
    also where a row was trained elsewhere."""
    known = read(places, corpus)
    found = {
        name: lines for name in CORPORA[corpus].rows if (lines := _translations(places, Row(corpus, name)))
    }
    digests = {name: digest(lines) for name, lines in found.items()}
    wanted: dict[str, list[str]] = {}
    for baseline in found:
        for name in found:
            asked = baseline in BASELINES or (name, baseline) in PAIRS
            old = known.get(f"{name} {baseline}", {})
            if asked and name != baseline and old.get("of") != [digests[name], digests[baseline]]:
                wanted.setdefault(baseline, []).append(name)
    for baseline, names in wanted.items():
        references, language = _references(places, corpus)
        systems = {name: found[name] for name in (baseline, *names)}
        outcomes = paired_test(systems, references, target_language=language).outcomes
        for name in names:
            known[f"{name} {baseline}"] = {
                "difference": round(outcomes[name].difference, 4),
                "p": round(outcomes[name].p, 5),
                "of": [digests[name], digests[baseline]],
            }
    if wanted:
        path = places.comparisons(corpus)
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(known[key])}" for key in sorted(known))
        path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def read(places: Places, corpus: str) -> dict[str, dict[str, Any]]:
    """The comparisons so far: ``"row baseline"`` to difference, p, and the digests of both translations."""
    path = places.comparisons(corpus)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _references(places: Places, corpus: str) -> tuple[list[str], str]:
    """Of the test set that the corpus's reference row names."""
    experiment = read_config(places.config(Row(corpus, CORPORA[corpus].reference)))
    _, references = read_parallel(experiment.data.test[CORPORA[corpus].test])
    return references, experiment.languages.target


def _translations(places: Places, row: Row) -> list[str]:
    path = places.translations(row)
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.is_file() else []
