"""Many rows, so many at once, each in a process of its own: one that fails or runs out of memory stops no other."""

import fcntl
import re
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from study import cards

Say = Callable[[str], None]

STOPPED = {128 + signal.SIGINT, 128 + signal.SIGTERM, -signal.SIGINT, -signal.SIGTERM}


class Keyed(Protocol):
    """What can be run: something hashable with a name."""

    @property
    def key(self) -> str: ...


class Places(Protocol):
    """Where a row's log and its card are."""

    def log(self, row: Any) -> Path: ...

    def card(self, row: Any) -> Path: ...


Row = TypeVar("Row", bound=Keyed)
Failed = Callable[[Row, str], dict[str, Any]]
"""The card of a row that could not be made, and why."""


class Busy(Exception):
    """Another study is at work in the same folder."""


@contextmanager
def only_one(runs: Path) -> Iterator[int]:
    """Holds the folder of runs, and gives the lock's descriptor: rows inherit it, so that a study that was killed
    holds the folder until its last row has ended.

    Raises:
        Busy: somebody else holds it.
    """
    runs.mkdir(parents=True, exist_ok=True)
    with (runs / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{runs}: another study, or what is left of one, is at work here") from None
        yield file.fileno()


def due(places: Places, rows: Sequence[Row], *, retry: bool) -> list[Row]:
    """The rows without a card; with ``retry`` also those whose card says that they failed."""

    def is_due(row: Row) -> bool:
        card = cards.read(places.card(row))
        return card is None or (retry and card["state"] == "failed")

    return [row for row in rows if is_due(row)]


def run_rows(
    places: Places,
    rows: Sequence[Row],
    command: Callable[[Row], Sequence[str]],
    *,
    jobs: int,
    lock: int,
    failed: Failed[Row],
    say: Say,
) -> bool:
    """Runs ``command(row)`` for each row, in order; what it prints goes into the row's log.

    A row that fails gets its card with the last line of its log. Returns whether a row was stopped by a signal; if this
    process is told to end (:func:`settle_signals`), it ends its rows, which save what they have, and waits for them: a
    terminal's Ctrl-C does not reach the rows themselves.
    """
    waiting, running, stopped = deque(rows), dict[Row, subprocess.Popen[bytes]](), False
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                row = waiting.popleft()
                say(f"{row.key}: begins; {places.log(row)}")
                with places.log(row).open("ab") as log:
                    running[row] = subprocess.Popen(
                        command(row), stdout=log, stderr=log, pass_fds=[lock], start_new_session=True
                    )
            time.sleep(0.1)
            for row in [row for row, process in running.items() if process.poll() is not None]:
                code = running.pop(row).returncode
                stopped |= code in STOPPED
                say(f"{row.key}: {_ended(places, row, code, failed)}")
    finally:
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        for process in running.values():
            process.wait()
    return stopped


def settle_signals() -> None:
    """SIGTERM and SIGINT end this process by way of its ``finally`` clauses, with the exit code of the signal."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _ended(places: Places, row: Row, code: int, failed: Failed[Row]) -> str:
    if code == 0:
        return "done"
    if code in STOPPED:
        return "stopped; the same command goes on"
    why = f"killed by signal {-code}" if code < 0 else _last_line(places.log(row))
    cards.write(places.card(row), failed(row, why))
    return f"failed: {why}"


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    return re.sub(r"^\w+: error: ", "", last)
