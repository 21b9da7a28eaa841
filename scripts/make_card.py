"""A run's figures as a small JSON card: what was trained, how long it took, and what it scores.

    python scripts/make_card.py runs/multi30k-en-de-rnn-bahdanau --test-set test_2016_flickr -o docs/cards/en-de.json

Seconds are those of the training loop over all its sittings, validations included, as the run's own metrics say.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from nmt.machine import cores, settle

settle()

from nmt.stages.evaluate import evaluate_model, named_test_set

KEPT = ("precision", "torch_threads", "seed", "machine", "python", "packages")


def make_card(run: Path, test_set: str) -> dict[str, Any]:
    """Evaluates the best model of a run, and adds what the run's files know of its training."""
    surroundings = json.loads((run / "environment.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if "seconds" in row]
    validations = [row for row in rows if row["type"] == "validation"]
    command = ["nmt", *surroundings["command"][1:]]
    return {
        "command": " ".join(command),
        **{name: surroundings[name] for name in KEPT},
        "cores": cores(),
        "steps": rows[-1]["step"],
        "seconds": rows[-1]["seconds"],
        "best": max((row for row in validations if row["best"]), key=lambda row: row["step"]),
        "test_set": test_set,
        **evaluate_model(run, *named_test_set(run, test_set)).report.as_dict(),
    }


def main() -> None:
    """Writes one card."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--test-set", required=True, metavar="NAME")
    parser.add_argument("-o", "--out", type=Path, required=True)
    arguments = parser.parse_args()
    card = make_card(arguments.run, arguments.test_set)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
