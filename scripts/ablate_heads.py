"""Do heads see different things?  What a model's BLEU loses without each of its heads, one at a time.

    python scripts/ablate_heads.py runs/multi30k-en-de-transformer --source val.en --reference val.de -o heads.json
    python scripts/ablate_heads.py --page heads.json                    # the table again, from the card alone

After Michel, Levy and Neubig 2019, "Are Sixteen Heads Really Better than One?", section 3.2: the context of one head
is replaced by zeros, in one attention at a time, and the set is translated again.  A difference with p < 0.05 in the
paired bootstrap test is marked.  Beside it, for heads that look into the source, how alike they look: the mean over all
pairs of heads of one layer of the distance between their rows of weights (half the sum of differences; 0 alike, 1
disjoint).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from nmt.errors import NmtError
from nmt.machine import settle

settle()

from nmt.decoding.translator import Translator
from nmt.evaluation.significance import paired_test
from nmt.models.attentions import heads
from nmt.stages.evaluate import parallel
from nmt.stages.translate_torch import load

ALL = "all"
WATCHED = 100  # sentences whose weights are compared


def ablate(model: Path, source: Path, reference: Path, *, beam: int | None, say: Any) -> dict[str, Any]:
    """The card: BLEU with all heads, and what it is without each."""
    sources, references = parallel(source, reference)
    whole = load(model)
    changes = {} if beam is None else {"beam": beam}
    names = list(heads(whole.engine.model))
    if not names:
        raise NmtError(str(model), "has no heads: nothing to ablate")
    texts = {ALL: whole.translate(sources, **changes)}
    for name in names:
        texts[name] = load(model, silent=[name]).translate(sources, **changes)
        say(f"without {name}")
    found = paired_test(texts, references, target_language=whole.tokenizers.target.language)
    return {
        "model": model.name,
        "references": reference.name,
        "sentences": len(references),
        "beam": beam or whole.options.beam,
        "signature": found.signature,
        "bleu": found.outcomes[ALL].score,
        "without": {
            name: {"bleu": one.score, "difference": one.difference, "p": one.p}
            for name, one in found.outcomes.items()
            if name != ALL
        },
        "distance": distances(whole, sources[:WATCHED]),
    }


def distances(translator: Translator, sources: Sequence[str]) -> dict[str, float]:
    """For each attention to the source with several heads: how unlike its heads look, 0 alike to 1 disjoint."""
    found: dict[str, list[float]] = {}
    for best in translator.search(sources):
        if not best[0].ids:
            continue
        for layer, weights in translator.look(best[0]).items():
            pairs = [np.abs(one - other).sum(axis=-1).mean() / 2 for one, other in combinations(weights, 2)]
            if pairs:
                found.setdefault(layer, []).append(float(np.mean(pairs)))
    return {layer: round(float(np.mean(each)), 4) for layer, each in found.items()}


def table(card: dict[str, Any]) -> Iterator[str]:
    """Markdown: a row a layer, a column a head."""
    layers: dict[str, list[dict[str, float]]] = {}
    for name, one in card["without"].items():
        layers.setdefault(name.rpartition(".")[0], []).append(one)
    count = max(len(one) for one in layers.values())
    yield f"BLEU {card['bleu']:.2f} with all heads, on {card['sentences']:,} sentences; without one head:"
    yield ""
    yield "| layer | " + " | ".join(f"head {head}" for head in range(count)) + " | distance |"
    yield "|---|" + "---:|" * (count + 1)
    for layer, each in layers.items():
        cells = [_cell(one) for one in each] + [""] * (count - len(each))
        distance = card["distance"].get(layer)
        yield f"| {layer} | {' | '.join(cells)} | {'–' if distance is None else f'{distance:.2f}'} |"


def _cell(one: dict[str, float]) -> str:
    """The difference, and a star where it is hardly chance."""
    return f"{one['difference']:+.2f}{'*' if one['p'] < 0.05 else ''}".replace("-", "−")


def _page(path: Path) -> int:
    """Prints the table of a card; returns the exit status."""
    try:
        print("\n".join(table(json.loads(path.read_text(encoding="utf-8")))))
    except (OSError, ValueError, KeyError) as error:
        print(f"ablate_heads: error: {path}: is no card of heads ({type(error).__name__})", file=sys.stderr)
        return 1
    return 0


def _width(text: str) -> int:
    if (width := int(text)) < 1:
        raise ValueError
    return width


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the card, prints its table; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--beam", type=_width, metavar="N", help="[the model's]")
    parser.add_argument("--page", type=Path, metavar="CARD", help="only the table of a card")
    parser.add_argument("-o", "--out", type=Path, metavar="CARD")
    options = parser.parse_args(arguments)
    if options.page:
        return _page(options.page)
    if not (options.model and options.source and options.reference):
        parser.error("give MODEL, --source and --reference, or --page CARD")
    try:
        card = ablate(
            options.model,
            options.source,
            options.reference,
            beam=options.beam,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
    except NmtError as error:
        print(f"ablate_heads: error: {error}", file=sys.stderr)
        return error.exit_code
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(card)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
