"""State as a value: a frozen tree of tensors, rows first, that one function reorders, shrinks and repeats."""

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from torch import Tensor

Tree = TypeVar("Tree")


def select(tree: Tree, rows: Tensor) -> Tree:
    """Takes the given rows of every tensor in a tree of frozen dataclasses, tuples, tensors and plain values.

    ``rows`` ``[R]`` are indices, in any order, with repetitions: a beam reorders, a batch shrinks and a
    sentence becomes K hypotheses by the same call. What is not a tensor (``None``, a step count) is kept.
    """
    return _select(tree, rows)


def _select(tree: Any, rows: Tensor) -> Any:
    if isinstance(tree, Tensor):
        return tree.index_select(0, rows)
    if is_dataclass(tree) and not isinstance(tree, type):
        return type(tree)(**{field.name: _select(getattr(tree, field.name), rows) for field in fields(tree)})
    if isinstance(tree, tuple):
        return tuple(_select(branch, rows) for branch in tree)
    return tree
