"""The packages that an installed distribution asks for, and whether a version is in range. Its own small parser:
a doctor leans on nothing that may be missing."""

import importlib.metadata
import re
from dataclasses import dataclass

_COMPARISONS = {
    ">=": lambda found, bound: found >= bound,
    "<=": lambda found, bound: found <= bound,
    "==": lambda found, bound: found == bound,
    "!=": lambda found, bound: found != bound,
    ">": lambda found, bound: found > bound,
    "<": lambda found, bound: found < bound,
}


@dataclass(frozen=True)
class Requirement:
    """A package and its range as metadata writes it: ``Requirement("torch", "<2.14,>=2.10")``."""

    name: str
    range: str

    def allows(self, version: str) -> bool:
        """Whether a version is in range; its build, as in ``+cpu``, and what follows the numbers do not count."""
        for clause in filter(None, self.range.replace(" ", "").split(",")):
            found = re.fullmatch(r"([<>=!]=|[<>])(.+)", clause)
            if found and not _COMPARISONS[found[1]](_numbers(version), _numbers(found[2])):
                return False
        return True


def requirements(distribution: str) -> list[Requirement]:
    """What a distribution needs in every case, in its own order; nothing where it is not installed."""
    try:
        lines = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = (re.match(r"([\w.-]+)\s*\(?([^;)]*)", line) for line in lines if ";" not in line)
    return [
        Requirement(re.sub(r"[-_.]+", "-", one[1]).lower(), one[2].strip()) for one in found if one
    ]  # PEP 503


def _numbers(version: str) -> tuple[int, ...]:
    """``2.13.0+cpu`` -> ``(2, 13)``: the leading numbers, without zeros at the end."""
    head = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(one) for one in head[0].split(".")] if head else [0]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
