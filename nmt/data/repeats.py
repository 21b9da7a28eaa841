"""What occurs more than once in a corpus, at eight bytes a pair while its table is made and nothing afterwards."""

from array import array
from collections.abc import Callable
from hashlib import blake2b
from typing import Literal

import numpy as np

By = Literal["pairs", "source", "target"]
_KEYS: dict[By, Callable[[str, str], str]] = {
    "pairs": lambda source, target: f"{source}\n{target}",  # a normalised text has no line ends
    "source": lambda source, target: source,
    "target": lambda source, target: target,
}


class Repeats:
    """Finds repeated pairs, sources or targets in two passes: ``note`` every pair, then ask ``again`` in order.

    Texts are told apart by hashes of 64 bits: among ten million, two different ones are taken for the same with a
    probability of 3e-6. The first pass holds eight bytes a pair, the second nine for each text that is repeated.
    """

    def __init__(self, by: By) -> None:
        self._key = _KEYS[by]
        self._noted = array("Q")
        self._repeated = np.empty(0, np.uint64)
        self._seen = np.empty(0, np.bool_)

    def note(self, source: str, target: str) -> None:
        """The first pass."""
        self._noted.append(self._hash(source, target))

    def again(self, source: str, target: str) -> bool:
        """Whether the second pass asks about this text for the second time or more."""
        if len(self._noted):
            self._settle()
        code = np.uint64(self._hash(source, target))
        place = int(np.searchsorted(self._repeated, code))
        if place == len(self._repeated) or self._repeated[place] != code:
            return False
        before = bool(self._seen[place])
        self._seen[place] = True
        return before

    def _settle(self) -> None:
        """Keeps only what was noted more than once."""
        hashes = np.frombuffer(self._noted, np.uint64)
        hashes.sort()  # in place
        second = np.flatnonzero(hashes[1:] == hashes[:-1])
        self._repeated = np.unique(hashes[second])
        self._seen = np.zeros(len(self._repeated), np.bool_)
        del hashes
        self._noted = array("Q")

    def _hash(self, source: str, target: str) -> int:
        text = self._key(source, target).encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")
