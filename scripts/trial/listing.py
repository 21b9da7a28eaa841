"""A list of trials: one YAML file, which names a base, a budget that all share, and what each trial changes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study import cards

from nmt.config.document import Unreadable, parse
from nmt.config.writing import flow
from nmt.errors import ConfigErrors, UsageError

KEYS = ("base", "budget", "trials")
NOTE = "note"  # among the keys of a trial: why it was tried


@dataclass(frozen=True)
class Trial:
    """One training; ``changes`` are overrides as ``nmt train --set`` takes them."""

    key: str
    changes: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Trials:
    """A list, and where what comes of it is kept: cards and page beside it, all else under ``runs``."""

    path: Path
    base: Path
    budget: tuple[str, ...]
    trials: tuple[Trial, ...]
    runs: Path

    @property
    def page(self) -> Path:
        return self.path.with_suffix(".md")

    def overrides(self, trial: Trial) -> tuple[str, ...]:
        """Those of the budget, and upon them the trial's own."""
        return (*self.budget, *trial.changes)

    def card(self, trial: Trial) -> Path:
        return self.path.with_suffix("") / f"{trial.key}.json"

    def run(self, trial: Trial) -> Path:
        return self.runs / trial.key

    def log(self, trial: Trial) -> Path:
        return self.runs / f"{trial.key}.log"

    def translations(self, trial: Trial, alpha: float) -> Path:
        """Those of the validation set under one length exponent; only figures go into the card."""
        return self.runs / f"{trial.key}.{alpha}.txt"

    def made(self, trial: Trial) -> dict[str, Any]:
        """What a trial is made of, as its card tells."""
        return {
            "base": str(self.base),
            "budget": list(self.budget),
            "overrides": list(trial.changes),
        }

    def chosen(self, names: Iterable[str]) -> list[Trial]:
        """The trials of these names, in the order of the list; all of them for no name.

        Raises:
            UsageError: no trial is called so.
        """
        names = list(names)
        for name in names:
            if name not in {trial.key for trial in self.trials}:
                raise UsageError(str(self.path), f"no trial is called {name!r}")
        return [trial for trial in self.trials if not names or trial.key in names]

    def refuse_stale(self, trials: Iterable[Trial]) -> None:
        """Raises UsageError where a card tells of another trial of the same name."""
        for trial in trials:
            card = cards.read(self.card(trial))
            if card is not None and {name: card[name] for name in self.made(trial)} != self.made(trial):
                what = "is of other overrides than the list's"
                hint = f"another name for the new ones; or remove it, and {self.run(trial)}"
                raise UsageError(str(self.card(trial)), what, hint)


def read(path: Path, runs: Path) -> Trials:
    """A list from its file; trials are not looked into, so that a wrong one fails alone.

    ``budget`` and each trial are lists of overrides, or mappings of them; in a mapping ``note`` says why.

    Raises:
        UsageError: the file is missing, or is no list of trials.
    """
    told = _mapping(path)
    if unknown := sorted(told.keys() - set(KEYS)):
        raise UsageError(str(path), f"unknown key {unknown[0]!r}", f"known: {', '.join(KEYS)}")
    if not isinstance(told.get("base"), str) or not isinstance(told.get("trials") or None, dict):
        raise UsageError(str(path), "needs a base, a config's path, and trials, a mapping from names")
    trials = []
    for name, given in told["trials"].items():
        if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]*", name):
            raise UsageError(
                str(path), f"trials: {name!r} is no name", "letters, digits, '.', '_' and '-' make one"
            )
        note = given.pop(NOTE, "") if isinstance(given, dict) else ""
        trials.append(Trial(name, _overrides(path, f"trials.{name}", given), str(note)))
    budget = _overrides(path, "budget", told.get("budget", ()))
    return Trials(path, Path(told["base"]), budget, tuple(trials), runs / path.stem)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        tree, problems = parse(path.read_text(encoding="utf-8"), str(path))
    except Unreadable as error:
        raise ConfigErrors(str(path), (str(error.problem),)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(path), (getattr(error, "strerror", "") or "cannot be read").lower()) from None
    if problems:
        raise ConfigErrors(str(path), tuple(map(str, problems)))
    told = tree.plain()
    if not isinstance(told, dict):
        raise UsageError(str(path), f"is no mapping of {', '.join(KEYS)}")
    return told


def _overrides(path: Path, place: str, given: Any) -> tuple[str, ...]:
    """``{training.r_drop: 2.5}`` and ``[training.r_drop=2.5]`` alike as ``("training.r_drop=2.5",)``."""
    match given:
        case Mapping():
            return tuple(f"{key}={flow(value)}" for key, value in given.items())
        case tuple() if all(isinstance(one, str) for one in given):
            return given
        case _:
            raise UsageError(str(path), f"{place}: neither a list of overrides nor a mapping of them")
