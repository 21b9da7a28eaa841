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
    words += [word for one in _seeded(row, overrides) for word in ("--set", one)]
    return shlex.join(words)


def _seeded(row: Row, overrides: Sequence[str]) -> list[str]:
    """The configs have the first seed."""
    return [*overrides, *([] if row.seed == 1 else [f"training.seed={row.seed}"])]


def make(places: Places, row: Row, overrides: Sequence[str], *, workers: int) -> int:
    """Trains, or goes on training, measures, and writes the card. Returns the signal that ended it, or 0.

    Raises:
        NmtError: the config or the data are wrong.
    """
    if row.corpus == "europarl":
        europarl.make()
    result = run(
        places.config(row), _seeded(row, overrides), out=places.run(row), say=print, listen=lambda event: None
    )
    if result.signal is not None:
        return result.signal
    figures = measure(places, row, workers=workers)
    cards.write(places.card(row), cards.done(places, row, command(places, row, overrides), figures))
    return 0
