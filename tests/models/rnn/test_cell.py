"""The cells are torch's own, with the input's share of the gates handed in."""

import pytest
import torch
from torch import Tensor, nn

from nmt.models.rnn.cell import Cell, GruCell, LstmCell

R, E, H = 4, 3, 5
KINDS = [pytest.param(GruCell, nn.GRUCell, id="gru"), pytest.param(LstmCell, nn.LSTMCell, id="lstm")]


def torchs(kind: type[nn.GRUCell] | type[nn.LSTMCell], cell: Cell) -> nn.GRUCell | nn.LSTMCell:
    """Torch's cell of random weights, its recurrent ones copied into ours."""
    theirs = kind(E, H).double()
    with torch.no_grad():
        cell.recurrent.weight.copy_(theirs.weight_hh)
        cell.recurrent.bias.copy_(theirs.bias_hh)
    return theirs


def leaves(*shapes: tuple[int, ...]) -> list[Tensor]:
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


@pytest.mark.parametrize(("ours", "theirs"), KINDS)
def test_a_step_and_its_gradients_equal_torchs(ours, theirs):
    torch.manual_seed(0)
    cell = ours(H).double()
    reference = torchs(theirs, cell)
    x, *state = given = leaves((R, E), *[(R, H)] * cell.tensors)

    inputs = nn.functional.linear(x, reference.weight_ih, reference.bias_ih)
    result = cell(inputs, cell.recurrent(state[0]), tuple(state))
    expected = reference(x, tuple(state) if cell.tensors == 2 else state[0])
    expected = expected if isinstance(expected, tuple) else (expected,)
    assert len(result) == len(expected) == cell.tensors
    for one, other in zip(result, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)

    weights = [torch.randn(R, H, dtype=torch.float64) for _ in result]
    mine, torch_own = (
        torch.autograd.grad(
            sum((weight * one).sum() for weight, one in zip(weights, outputs, strict=True)),
            [*given, recurrent, bias],
        )
        for outputs, recurrent, bias in (
            (result, cell.recurrent.weight, cell.recurrent.bias),
            (expected, reference.weight_hh, reference.bias_hh),
        )
    )
    for one, other in zip(mine, torch_own, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("layer_norm", [False, True])
@pytest.mark.parametrize("kind", [GruCell, LstmCell])
def test_the_state_stays_wide_when_the_products_are_narrow(kind: type[Cell], layer_norm: bool):
    cell = kind(H, layer_norm=layer_norm)
    state = tuple(torch.randn(R, H) for _ in range(cell.tensors))
    inputs, recurrent = (torch.randn(2, R, cell.gates * H)).to(torch.bfloat16)
    result = cell(inputs, recurrent, state)
    assert all(tensor.dtype == torch.float32 for tensor in result)
    exact = cell(inputs.float(), recurrent.float(), state)
    for one, other in zip(result, exact, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("kind", [GruCell, LstmCell])
def test_each_gates_recurrent_weights_begin_orthogonal(kind: type[Cell]):
    for gate in kind(H).recurrent.weight.chunk(kind.gates):
        torch.testing.assert_close(gate @ gate.t(), torch.eye(H), atol=1e-5, rtol=0)


def test_an_lstm_begins_by_remembering():
    assert LstmCell(3).recurrent.bias.tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6
    assert not GruCell(3).recurrent.bias.any()
    normalised = LstmCell(3, layer_norm=True)
    assert normalised.recurrent_norm.norms[0].bias.tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6
    assert not normalised.recurrent.bias.any()


def normal(values: Tensor, norm: nn.LayerNorm) -> Tensor:
    """Ba, Kiros and Hinton 2016, eq. 4, written out."""
    mean = values.mean(-1, keepdim=True)
    variance = (values - mean).square().mean(-1, keepdim=True)
    return norm.weight * (values - mean) / (variance + norm.eps).sqrt() + norm.bias


def randomised(cell: Cell) -> Cell:
    """In float64, every gain and bias another number."""
    for parameter in cell.double().parameters():
        nn.init.normal_(parameter)
    return cell


def test_a_normalised_gru_follows_the_papers_equations():
    """Eq. 23 to 25, with the reset gate applied after the recurrent product and torch's sense of the update gate."""
    torch.manual_seed(0)
    cell = randomised(GruCell(H, layer_norm=True))
    inputs, hidden = leaves((R, 3 * H), (R, H))
    recurrent = cell.recurrent(hidden)
    pairs = list(zip(cell.input_norm.norms, cell.recurrent_norm.norms, strict=True))
    gates = normal(inputs[:, : 2 * H], pairs[0][0]) + normal(recurrent[:, : 2 * H], pairs[0][1])
    reset, update = gates.sigmoid().chunk(2, dim=-1)
    candidate = normal(inputs[:, 2 * H :], pairs[1][0]) + reset * normal(recurrent[:, 2 * H :], pairs[1][1])
    expected = (1 - update) * candidate.tanh() + update * hidden
    (found,) = cell(inputs, recurrent, (hidden,))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def test_a_normalised_lstm_follows_the_papers_equations():
    """Eq. 20 to 22."""
    torch.manual_seed(0)
    cell = randomised(LstmCell(H, layer_norm=True))
    inputs, hidden, remembered = leaves((R, 4 * H), (R, H), (R, H))
    recurrent = cell.recurrent(hidden)
    gates = normal(inputs, cell.input_norm.norms[0]) + normal(recurrent, cell.recurrent_norm.norms[0])
    admit, forget, new, emit = gates.chunk(4, dim=-1)
    expected = forget.sigmoid() * remembered + admit.sigmoid() * new.tanh()
    output, state = cell(inputs, recurrent, (hidden, remembered))
    torch.testing.assert_close(state, expected, rtol=0, atol=1e-12)
    emitted = emit.sigmoid() * normal(expected, cell.cell_norm).tanh()
    torch.testing.assert_close(output, emitted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [GruCell, LstmCell])
def test_the_scale_of_the_inputs_does_not_matter_to_a_normalised_cell(kind: type[Cell]):
    torch.manual_seed(0)
    cell = kind(H, layer_norm=True).double()
    state = tuple(leaves(*[(R, H)] * cell.tensors))
    (inputs,) = leaves((R, cell.gates * H))
    recurrent = cell.recurrent(state[0])
    for one, other in zip(cell(inputs, recurrent, state), cell(100 * inputs, recurrent, state), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-4)
