"""The trials' package, a list of trials of a tiny experiment, and planted cards."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
if str(ROOT / "scripts") not in sys.path:
    sys.path.insert(0, str(ROOT / "scripts"))

from trial import listing  # noqa: E402  (its folder was unknown)
from trial.listing import Trials  # noqa: E402

LIST = """\
base: tiny.yaml
budget: {training.max_steps: 4, training: {log_every: 2}}
trials:
  base: []
  r-drop: {training.r_drop: 2.5, model.dropout: 0.1, note: half of the paper's 5}
  cooldown: ["training.schedule={type: inverse_sqrt, warmup: 1, decay: 0.5}"]
  wrong: {training.r_drop: 2.5}
"""


@pytest.fixture
def trials(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trials:
    """A list in a folder to work in, which has the text and the config that it names."""
    for file in small_corpus.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/small.yaml").write_text(LIST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return listing.read(Path("docs/small.yaml"), Path("runs"))


@pytest.fixture
def plant(trials: Trials) -> Callable[..., None]:
    """Writes the card of a trial that scores so many BLEU at each exponent."""

    def write(name: str, *bleu: float, **changes: Any) -> None:
        (trial,) = trials.chosen([name])
        card = {
            "trial": name,
            "state": "done",
            **trials.made(trial),
            "seed": 1,
            "precision": "fp32",
            "torch_threads": 1,
            "packages": {"torch": "2.13.0"},
            "steps": 2000,
            "best_step": 1500,
            "seconds": 615.0,
            "parameters": 3000000,
            "sentences": 500,
            "beam": 5,
            "losses": {"train": 3.5, "train_nll": 2.25, "validation": 2.5},
            "signatures": {"bleu": "case:mixed", "bleu_lower": "case:lc", "chrf": "nc:6"},
            "scores": {
                alpha: {"bleu": one, "bleu_lower": one + 1, "chrf": one + 20}
                for alpha, one in zip(("0.6", "1.0", "1.4"), bleu, strict=True)
            },
            **changes,
        }
        path = trials.card(trial)
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(card), encoding="utf-8")

    return write
