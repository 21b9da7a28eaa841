"""Names and sizes of a model's parameters from the header of its safetensors file alone. Torch-free.

The file begins with the header's length, eight bytes, the lowest first; then JSON: name -> dtype, shape and the place
of the bytes that follow. https://huggingface.co/docs/safetensors: the rules of the format.
"""

import json
from pathlib import Path
from typing import Any

from nmt.errors import NmtError

LONGEST = 100_000_000  # bytes of a header, as in the reference implementation
METADATA = "__metadata__"
TABLES = (".lexicon.targets", ".lexicon.odds")  # kept with the weights, but not learnt


def read_sizes(path: Path) -> dict[str, int]:
    """The number of elements of every tensor, by name.

    Raises:
        NmtError: the file cannot be read, or its header is not what the format demands.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(LONGEST, size - 8):
                raise ValueError(f"its header claims {length:,} bytes")
            header = json.loads(file.read(length).decode("utf-8"))
        if not isinstance(header, dict):
            raise ValueError("its header is no mapping")
        return {
            name: _elements(name, entry, size - 8 - length)
            for name, entry in header.items()
            if name != METADATA and not name.endswith(TABLES)
        }
    except (RecursionError, json.JSONDecodeError, UnicodeDecodeError):
        raise NmtError(str(path), "is not a readable safetensors file (its header is no JSON)") from None
    except (OSError, ValueError) as error:
        raise NmtError(str(path), f"is not a readable safetensors file ({error})") from error


def _elements(name: str, entry: Any, room: int) -> int:
    """The product of a tensor's shape; no tensor has more elements than there are bytes."""
    match entry:
        case {"shape": [*shape], "dtype": str()} if all(type(one) is int and one >= 0 for one in shape):
            pass
        case _:
            raise ValueError(f"no shape of {name[:40]!r}")
    if 0 in shape:
        return 0
    count = 1
    for one in shape:
        count *= one
        if count > room:
            raise ValueError(f"{name[:40]!r} is larger than the file")
    return count
