"""How many parameters a model has, by part. Torch-free."""

from collections.abc import Mapping

DEPTH = 2  # of a parameter's dotted name that make a part: decoder.attention.score.v is of decoder.attention


def by_part(counts: Mapping[str, int]) -> dict[str, int]:
    """``{"decoder.cells.0.weight": 6, "decoder.cells.1.weight": 6}`` -> ``{"decoder.cells": 12}``, in order."""
    parts: dict[str, int] = {}
    for name, count in counts.items():
        part = ".".join(name.split(".")[:-1][:DEPTH]) or name
        parts[part] = parts.get(part, 0) + count
    return parts
