"""Where a command reads and writes: pipes, files that are never half-written, and a prompt for people."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from nmt.errors import NmtError


def settle_streams() -> None:
    """Streams that the caller closed are empty ones, and stdout is UTF-8 whatever the locale."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  stays open
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # a TextIOWrapper


@contextmanager
def open_output(path: Path | None, *, force: bool) -> Iterator[TextIO]:
    """stdout, or a file that appears under its name only when everything was written.

    Raises:
        NmtError: the file exists and ``force`` was not given, or cannot be written.
    """
    if path is None or str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    refuse_existing(path, force=force)
    if path.exists() and not path.is_file():  # a device or a pipe: never to be replaced by a rename
        with path.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        temporary.replace(path)
    except OSError as error:
        raise NmtError(str(path), f"cannot be written: {(error.strerror or str(error)).lower()}") from error
    finally:
        temporary.unlink(missing_ok=True)


def refuse_existing(path: Path | None, *, force: bool) -> None:
    """Raises NmtError where a file would be overwritten; ask before the work, not after it."""
    if path is not None and path.exists() and not force:
        raise NmtError(str(path), "exists already", "--force overwrites it")


def prompted(lines: Iterator[str]) -> Iterator[str]:
    """The lines that a person types, each after a prompt on stderr."""
    print("Type a sentence; end with Ctrl-D.", file=sys.stderr)
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        line = next(lines, None)
        if line is None:
            print(file=sys.stderr)
            return
        yield line
