"""SIGTERM and SIGINT ask a training to end after its step, a second one ends it at once; SIGUSR1 asks it to save."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOP = (signal.SIGTERM, signal.SIGINT)
SAVE = signal.SIGUSR1


@dataclass
class Asked:
    """What signals asked for. stop: the number of the one that wants the run to end; save: a checkpoint, now."""

    stop: int | None = None
    save: bool = False


@contextmanager
def asked() -> Iterator[Asked]:
    """While open, signals are noted; the second that wants the end finds the handlers that were there before."""
    noted = Asked()
    before = {number: signal.getsignal(number) for number in (*STOP, SAVE)}

    def stop(number: int, frame: FrameType | None) -> None:
        noted.stop = number
        for each in STOP:
            signal.signal(each, before[each])

    def save(number: int, frame: FrameType | None) -> None:
        noted.save = True

    for number in STOP:
        signal.signal(number, stop)
    signal.signal(SAVE, save)
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
