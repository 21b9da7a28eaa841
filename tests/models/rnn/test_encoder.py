"""The encoder is torch's own on packed sequences, and padding never matters."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nmt.models.rnn.cell import GruCell, LstmCell
from nmt.models.rnn.encoder import Direction, RnnEncoder, reversal

V, E, H = 9, 4, 5
LENGTHS = torch.tensor([6, 1, 4])
SHAPES = [
    (cell, layers, directions) for cell in ("gru", "lstm") for layers in (1, 2) for directions in (1, 2)
]


def encoder(cell: str, layers: int, directions: int, dropout: float = 0.0) -> RnnEncoder:
    torch.manual_seed(0)
    kind = GruCell if cell == "gru" else LstmCell
    widths = [E] + [directions * H] * (layers - 1)
    made = [[Direction(cell=kind(H), input_size=n, hidden=H) for _ in range(directions)] for n in widths]
    return RnnEncoder(embedding=nn.Embedding(V, E), layers=made, dropout=dropout).double()


def pairs(ours: RnnEncoder, theirs: nn.GRU | nn.LSTM) -> list[tuple[Tensor, Tensor]]:
    """Each of our parameters beside torch's of the same meaning."""
    found = [(ours.embedding.weight, ours.embedding.weight)]
    for depth, directions in enumerate(ours.layers):
        for side, direction in enumerate(directions):
            place = f"l{depth}" + "_reverse" * side
            for linear, name in ((direction.inputs, "ih"), (direction.cell.recurrent, "hh")):
                found.append((linear.weight, getattr(theirs, f"weight_{name}_{place}")))
                found.append((linear.bias, getattr(theirs, f"bias_{name}_{place}")))
    return found


def torchs(ours: RnnEncoder, cell: str, layers: int, directions: int) -> nn.GRU | nn.LSTM:
    """Torch's RNN with random weights, which are copied into ours."""
    kind = nn.GRU if cell == "gru" else nn.LSTM
    theirs = kind(E, H, num_layers=layers, bidirectional=directions == 2, batch_first=True).double()
    with torch.no_grad():
        for mine, other in pairs(ours, theirs):
            mine.copy_(other)
    return theirs


def packed(ours: RnnEncoder, theirs: nn.GRU | nn.LSTM, source: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Torch's annotations ``[B, S, K]``, zero at padding, and its last states by layer, ``[B, K]`` each."""
    given = pack_padded_sequence(ours.embedding(source), LENGTHS, batch_first=True, enforce_sorted=False)
    outputs, last = theirs(given)
    hidden = last[0] if isinstance(last, tuple) else last
    annotations, _ = pad_packed_sequence(outputs, batch_first=True)
    by_layer = hidden.view(len(ours.layers), -1, *hidden.shape[1:])
    return annotations, [torch.cat(tuple(layer), dim=-1) for layer in by_layer]


@pytest.mark.parametrize(("cell", "layers", "directions"), SHAPES)
def test_annotations_last_states_and_gradients_equal_torchs(cell, layers, directions):
    ours = encoder(cell, layers, directions)
    theirs = torchs(ours, cell, layers, directions)
    source = torch.randint(0, V, (3, 6))
    real = (torch.arange(6) < LENGTHS.unsqueeze(1)).unsqueeze(-1)

    annotations, finals = ours(source, LENGTHS)
    expected, last = packed(ours, theirs, source)
    torch.testing.assert_close(annotations * real, expected, rtol=0, atol=1e-12)
    assert len(finals) == layers
    for one, other in zip(finals, last, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)

    weight = torch.randn_like(expected)
    losses = [
        (weight * real * states).sum() + sum(end.square().sum() for end in ends)
        for states, ends in ((annotations, finals), (expected, last))
    ]
    mine, torch_own = zip(*pairs(ours, theirs), strict=True)
    both = (torch.autograd.grad(loss, list(of)) for loss, of in zip(losses, (mine, torch_own), strict=True))
    for one, other in zip(*both, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("cell", "layers", "directions"), SHAPES)
def test_what_stands_in_padding_never_matters(cell, layers, directions):
    ours = encoder(cell, layers, directions)
    source = torch.randint(0, V, (3, 6))
    other = source.clone()
    other[1, 1:], other[2, 4:] = torch.randint(0, V, (5,)), torch.randint(0, V, (2,))
    assert not torch.equal(source, other)
    one, two = ours(source, LENGTHS), ours(other, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        assert torch.equal(one.annotations[row, :length], two.annotations[row, :length])
    assert all(torch.equal(mine, its) for mine, its in zip(one.finals, two.finals, strict=True))


@pytest.mark.parametrize(("cell", "layers", "directions"), SHAPES)
def test_a_sentence_alone_equals_its_row_in_a_padded_batch(cell, layers, directions):
    ours = encoder(cell, layers, directions)
    source = torch.randint(0, V, (3, 6))
    together = ours(source, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = ours(source[row : row + 1, :length], LENGTHS[row : row + 1])
        kept = together.annotations[row : row + 1, :length]
        torch.testing.assert_close(alone.annotations, kept, rtol=0, atol=1e-12)
        for one, other in zip(alone.finals, together.finals, strict=True):
            torch.testing.assert_close(one, other[row : row + 1], rtol=0, atol=1e-12)


def test_reversal_turns_each_sentence_round_and_leaves_padding():
    places = reversal(torch.tensor([4, 1, 0, 3]), 4)
    assert places.tolist() == [[3, 2, 1, 0], [0, 1, 2, 3], [0, 1, 2, 3], [2, 1, 0, 3]]
    assert places.gather(1, places).tolist() == [[0, 1, 2, 3]] * 4


def test_dropout_falls_on_embeddings_and_between_layers_and_only_in_training():
    ours, source = encoder("gru", 2, 2, dropout=0.5), torch.randint(0, V, (3, 6))
    plain = encoder("gru", 2, 2)
    plain.load_state_dict(ours.state_dict())
    assert torch.equal(ours.eval()(source, LENGTHS).annotations, plain(source, LENGTHS).annotations)
    dropped: list[Tensor] = []
    ours.train().dropout.register_forward_hook(lambda _, __, result: dropped.append(result))
    ours(source, LENGTHS)
    assert [tuple(one.shape) for one in dropped] == [(3, 6, E), (3, 6, 2 * H)]
    assert all((one == 0).any() for one in dropped)


def test_the_width_of_the_annotations_is_stated():
    assert encoder("gru", 1, 2).output_size == 2 * H
    assert encoder("gru", 2, 1).output_size == H
