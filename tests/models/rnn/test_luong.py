"""Luong's decoder: its equations written out a second time, with torch's own cells, one sentence at a time."""

import pytest
import torch
from torch import Tensor, nn

from nmt.config.attention import Additive, Attention, Coverage, Fuse, General, Luong, Monotonic, Readout, Sum
from nmt.models.rnn.decoder import RnnDecoder

FED = Attention(score=General(), fuse=Luong())
FREE = Attention(score=General(), fuse=Luong(input_feeding=False))


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


def torchs(decoder: RnnDecoder) -> list[nn.GRUCell | nn.LSTMCell]:
    """Torch's cells with the same weights; the lowest reads [word; fed]."""
    cells = []
    for depth, cell in enumerate(decoder.cells):
        inputs = decoder.embedded_gates if depth == 0 else decoder.layer_gates[depth - 1]
        fed = [decoder.context_gates.weight] if depth == 0 and decoder.context_gates is not None else []
        weight = torch.cat((inputs.weight, *fed), dim=1)
        kind = nn.GRUCell if decoder.gates == 3 else nn.LSTMCell
        theirs = kind(weight.size(1), decoder.cells[0].recurrent.in_features).double()
        theirs.weight_ih.data, theirs.bias_ih.data = weight, inputs.bias
        theirs.weight_hh.data, theirs.bias_hh.data = cell.recurrent.weight, cell.recurrent.bias
        cells.append(theirs)
    return cells


@torch.no_grad()
def written_out(
    decoder: RnnDecoder, annotations: Tensor, layers: list[tuple[Tensor, ...]], target: Tensor
) -> tuple[Tensor, Tensor]:
    """One sentence by Luong et al. 2015, section 3: annotations ``[S, K]``, each layer's state ``[H]`` -> fused outputs
    and weights by target place. With residual connections a layer hands on its own output and all below it (Wu et al.
    2016, eq. 6)."""
    cells, outputs, seen = torchs(decoder), [], []
    fed = torch.zeros(decoder.fuse.output_size, dtype=torch.float64)
    for token in target:
        above = decoder.embedding.weight[token]
        if decoder.context_gates is not None:
            above = torch.cat((above, fed))  # section 3.3
        for depth, cell in enumerate(cells):
            state = cell(above, layers[depth] if decoder.gates == 4 else layers[depth][0])
            layers[depth] = state if isinstance(state, tuple) else (state,)
            said = layers[depth][0]
            above = said + above if decoder.residual and depth > 0 else said
        alpha = (annotations @ (decoder.attention.score.weight.t() @ above)).softmax(-1)  # of h_t
        context = alpha @ annotations
        fed = torch.tanh(decoder.fuse.linear.weight @ torch.cat((context, above)))  # eq. 5
        outputs.append(fed)
        seen.append(alpha)
    return torch.stack(outputs), torch.stack(seen)


CHOICES = [
    pytest.param({"attention": attention, "cell": cell, **depth}, id=f"{cell} {name} {how}")
    for cell in ("gru", "lstm")
    for name, attention in (("fed", FED), ("not fed", FREE))
    for how, depth in {
        "": {},
        "deep": {"decoder_layers": 2},
        "residual": {"decoder_layers": 3, "encoder_layers": 2, "residual": True},
    }.items()
]


@pytest.mark.parametrize("changes", CHOICES)
def test_it_follows_luongs_equations(make_model, sources, targets, changes):
    model = make_model(**changes)
    source, lengths = sources
    encoded = model.encoder(source, lengths)
    memory, state = model.begin(source, lengths)
    with torch.inference_mode():
        outputs, (_, weights, *_) = model.decoder(memory, state, targets)
    for row, length in enumerate(lengths.tolist()):
        layers = [tuple(tensor[row] for tensor in layer) for layer in state.layers]
        expected, alpha = written_out(model.decoder, encoded.annotations[row, :length], layers, targets[row])
        close(outputs[row], expected)
        close(weights[row, :, :length], alpha)
        assert not weights[row, :, length:].any()
    learning, _ = model.decoder(memory, state, targets)
    close(learning, outputs)


def test_a_token_moves_the_gaze_at_once(make_model, sources, targets):
    """Scores come from h_t, which has seen the token fed at step t: the alignment is of the word predicted then."""
    model, other = make_model(attention=FED), targets.clone()
    other[:, 2] = 6
    (states, weights, *_), (changed, moved, *_) = (model(*sources, given) for given in (targets, other))
    assert torch.equal(weights[:, :2], moved[:, :2])
    assert torch.equal(states[:, :2], changed[:, :2])
    assert (weights[0, 2] != moved[0, 2]).all()


@pytest.mark.parametrize("feeding", [True, False])
def test_what_attention_says_enters_the_recurrence_only_by_input_feeding(
    make_model, sources, targets, feeding
):
    """The states of the cells after other annotations are others, or the same."""
    model = make_model(
        attention=Attention(score=General(), fuse=Luong(input_feeding=feeding)), initial_state="zero"
    )
    found = []
    for row in (0, 1):
        memory, state = model.begin(sources[0][row : row + 1], sources[1][row : row + 1])
        for token in targets[0]:
            _, state, _ = model.decoder.step(memory, state, token.view(1))
        found.append(state.layers[0][0])
    assert torch.equal(*found) != feeding


FUSES: list[Fuse] = [Readout(), Luong(), Luong(input_feeding=False)]


@pytest.mark.parametrize("fuse", FUSES)
def test_a_window_goes_along_with_the_word_predicted(make_model, sources, fuse):
    """Trap 8: step t, which predicts target place t, looks around source place t, whichever order the decoder has."""
    model = make_model(attention=Attention(score=Additive(size=4), window=Monotonic(size=1), fuse=fuse))
    source, lengths = sources
    target = torch.tensor([[2, 5, 8, 4, 7, 9, 5, 6]]).expand(3, -1)
    weights = model(source, lengths, target).weights
    for row, length in enumerate(lengths.tolist()):
        for t in range(8):
            centre = min(t, length - 1)
            seen = [s for s in range(length) if abs(s - centre) <= 1]
            assert weights[row, t].nonzero().flatten().tolist() == seen


@pytest.mark.parametrize("fuse", [*FUSES, Sum(input_feeding=False)])
def test_what_was_attended_to_enters_the_next_score(make_model, sources, targets, fuse):
    """See et al. 2017, eq. 10 and 11: with teacher forcing, too."""
    model = make_model(attention=Attention(score=Additive(size=4), coverage=Coverage(), fuse=fuse))
    told = []
    torch.nn.init.normal_(model.decoder.attention.score.coverage)
    model.decoder.attention.score.register_forward_hook(lambda _, given, __: told.append(given[2]))
    weights = model(*sources, targets).weights
    assert len(told) == targets.size(1)
    for t, given in enumerate(told):
        close(given.squeeze(1).double(), weights[:, :t].sum(1))
    plain = model.decoder.attention.score.coverage
    with torch.no_grad():
        plain.zero_()
    without = model(*sources, targets).weights
    assert torch.equal(weights[:, 0], without[:, 0])
    assert not torch.allclose(weights[0, 1], without[0, 1])
