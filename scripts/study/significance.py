"""Paired bootstrap between rows (Koehn 2004), as ``sacrebleu --paired-bs`` does it."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sacrebleu.significance import PairedTest

from nmt.config.reader import read as read_config
from nmt.data.build import read_parallel
from nmt.evaluation.metrics import build_metric
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


def paired(
    baseline: Sequence[str], others: Mapping[str, Sequence[str]], references: Sequence[str], language: str
) -> dict[str, tuple[float, float]]:
    """For each of the others its BLEU less the baseline's, and the p of a difference that large by chance."""
    # sacreBLEU counts differences greater than the observed one, so it finds equal translations surely different.
    equal = {name: (0.0, 1.0) for name, one in others.items() if list(one) == list(baseline)}
    others = {name: one for name, one in others.items() if name not in equal}
    if not others:
        return equal
    metric = build_metric("bleu", language, references)
    test = PairedTest(
        [("", list(baseline)), *((name, list(one)) for name, one in others.items())],
        {"BLEU": metric},
        None,
        "bs",
    )
    _, scores = test()
    first, *rest = scores["BLEU"]
    tested = zip(others, rest, strict=True)
    return equal | {name: (float(one.score - first.score), float(one.p_value)) for name, one in tested}


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
        results = paired(found[baseline], {name: found[name] for name in names}, references, language)
        for name, (difference, p) in results.items():
            known[f"{name} {baseline}"] = {
                "difference": round(difference, 4),
                "p": round(p, 5),
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
    experiment = read_config(places.config(Row(corpus, REFERENCE)))
    _, references = read_parallel(experiment.data.test[CORPORA[corpus].test])
    return [line.rstrip() for line in references], experiment.languages.target


def _translations(places: Places, row: Row) -> list[str]:
    path = places.translations(row)
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.is_file() else []
