"""``nmt train --processes N``: the same command as N processes of this machine, which meet in a file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from nmt.errors import Followed, NmtError
from nmt.machine import STARTER, STORE

GRACE = 10.0  # seconds that the others have to end by themselves once one has failed
LOOK = 0.05  # seconds between two looks at them

AGAIN = "the same command goes on from the last checkpoint"
HANDED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)

Members = Sequence[subprocess.Popen[bytes]]


def is_member() -> bool:
    """Whether this process is one of several that somebody has started."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def together(processes: int, arguments: Sequence[str]) -> int:
    """Runs ``nmt ARGUMENTS`` as so many processes; the exit code of the one whose failure the others followed, 0 where
    none failed.

    SIGTERM, SIGINT and SIGUSR1 are handed on to all of them; a terminal's Ctrl-C reaches them by this way alone.

    Raises:
        NmtError: one was killed, or they lost one another.
    """
    with TemporaryDirectory(prefix="nmt-") as place:
        members = [_start(rank, processes, arguments, Path(place) / "store") for rank in range(processes)]
        with _handing_on(members):
            failed = _wait(members)
    if failed is None:
        return 0
    rank, code = failed
    if code == Followed.exit_code:
        raise NmtError("the processes", "have lost one another", AGAIN)
    if code > 0:
        return code
    if -code in (signal.SIGTERM, signal.SIGINT):  # it came before there was anything to save
        return 128 - code
    what = f"was killed by {signal.Signals(-code).name}"
    raise NmtError(f"process {rank} of {processes}", what, AGAIN)


def _start(rank: int, world: int, arguments: Sequence[str], store: Path) -> subprocess.Popen[bytes]:
    told = {
        "RANK": rank,
        "WORLD_SIZE": world,
        "LOCAL_RANK": rank,
        "LOCAL_WORLD_SIZE": world,
        STORE: store,
        STARTER: os.getpid(),
    }
    environment = {**os.environ, **{name: str(value) for name, value in told.items()}}
    if sys.platform.startswith("linux"):
        environment.setdefault("GLOO_SOCKET_IFNAME", "lo")  # no network is needed, nor asked for a name
    return subprocess.Popen(
        [sys.executable, "-m", "nmt", *arguments], env=environment, start_new_session=True
    )


@contextmanager
def _handing_on(members: Members) -> Iterator[None]:
    """While open, what asks this process to end, or to save, asks all of them; in the end none of them is left."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        for member in members:
            member.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in HANDED_ON}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for member in members:
            member.kill()  # of those that have ended, none
            member.wait()


def _wait(members: Members) -> tuple[int, int] | None:
    """Until all have ended, or for :data:`GRACE` after one has failed: the rank and the code of that one."""
    late = float("inf")
    while any(member.poll() is None for member in members) and time.monotonic() < late:
        late = min(late, time.monotonic() + GRACE) if _failed(members) else late
        time.sleep(LOOK)
    return _failed(members)


def _failed(members: Members) -> tuple[int, int] | None:
    """One that has failed: before all one that was killed, and after all one that followed another."""
    ended = [(rank, member.returncode) for rank, member in enumerate(members) if member.poll()]
    return min(ended, key=lambda one: (one[1] > 0, one[1] == Followed.exit_code), default=None)
