"""One function reorders, shrinks and repeats any state."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.models.state import select


@dataclass(frozen=True)
class Inner:
    layers: tuple[Tensor, ...]
    step: int


@dataclass(frozen=True)
class Outer:
    inner: Inner
    seen: Tensor | None
    name: str = "kept"


def test_every_tensor_of_the_tree_is_reordered_and_the_rest_is_kept():
    rows = torch.arange(3.0)
    tree = Outer(Inner((rows, 10 + rows.view(3, 1)), step=4), seen=None)
    chosen = select(tree, torch.tensor([2, 0, 0, 2]))
    assert chosen.inner.layers[0].tolist() == [2, 0, 0, 2]
    assert chosen.inner.layers[1].tolist() == [[12], [10], [10], [12]]
    assert (chosen.inner.step, chosen.seen, chosen.name) == (4, None, "kept")
    assert tree.inner.layers[0].tolist() == [0, 1, 2]  # the old state is untouched


def test_a_tuple_of_states_is_a_state():
    """As an ensemble's is."""
    one, two = select((torch.arange(2), (torch.arange(2, 4), None)), torch.tensor([1]))
    assert one.tolist() == [1]
    assert isinstance(two, tuple)
    assert two[0].tolist() == [3]
    assert two[1] is None
