"""One trial from its overrides to its card, in a process of its own."""

import shlex
from typing import Any

from study import cards

from nmt.config.reader import read
from nmt.stages.train import run
from trial.listing import Trial, Trials
from trial.measure import measure, validation_set


def make(trials: Trials, trial: Trial, *, threads: int) -> int:
    """Trains, or goes on training, measures, and writes the card. Returns the signal that ended it, or 0.

    Raises:
        NmtError: config or data are wrong, or would show the trial a test set.
    """
    overrides = _overrides(trials, trial, threads)
    validation_set(read(trials.base, overrides))
    result = run(trials.base, overrides, out=trials.run(trial), say=print, listen=lambda event: None)
    if result.signal is not None:
        return result.signal
    figures = measure(trials, trial, workers=threads)
    head = _head(trials, trial, "done", threads)
    cards.write(trials.card(trial), {**head, **cards.trained(trials.run(trial)), **figures})
    return 0


def failed(trials: Trials, trial: Trial, why: str, *, threads: int) -> dict[str, Any]:
    """The card of a trial that could not be trained or measured."""
    return {**_head(trials, trial, "failed", threads), "why": why}


def _head(trials: Trials, trial: Trial, state: str, threads: int) -> dict[str, Any]:
    words = ["nmt", "train", str(trials.base)]
    words += [word for one in _overrides(trials, trial, threads) for word in ("--set", one)]
    return {
        "trial": trial.key,
        "state": state,
        **trials.made(trial),
        "note": trial.note,
        "command": shlex.join(words),
    }


def _overrides(trials: Trials, trial: Trial, threads: int) -> list[str]:
    return [*trials.overrides(trial), f"training.threads={threads}"]
