"""Bahdanau's decoder: its equations written out a second time, and one step at a time as all at once."""

import pytest
import torch
from torch import Tensor, nn

from nmt.attention.mask import padding_mask
from nmt.config.attention import (
    Additive,
    Attention,
    Coverage,
    Dot,
    Gate,
    General,
    Hard,
    Heads,
    Lexicon,
    Luong,
    Monotonic,
    Predictive,
    Sum,
    Uniform,
)
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.state import select
from nmt.text.special import BOS

FREE = Attention(score=General(), fuse=Luong(input_feeding=False))
WORDS = Lexicon(file="any", candidates=2, reach=1)
CHOICES = [
    pytest.param({}, id="gru"),
    pytest.param({"cell": "lstm"}, id="lstm"),
    pytest.param({"cell": "lstm", "decoder_layers": 3, "encoder_layers": 2}, id="deep lstm"),
    pytest.param({"decoder_layers": 2, "initial_state": "last"}, id="deep gru"),
    pytest.param({"attention": Attention(score=General()), "initial_state": "zero"}, id="general"),
    pytest.param({"attention": Attention(score=Dot()), "bidirectional": False}, id="dot"),
    pytest.param({"attention": Attention(score=Additive(size=3), align=Uniform())}, id="uniform"),
    pytest.param({"attention": "none"}, id="fixed vector"),
    pytest.param({"attention": Attention(fuse=Luong())}, id="luong"),
    pytest.param({"attention": Attention(fuse=Luong(), coverage=Coverage())}, id="luong with coverage"),
    pytest.param({"attention": FREE, "cell": "lstm", "decoder_layers": 2}, id="luong without feeding"),
    pytest.param(
        {"attention": Attention(fuse=Sum(input_feeding=False), coverage=Coverage())}, id="sum with coverage"
    ),
    pytest.param({"attention": Attention(fuse=Gate(), window=Predictive(size=1))}, id="gate, local-p"),
    pytest.param(
        {"attention": Attention(window=Monotonic(size=1), heads=Heads(count=2))}, id="heads, local-m"
    ),
    pytest.param({"attention": Attention(align=Hard(), coverage=Coverage())}, id="hard with coverage"),
    pytest.param({"attention": Attention(lexicon=WORDS)}, id="lexicon"),
    pytest.param({"attention": Attention(lexicon=WORDS, fuse=Luong())}, id="luong with lexicon"),
    pytest.param({"attention": FREE.model_copy(update={"lexicon": WORDS})}, id="lexicon without feeding"),
    pytest.param({"decoder_layers": 3, "encoder_layers": 2, "residual": True}, id="residual"),
    pytest.param({"layer_norm": True}, id="normalised gru"),
    pytest.param({"layer_norm": True, "cell": "lstm", "decoder_layers": 2}, id="normalised lstm"),
]


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def written_out(decoder: RnnDecoder, annotations: Tensor, first: Tensor, target: Tensor):
    """One sentence by the paper's equations, with torch's own GRU cell: annotations ``[S, K]``, first ``[H]``."""
    score, cell = decoder.attention.score, decoder.cells[0]
    embedded_size = decoder.embedding.embedding_dim
    reference = nn.GRUCell(embedded_size + annotations.size(-1), first.size(-1)).double()
    reference.weight_ih.data = torch.cat((decoder.embedded_gates.weight, decoder.context_gates.weight), dim=1)
    reference.bias_ih.data = decoder.embedded_gates.bias
    reference.weight_hh.data, reference.bias_hh.data = cell.recurrent.weight, cell.recurrent.bias

    state, readouts, weights = first, [], []
    for token in target:
        energies = torch.tanh(annotations @ score.key.weight.t() + score.query.weight @ state) @ score.energy
        alpha = energies.softmax(-1)  # of s_{t-1}
        context = alpha @ annotations
        embedded = decoder.embedding.weight[token]
        state = reference(torch.cat((embedded, context)), state)  # s_t
        pairs = decoder.fuse.linear(torch.cat((state, embedded, context)))
        readouts.append(pairs.view(2, -1).amax(dim=0))
        weights.append(alpha)
    return torch.stack(readouts), torch.stack(weights)


def test_it_follows_bahdanaus_equations(make_model, sources, targets):
    model = make_model()
    source, lengths = sources
    encoded = model.encoder(source, lengths)
    memory, state = model.begin(source, lengths)
    readouts, (_, weights, *_) = model.decoder(memory, state, targets)
    for row, length in enumerate(lengths.tolist()):
        first = torch.tanh(model.decoder.initial[0].linear(encoded.finals[-1][row]))
        expected, alpha = written_out(model.decoder, encoded.annotations[row, :length], first, targets[row])
        close(readouts[row], expected)
        close(weights[row, :, :length], alpha)
        assert not weights[row, :, length:].any()


def test_a_token_moves_the_gaze_only_from_the_next_step_on(make_model, sources, targets):
    """Scores come from s_{t-1}, which has not seen the token of step t."""
    model, other = make_model(), targets.clone()
    other[:, 1] = 6
    (states, weights, *_), (changed, moved, *_) = (model(*sources, given) for given in (targets, other))
    assert torch.equal(weights[:, :2], moved[:, :2])
    assert torch.equal(states[:, 0], changed[:, 0])
    assert (weights[0, 2] != moved[0, 2]).all()
    assert (states[:, 1] != changed[:, 1]).any(dim=-1).all()


@pytest.mark.parametrize("changes", CHOICES)
def test_step_by_step_equals_teacher_forcing(make_model, sources, targets, changes):
    model = make_model(**changes)
    memory, first = model.begin(*sources)
    readouts, (_, weights, *_) = model.decoder(memory, first, targets)
    state = first
    for t in range(targets.size(1)):
        assert state.position == t
        readout, state, attended = model.decoder.step(memory, state, targets[:, t])
        close(readout, readouts[:, t])
        assert (weights is None) == (attended.weights is None)
        if weights is not None:
            close(attended.weights.squeeze(1), weights[:, t])


@pytest.mark.parametrize("changes", CHOICES)
def test_hypotheses_of_a_sentence_share_its_memory_and_follow_their_parents(make_model, sources, changes):
    """Three hypotheses a sentence, reordered in mid-course, are what each would be on its own."""
    model = make_model(**changes)
    memory, state = model.begin(*sources)
    begun = torch.full((3,), BOS)
    state = model.step(memory, state, begun).state
    state = select(state, torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2]))
    second = torch.tensor([4, 5, 6, 7, 8, 9, 10, 4, 5])
    state = model.step(memory, state, second).state
    parents = torch.tensor([2, 0, 0, 5, 4, 3, 7, 7, 8])
    third = torch.tensor([5, 5, 4, 4, 9, 9, 6, 7, 8])
    log_probs = model.step(memory, select(state, parents), third).log_probs

    source, lengths = sources
    for row, (parent, token) in enumerate(zip(parents.tolist(), third.tolist(), strict=True)):
        sentence = slice(row // 3, row // 3 + 1)
        history = torch.tensor([[BOS, second[parent], token]])
        alone = model(source[sentence], lengths[sentence], history)
        expected = model.projection(alone.states[0, -1]).log_softmax(-1)
        torch.testing.assert_close(log_probs[row].double(), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("changes", CHOICES)
def test_the_gradient_is_that_of_plain_steps(make_model, sources, targets, changes):
    """Training's deferred weight gradients, and the products taken for all steps at once, against single steps."""
    model = make_model(**changes)
    weight = torch.randn(*targets.shape, model.decoder.fuse.output_size, dtype=torch.float64)
    together = model(*sources, targets).states

    memory, state = model.begin(*sources)
    readouts = []
    for token in targets.unbind(dim=1):
        readout, state, _ = model.decoder.step(memory, state, token)
        readouts.append(readout)
    singly = torch.stack(readouts, dim=1)

    parameters = [parameter for name, parameter in model.named_parameters() if "projection" not in name]
    one, other = (
        torch.autograd.grad((weight * states).sum(), parameters, allow_unused=True)
        for states in (together, singly)
    )
    assert sum(gradient is not None and gradient.any().item() for gradient in one) > len(parameters) // 2
    for mine, plain in zip(one, other, strict=True):
        assert (mine is None) == (plain is None)
        if mine is not None:
            torch.testing.assert_close(mine, plain, rtol=0, atol=1e-11)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_upper_layers_of_a_deeper_decoder_begin_at_the_encoders_top(make_model, sources, cell):
    model = make_model(cell=cell, encoder_layers=2, decoder_layers=3, initial_state="last")
    encoded = model.encoder(*sources)
    _, state = model.begin(*sources)
    for layer, source in zip(state.layers, (0, 1, 1), strict=True):
        close(layer[0], encoded.finals[source].view(3, 2, 5).mean(dim=1))
        assert not any(tensor.any() for tensor in layer[1:])
        assert len(layer) == (2 if cell == "lstm" else 1)


def test_an_upper_layer_is_fed_by_the_one_below(make_model, sources, targets):
    """The query is the top layer's state, the context enters the lowest: two layers, written out."""
    model = make_model(decoder_layers=2)
    decoder, (source, lengths) = model.decoder, sources
    memory, state = model.begin(source, lengths)
    (low,), (high,) = state.layers
    _, after, attended = decoder.step(memory, state, targets[:, 0])

    keys, score = model.encoder(source, lengths).annotations, decoder.attention.score
    hidden = torch.tanh(score.query(high).unsqueeze(1) + score.key(keys))
    mask = padding_mask(lengths, source.size(1))
    weights = (hidden @ score.energy).masked_fill(~mask, -torch.inf).softmax(-1)
    close(attended.weights.squeeze(1), weights)
    context = torch.einsum("bs,bsk->bk", weights, keys)
    gates = decoder.embedded_gates(decoder.embedding(targets[:, 0])) + decoder.context_gates(context)
    (low,) = decoder.cells[0](gates, decoder.cells[0].recurrent(low), (low,))
    (high,) = decoder.cells[1](decoder.layer_gates[0](low), decoder.cells[1].recurrent(high), (high,))
    close(after.layers[0][0], low)
    close(after.layers[1][0], high)
