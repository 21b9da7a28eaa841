"""A run's figures as a small JSON card: what was trained, how long it took, and what it scores.

    python scripts/make_card.py runs/multi30k-en-de-rnn-bahdanau --test-set test_2016_flickr -o docs/cards/en-de.json
    python scripts/make_card.py runs/en-de-1 runs/en-de-2 runs/en-de-3 --test-set NAME -o docs/cards/en-de.json

Of several runs, one recipe's with several seeds, it has what each run tells, and mean and deviation of each metric.
Seconds are those of the training loop over all its sittings, validations included, as the run's own metrics say.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from nmt.errors import NmtError
from nmt.machine import cores, settle

settle()

from study.cards import trained

from nmt.stages.evaluate import evaluate_model, named_test_set
from nmt.stages.run_folder import RunFolder


def make_card(run: Path, test_set: str) -> dict[str, Any]:
    """Evaluates the best model of a run, and adds what the run's files know of its training."""
    return {
        "command": command_line(RunFolder(run).environment()["command"]),
        **trained(run),
        "cores": cores(),
        "test_set": test_set,
        **evaluate_model(run, *named_test_set(run, test_set)).report.as_dict(),
    }


def command_line(arguments: Sequence[str]) -> str:
    """What a person types for these arguments of a process, the program's path first."""
    program = Path(arguments[0])
    script = program.suffix == ".py" and program.stem != "__main__"
    return " ".join([f"python scripts/{program.name}" if script else "nmt", *arguments[1:]])


def over_seeds(cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One card of several: each metric's mean and deviation (of a sample, n - 1), and the cards themselves."""
    scores = {name: [card["metrics"][name]["score"] for card in cards] for name in cards[0]["metrics"]}
    return {
        "metrics": {
            name: {
                "mean": fmean(some),
                "deviation": stdev(some),
                "signature": cards[0]["metrics"][name]["signature"],
            }
            for name, some in scores.items()
        },
        "runs": list(cards),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one card; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--test-set", required=True, metavar="NAME")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        cards = [make_card(run, options.test_set) for run in options.runs]
    except NmtError as error:
        print(f"make_card: error: {error}", file=sys.stderr)
        return error.exit_code
    card = cards[0] if len(cards) == 1 else over_seeds(cards)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
