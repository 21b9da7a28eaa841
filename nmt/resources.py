"""Finds what ships with the program: the small corpus and the ready configurations.

A wheel carries them in ``nmt/_shipped``; in the source tree they stand beside the package.
"""

from pathlib import Path

from nmt.errors import NmtError

_PACKAGE = Path(__file__).resolve().parent
_ROOMS = (_PACKAGE / "_shipped", _PACKAGE.parent)


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, as in ``shipped("data/test.en")`` or ``shipped("configs")``.

    Raises:
        NmtError: nothing of that name ships, or the installation has lost it.
        ValueError: the name leads outside ``data`` and ``configs``.
    """
    if Path(name).parts[:1] not in (("data",), ("configs",)) or ".." in Path(name).parts:
        raise ValueError(f"only data/ and configs/ ship, not {name!r}")
    for room in _ROOMS:
        if (room / name).exists():
            return room / name
    raise NmtError(
        name, "does not ship with this installation", "reinstall nmt, or run in a clone of its repository"
    )
