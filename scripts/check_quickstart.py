"""Does the quickstart's score mean anything? Its controls, each trained for the same seconds.

    python scripts/check_quickstart.py --seconds 150 --out docs/cards/quickstart.json

rnn         the shipped recipe
none        without attention: a fixed vector
uniform     attention that may look but not weigh
renamed     机器学习 replaced by 甲乙丙丁 in a copy of the training text: the model must say what it read
shuffled    training targets in random order: nothing can be learned, so a high score would be a leak

Each is scored on the test set and on the set of longer sentences; the dictionary is the corpus maker's figure.
"""

import argparse
import json
import platform
import random
from pathlib import Path
from typing import Any

from nmt.machine import cores, settle

settle()

from nmt.config.reader import read
from nmt.data.build import read_parallel
from nmt.evaluation.scores import evaluate
from nmt.stages.align import align, read_gold, read_texts
from nmt.stages.train import run
from nmt.stages.translate_torch import load

CONFIG = "configs/quickstart-rnn.yaml"
SENTENCE, NAME, OTHER_NAME = "I love machine learning.", "机器学习", "甲乙丙丁"
VARIANTS = ("rnn", "none", "uniform", "renamed", "shuffled")


def overrides(variant: str, folder: Path) -> list[str]:
    """What makes a variant of the recipe; corpora that it needs are written into its folder."""
    match variant:
        case "none":
            return ["model.attention=none"]
        case "uniform":
            return ["model.attention.align.type=uniform"]
        case "renamed":
            lines = Path("data/train.zh").read_text(encoding="utf-8").replace(NAME, OTHER_NAME)
            return [f"data.train.target={_written(folder, lines)}"]
        case "shuffled":
            shuffled = Path("data/train.zh").read_text(encoding="utf-8").splitlines(keepends=True)
            random.Random(1).shuffle(shuffled)
            return [f"data.train.target={_written(folder, ''.join(shuffled))}"]
        case _:
            return []


def _written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "train.zh"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def measure(variant: str, seconds: float, runs: Path) -> dict[str, Any]:
    """Trains a variant and scores it."""
    limits = [f"training.max_seconds={seconds}", "training.max_steps=100000"]
    result = run(
        CONFIG,
        [*limits, *overrides(variant, runs / f"{variant}-corpus")],
        out=runs / variant,
        say=print,
        listen=lambda event: None,
    )
    translator = load(result.run)
    card: dict[str, Any] = {"variant": variant, "steps": result.step, "best_step": result.best_step}
    for name, files in read(CONFIG).data.test.items():
        sources, references = read_parallel(files)
        report = evaluate(
            translator.translate(sources), references, target_language="zh", metrics=["bleu"], sources=sources
        )
        card[name] = vars(report.metrics["bleu"])
    card["says"] = translator.translate([SENTENCE])[0]
    if variant != "none":
        files = [Path("data") / f"test.{kind}" for kind in ("en", "zh", "tok.en", "tok.zh", "align")]
        alignment = align(
            translator, read_texts(files[0], files[1], source_words=files[2], target_words=files[3])
        )
        model, diagonal = alignment.error(read_gold(files[4], alignment))
        card["alignment_error"], card["diagonal_alignment_error"] = round(model, 4), round(diagonal, 4)
    return card


def main() -> None:
    """Measures the variants in turn, keeping the cards as they come."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=150, help="training time of each variant")
    parser.add_argument("--runs", type=Path, default=Path("runs/quickstart-checks"))
    parser.add_argument("--out", type=Path, default=Path("docs/cards/quickstart.json"))
    parser.add_argument("variants", nargs="*", default=VARIANTS)
    arguments = parser.parse_args()
    machine = f"{platform.machine()}, {cores()} cores"
    cards = {}
    if arguments.out.exists():
        cards = {
            card["variant"]: card for card in json.loads(arguments.out.read_text(encoding="utf-8"))["cards"]
        }
    for variant in arguments.variants:
        cards[variant] = measure(variant, arguments.seconds, arguments.runs)
        print(json.dumps(cards[variant], ensure_ascii=False))
        everything = {
            "seconds": arguments.seconds,
            "seed": 1,
            "machine": machine,
            "cards": list(cards.values()),
        }
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(
            json.dumps(everything, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
