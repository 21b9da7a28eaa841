"""One process at a time in a run's folder."""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from nmt.errors import NmtError, UsageError

LOCK = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While open, the folder is this process's; it is made where it is missing, and removed if nothing came into it.

    The lock is the operating system's, so that of a dead process is none, whatever its file says.

    Raises:
        NmtError: another process holds it.
        UsageError: a file is there.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(str(folder), "is no folder", "give another --out")
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    with _taken(path) as file:
        file.truncate(0)
        json.dump({"pid": os.getpid(), "host": platform.node()}, file)
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            for empty in made:
                with suppress(OSError):  # not empty
                    empty.rmdir()


def _taken(path: Path) -> IO[str]:
    """The lock's file, open and locked."""
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = _holder(file.read())
            file.close()
            what = f"is being trained by {holder}"
            raise NmtError(str(path.parent), what, "wait for it, or give another --out") from error
        with suppress(FileNotFoundError):
            if os.stat(path).st_ino == os.fstat(file.fileno()).st_ino:
                return file
        file.close()  # its holder removed it just before it was ours


def _holder(text: str) -> str:
    try:
        told = json.loads(text)
        return f"process {told['pid']} on {told['host']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
