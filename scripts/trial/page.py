"""The page of a list: a table from its cards alone, the best first."""

from collections.abc import Callable
from typing import Any

from study import cards
from study.results import signed

from trial.listing import Trial, Trials
from trial.measure import ALPHAS

Card = dict[str, Any]

HEAD = """\
# Trials: {name}

`python scripts/trials.py page {path}` writes this page from the cards in `{name}/`; `python
scripts/trials.py run {path}` trains and measures what has no card. Every trial is
`{base}`{budget} and what its row says, trained once, so that a small difference may be the seed's.

All figures are of the validation set, with the best checkpoint; no test set was looked at. BLEU is that of the best
length exponent of {alphas}, and its difference is to {first}'s.
"""


def write(trials: Trials) -> None:
    """Writes the page beside the list.

    Raises:
        UsageError: a card is of other overrides than the list's.
    """
    trials.refuse_stale(trials.trials)
    trials.page.write_text(text(trials), encoding="utf-8", newline="\n")


def text(trials: Trials) -> str:
    """The page as Markdown."""
    found = {trial: card for trial in trials.trials if (card := cards.read(trials.card(trial))) is not None}
    done = {trial: card for trial, card in found.items() if card["state"] == "done"}
    best = sorted(done, key=lambda trial: -_bleu(done[trial]))
    first = done.get(trials.trials[0])
    lines = [_line(["trial", "changes", *_cells(first), "note"])]
    lines.append("|---|---|" + "---:|" * len(_cells(first)) + "---|")
    lines += [
        _line(
            [trial.key, _changes(trial), *(cell(done[trial]) for cell in _cells(first).values()), trial.note]
        )
        for trial in best
    ]
    lines += [
        _line(
            [
                trial.key,
                _changes(trial),
                f"failed: {card['why']}",
                *[""] * (len(_cells(first)) - 1),
                trial.note,
            ]
        )
        for trial, card in found.items()
        if trial not in done
    ]
    return "\n".join([_head(trials), *lines, "", *_settings(done), *_missing(trials, found)])


def _head(trials: Trials) -> str:
    return HEAD.format(
        name=trials.path.stem,
        path=trials.path,
        base=trials.base,
        budget=f" with `{', '.join(trials.budget)}`" if trials.budget else "",
        alphas=", ".join(map(str, ALPHAS)),
        first=trials.trials[0].key,
    )


def _bleu(card: Card) -> float:
    """Cased, at the best exponent."""
    return max(one["bleu"] for one in card["scores"].values())


def _cells(first: Card | None) -> dict[str, Callable[[Card], str]]:
    """The columns of figures; ``first`` is the card that differences are to."""

    def best(name: str) -> Callable[[Card], str]:
        """The score under the exponent that is best for BLEU."""
        return lambda card: f"{max(card['scores'].values(), key=lambda one: one['bleu'])[name]:.2f}"

    return {
        "BLEU": best("bleu"),
        "difference": lambda card: "?" if first is None else signed(_bleu(card) - _bleu(first)),
        f"at {' / '.join(map(str, ALPHAS))}": lambda card: " / ".join(
            f"{card['scores'][str(alpha)]['bleu']:.2f}" for alpha in ALPHAS
        ),
        "lower-cased": best("bleu_lower"),
        "chrF": best("chrf"),
        "nll, training / validation": lambda card: " / ".join(
            "?" if card["losses"][name] is None else f"{card['losses'][name]:.3f}"
            for name in ("train_nll", "validation")
        ),
        "steps, best": lambda card: f"{card['steps']:,}, {card['best_step']:,}",
        "minutes": lambda card: f"{card['seconds'] / 60:.0f}",
        "parameters": lambda card: f"{card['parameters']:,}",
    }


def _settings(done: dict[Trial, Card]) -> list[str]:
    """What else the figures hang on: once where all trials were measured alike, else with the trials' names."""
    told: dict[str, list[str]] = {}
    for trial, card in done.items():
        threads = f"{card['torch_threads']} thread{'s' if card['torch_threads'] > 1 else ''}"
        setting = (
            f"{card['sentences']:,} sentences, beam {card['beam']}, seed {card['seed']}, {card['precision']} on "
            f"{threads}, torch {card['packages']['torch']}; "
        )
        signatures = ", ".join(f"`{one}`" for one in card["signatures"].values())
        told.setdefault(f"{setting}{signatures}.\n", []).append(trial.key)
    if len(told) < 2:
        return list(told)
    return [f"{', '.join(names)}: {line}" for line, names in told.items()]


def _missing(trials: Trials, found: dict[Trial, Card]) -> list[str]:
    names = [trial.key for trial in trials.trials if trial not in found]
    return [f"Without a card yet: {', '.join(names)}.\n"] if names else []


def _changes(trial: Trial) -> str:
    return ", ".join(f"`{one}`" for one in trial.changes) or "nothing"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
