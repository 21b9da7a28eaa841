"""The study's package, and planted cards."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

from study.rows import Places, Row  # noqa: E402  (its folder was unknown)

CARD = {
    "command": "nmt train",
    "seed": 1,
    "precision": "bf16",
    "torch_threads": 1,
    "packages": {"torch": "2.13.0"},
    "steps": 60,
    "seconds": 600.0,
    "parameters": 3000000,
    "test_set": "test",
    "chrf": {"score": 50.0, "low": 49.0, "high": 51.0},
    "repeated_4grams": 3,
    "also": {"long": 12.5},
    "noise": {"typos 10%": 27.0, "typos 20%": 24.0, "drops 10%": 27.0, "drops 20%": 24.0},
    "alignment": {"as_is": 0.3, "next_row": 0.2, "row_before": 0.6, "diagonal": 0.65},
    "erase": {"most": 1.5, "other": 0.25, "difference": 1.25, "half_interval": 0.1},
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The project's configs, and folders of one's own for all that is made."""
    return Places(configs=ROOT / "configs/attention", runs=tmp_path / "runs", cards=tmp_path / "study")


@pytest.fixture
def plant(places: Places) -> Callable[..., dict[str, Any]]:
    """Writes a card whose row scores so many BLEU: ``lengths`` from the shortest sources to the longest."""

    def write(
        row: Row, bleu: float, *, lengths: tuple[float, ...] = (30.0, 30.0), **changes: Any
    ) -> dict[str, Any]:
        buckets = [
            {"from": 10 * k, "to": 10 * k + 9, "unit": "words", "sentences": 50, "score": one}
            for k, one in enumerate(lengths)
        ]
        card = {
            "corpus": row.corpus,
            "row": row.name,
            "state": "done",
            "changed": places.changed(row),
            **CARD,
            "bleu": {"score": bleu, "low": bleu - 1, "high": bleu + 1, "signature": "tok:13a"},
            "lengths": buckets,
            "translations": f"{row.key} {bleu}",
            **changes,
        }
        path = places.card(row)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(card), encoding="utf-8")
        return card

    return write


@pytest.fixture
def tiny(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A folder to work in with data/, and the configs of four rows of four updates."""
    (tmp_path / "data").mkdir()
    for file in small_corpus.iterdir():
        if file.is_file():
            (tmp_path / "data" / file.name).write_bytes(file.read_bytes())
    base = (small_corpus / "tiny.yaml").read_text(encoding="utf-8")
    for part in ("train", "valid", "test"):
        base = base.replace(f" {part}.", f" data/{part}.")
    base = base.replace("  test:\n", "  test:\n    long: {source: data/test.en, target: data/test.zh}\n")
    places = Places(Path("configs"), Path("runs"), Path("docs/study"))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/base-quickstart.yaml").write_text(base, encoding="utf-8")
    for name, line in {
        "additive": "model: {attention: {score: {type: additive}}}",
        "none": "model: {attention: none}",
        "dot": "model: {attention: {score: {type: dot}}}",  # of unequal widths: it must fail
    }.items():
        text = f"# nmt train\nbase: base-quickstart.yaml\n{line}\n"
        (tmp_path / f"configs/quickstart-{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return places
