"""The whole RNN: padding never matters, probabilities are probabilities, and dropout rests in eval mode."""

import pytest
import torch

from nmt.config.attention import Additive, Attention, General

KINDS = [
    pytest.param({"cell": cell, "attention": attention}, id=f"{cell} {name}")
    for cell in ("gru", "lstm")
    for name, attention in (
        ("additive", Attention(score=Additive(size=4))),
        ("general", Attention(score=General())),
        ("fixed vector", "none"),
    )
] + [pytest.param({"cell": cell, "layer_norm": True}, id=f"normalised {cell}") for cell in ("gru", "lstm")]


@pytest.mark.parametrize("changes", KINDS)
def test_a_sentence_alone_equals_its_row_in_a_padded_batch(make_model, sources, targets, changes):
    model, (source, lengths) = make_model(**changes), sources
    together = model(source, lengths, targets)
    for row, length in enumerate(lengths.tolist()):
        alone = model(source[row : row + 1, :length], lengths[row : row + 1], targets[row : row + 1])
        torch.testing.assert_close(alone.states[0], together.states[row], rtol=0, atol=1e-12)
        if together.weights is not None:
            kept = together.weights[row, :, :length]
            torch.testing.assert_close(alone.weights[0], kept, rtol=0, atol=1e-12)


@pytest.mark.parametrize("changes", KINDS)
def test_what_stands_in_padding_never_matters(make_model, sources, targets, changes):
    model, (source, lengths) = make_model(**changes), sources
    other = source.clone()
    other[1, 4:], other[2, 1:] = 7, 9
    one, two = model(source, lengths, targets), model(other, lengths, targets)
    assert torch.equal(one.states, two.states)
    assert one.weights is None or torch.equal(one.weights, two.weights)


def test_what_stands_in_padding_does_not_learn(make_model, sources, targets):
    model, (source, lengths) = make_model(), sources
    padded = source.clone()
    padded[1, 4:], padded[2, 1:] = 1, 2  # which no sentence holds
    model(padded, lengths, targets).states.square().sum().backward()
    gradient = model.encoder.embedding.weight.grad
    assert gradient[4:].any(dim=1).all()
    assert not gradient[:3].any()


def test_a_step_gives_the_logarithms_of_probabilities(make_model, sources):
    model = make_model()
    memory, state = model.begin(*sources)
    stepped = model.step(memory, state, torch.tensor([2, 2, 2]))
    assert stepped.log_probs.shape == (3, 11)
    assert stepped.log_probs.dtype == torch.float32
    torch.testing.assert_close(stepped.log_probs.exp().sum(-1), torch.ones(3))
    assert stepped.attended.weights.shape == (3, 1, 6)


def test_dropout_rests_in_eval_mode_and_works_in_training(make_model, sources, targets):
    model, plain = make_model(dropout=0.5), make_model(dropout=0.0)
    plain.load_state_dict(model.state_dict())
    assert torch.equal(model(*sources, targets).states, plain(*sources, targets).states)
    model.train()
    one, two = (model(*sources, targets).states for _ in range(2))
    assert not torch.equal(one, two)
    assert 0.3 < (one == 0).double().mean() < 0.7  # the readout's own


@pytest.mark.parametrize("changes", [{}, {"layer_norm": True}, {"layer_norm": True, "cell": "lstm"}])
def test_every_parameter_learns(make_model, sources, targets, changes):
    model = make_model(decoder_layers=2, encoder_layers=2, **changes)
    states = model(*sources, targets).states
    model.projection(states).square().sum().backward()
    still = [name for name, one in model.named_parameters() if one.grad is None or not one.grad.any()]
    assert still == []
