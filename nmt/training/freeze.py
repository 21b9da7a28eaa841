"""Parameters that stay as they are: named by pattern, they get no gradient and belong to no optimiser."""

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from torch import nn

from nmt.errors import UsageError

PLACE = "training.freeze"


def freeze(model: nn.Module, patterns: Sequence[str]) -> None:
    """Freezes what the patterns name, as in ``encoder.*``; a shared parameter answers to each of its names.

    Raises:
        UsageError: a pattern names nothing, or nothing is left to train.
    """
    named = list(model.named_parameters(remove_duplicate=False))
    for pattern in patterns:
        found = [parameter for name, parameter in named if fnmatchcase(name, pattern)]
        if not found:
            raise UsageError(PLACE, f"no parameter is named {pattern!r}", _hint(pattern, model))
        for parameter in found:
            parameter.requires_grad_(False)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise UsageError(PLACE, "leaves nothing to train")


def frozen_sentence(model: nn.Module) -> str:
    """What is frozen, for a person; nothing where nothing is."""
    every = list(model.parameters())
    frozen = [parameter for parameter in every if not parameter.requires_grad]
    if not frozen:
        return ""
    weights, total = (sum(parameter.numel() for parameter in some) for some in (frozen, every))
    return f"frozen: {weights:,} of {total:,} parameters, in {len(frozen)} of {len(every)} tensors"


def _hint(pattern: str, model: nn.Module) -> str:
    """The closest name, or pattern for a whole part; else where the names are to be found."""
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    parts = {f"{name.rsplit('.', depth)[0]}.*" for name in names for depth in range(1, name.count(".") + 1)}
    close = get_close_matches(pattern, [*sorted(parts), *names], n=1, cutoff=0.7)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(sorted({name.partition('.')[0] + '.*' for name in names}))}; nmt info MODEL lists all"
