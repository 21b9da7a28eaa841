"""One row from its config to its card, in a process of its own."""

import shlex
from collections.abc import Sequence

from nmt.stages.train import run
from study import cards, europarl
from study.measure import measure
from study.rows import Places, Row


def command(places: Places, row: Row, overrides: Sequence[str]) -> str:
    """The command that trains the same."""
    words = ["nmt", "train", str(places.config(row))]
    words += [word for one in overrides for word in ("--set", one)]
    return shlex.join(words)


def make(places: Places, row: Row, overrides: Sequence[str], *, workers: int) -> int:
    """Trains, or goes on training, measures, and writes the card. Returns the signal that ended it, or 0.

    Raises:
        NmtError: the config or the data are wrong.
    """
    if row.corpus == "europarl":
        europarl.make()
    result = run(places.config(row), overrides, out=places.run(row), say=print, listen=lambda event: None)
    if result.signal is not None:
        return result.signal
    figures = measure(places, row, workers=workers)
    cards.write(places.card(row), cards.done(places, row, command(places, row, overrides), figures))
    return 0
