"""Folders and pointers that change in one step: whole or absent whatever kills the process."""

import os
import shutil
from pathlib import Path

from nmt.bundle import seal, sync


class fresh_folder:
    """A folder that appears whole or not at all: written aside, sealed, and renamed when the block ends well."""

    def __init__(self, final: Path) -> None:
        self.final = final
        self.temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")

    def __enter__(self) -> Path:
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        return self.temporary

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._appear()
        finally:
            shutil.rmtree(self.temporary, ignore_errors=True)

    def _appear(self) -> None:
        seal(self.temporary)
        old = self.final.with_name(f".{self.final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.final.exists():
            self.final.rename(old)
        self.temporary.rename(self.final)
        sync(self.final.parent)
        shutil.rmtree(old, ignore_errors=True)


def recover(final: Path) -> None:
    """Puts back a folder that was being replaced when the process died, and removes what was left half-written."""
    old = final.with_name(f".{final.name}.old")
    if old.exists() and not final.exists():
        old.rename(final)
    for left in (*final.parent.glob(f".{final.name}.*.tmp"), old):
        shutil.rmtree(left, ignore_errors=True)


def point(pointer: Path, name: str) -> None:
    """Makes a one-line text file name something else, in one step."""
    temporary = pointer.with_name(f".{pointer.name}.tmp")
    temporary.write_text(name + "\n", encoding="utf-8")
    sync(temporary)
    temporary.replace(pointer)
    sync(pointer.parent)
