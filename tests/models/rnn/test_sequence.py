"""A layer in one call is the layer step by step."""

import pytest
import torch
from torch import Tensor, nn

from nmt.models.rnn.cell import Cell, GruCell, LstmCell
from nmt.models.rnn.sequence import in_one_call, read, step_by_step

B, T, E, H = 3, 6, 4, 5
KINDS = [GruCell, LstmCell]


def layer(kind: type[Cell], **given: bool) -> tuple[Cell, nn.Linear]:
    """In float64, every number of it another."""
    torch.manual_seed(0)
    cell = kind(H, **given).double()
    inputs = nn.Linear(E, cell.gates * H).double()
    for parameter in (*cell.parameters(), *inputs.parameters()):
        nn.init.normal_(parameter, std=0.5)
    return cell, inputs


def sequence_and_state(cell: Cell) -> tuple[Tensor, tuple[Tensor, ...]]:
    sequence = torch.randn(B, T, E, dtype=torch.float64, requires_grad=True)
    return sequence, tuple(
        torch.randn(B, H, dtype=torch.float64, requires_grad=True) for _ in range(cell.tensors)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_both_ways_say_the_same_and_have_the_same_gradients(kind: type[Cell]):
    cell, inputs = layer(kind)
    sequence, state = sequence_and_state(cell)
    leaves = [sequence, *state, *cell.parameters(), *inputs.parameters()]
    weight, found = torch.randn(B, T, H, dtype=torch.float64), []
    for way in (in_one_call, step_by_step):
        said = way(cell, inputs, sequence, state)
        found.append([said, *torch.autograd.grad((weight * said).sum(), leaves)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_training_takes_one_call_and_search_none(kind: type[Cell], monkeypatch):
    cell, inputs = layer(kind)
    given, steps = sequence_and_state(cell), []
    cell.register_forward_hook(lambda *_: steps.append(1))
    read(cell, inputs, *given)
    assert len(steps) == 0
    with torch.inference_mode():
        read(cell, inputs, *given)
    assert len(steps) == T


@pytest.mark.parametrize("kind", KINDS)
def test_a_normalised_cell_and_half_precision_go_step_by_step_with_wide_states(kind: type[Cell]):
    for norm, half in ((True, False), (False, True)):
        cell, inputs = layer(kind, layer_norm=norm)
        cell, inputs = cell.float(), inputs.float()
        sequence, state = sequence_and_state(cell)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            said = read(cell, inputs, sequence.float(), tuple(one.float() for one in state))
            same = step_by_step(cell, inputs, sequence.float(), tuple(one.float() for one in state))
        assert said.dtype == torch.float32
        assert torch.equal(said, same)


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_learn_has_no_gradient(kind: type[Cell]):
    cell, inputs = layer(kind)
    cell.requires_grad_(False)
    read(cell, inputs, *sequence_and_state(cell)).sum().backward()
    assert cell.recurrent.weight.grad is None
    assert inputs.weight.grad is not None


def test_another_cell_has_no_such_call():
    class Other(Cell):
        gates, tensors, groups = 1, 1, (1,)

        def forward(self, inputs, recurrent, state):
            return state

    with pytest.raises(TypeError, match="Other"):
        in_one_call(Other(H), nn.Linear(E, H), torch.zeros(B, T, E), (torch.zeros(B, H),))
