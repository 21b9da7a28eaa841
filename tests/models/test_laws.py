"""What holds of every kind of model: a step is a place of the whole, the future and padding are unseen, and so on.

A law that is exact is tested exactly; elsewhere float64 tells rounding from error.
"""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from models.kinds import FUSED, KINDS, PARTLY
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.state import select
from nmt.text.special import BOS, EOS, PAD

VOCABULARY = 11
LENGTHS = torch.tensor([6, 4, 1])
SOURCE = torch.tensor([[4, 5, 6, 7, 8, EOS], [9, 4, 10, EOS, PAD, PAD], [EOS, PAD, PAD, PAD, PAD, PAD]])
TARGETS = torch.tensor([[BOS, 5, 8, 4, 4], [BOS, 10, 10, 6, 9], [BOS, 7, 9, 5, 8]])

Made = Callable[..., EncoderDecoder]

every_kind = pytest.mark.parametrize("kind", KINDS)
every_build = pytest.mark.parametrize(
    ("kind", "weights"),
    [pytest.param(kind, True, id=kind) for kind in KINDS]
    + [pytest.param(kind, False, id=f"{kind}, fused") for kind in (*FUSED, *PARTLY)],
)


def close(one: Tensor, other: Tensor, tolerance: float = 1e-10) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=tolerance)


@every_build
@torch.no_grad()
def test_step_by_step_equals_the_whole(make, kind, weights):
    for dtype, tolerance in ((torch.float64, 1e-10), (torch.float32, 1e-5)):
        model = make(KINDS[kind], weights=weights).to(dtype)
        together = model(SOURCE, LENGTHS, TARGETS)
        memory, state = model.begin(SOURCE, LENGTHS)
        for t in range(TARGETS.size(1)):
            assert state.position == t
            output, state, seen = model.decoder.step(memory, state, TARGETS[:, t])
            close(output, together.states[:, t], tolerance)
            assert (seen.weights is None) == (together.weights is None)
            if seen.weights is not None:
                close(seen.weights.squeeze(1), together.weights[:, t], tolerance)


@every_build
@torch.no_grad()
def test_hypotheses_follow_their_parents_wherever_they_are_reordered_repeated_and_dropped(
    make, kind, weights
):
    """Three hypotheses of each sentence, whose parents change twice; then the middle sentence leaves."""
    model = make(KINDS[kind], weights=weights)
    memory, state = model.begin(SOURCE, LENGTHS)
    state = model.step(memory, state, torch.full((3,), BOS)).state
    said, tokens = torch.full((3, 1), BOS), torch.tensor([4, 5, 6, 7, 8, 9, 10, 4, 5])
    for parents in ([0, 0, 0, 1, 1, 1, 2, 2, 2], [2, 0, 0, 5, 4, 3, 7, 7, 8], [1, 1, 2, 3, 5, 3, 8, 6, 6]):
        state = select(state, torch.tensor(parents))
        said = torch.cat((said[parents], tokens.unsqueeze(1)), dim=1)
        log_probs, state, _ = model.step(memory, state, tokens)
        close(log_probs.double(), after(model, torch.arange(9) // 3, said), 2e-6)
        tokens = tokens.roll(1)
    rows, tokens = torch.tensor([1, 0, 7, 8]), torch.tensor([4, 5, 6, 7])
    memory, state = select(memory, torch.tensor([0, 2])), select(state, rows)
    said = torch.cat((said[rows], tokens.unsqueeze(1)), dim=1)
    close(model.step(memory, state, tokens).log_probs.double(), after(model, rows // 3, said), 2e-6)


def after(model: EncoderDecoder, sentences: Tensor, said: Tensor) -> Tensor:
    """The log-probabilities ``[R, V]`` of what follows, from the whole. Shape: sentences ``[R]``, said ``[R, T]``."""
    states = model(SOURCE[sentences], LENGTHS[sentences], said).states
    return model.projection(states[:, -1]).log_softmax(-1)


@every_build
@torch.no_grad()
def test_a_token_changes_no_bit_of_what_comes_before_it(make, kind, weights):
    model = make(KINDS[kind], weights=weights)
    before = model(SOURCE, LENGTHS, TARGETS)
    for place in (1, 2, 4):
        other = TARGETS.clone()
        other[:, place:] = 6
        other[:, place] = (TARGETS[:, place] + 1).clamp(min=4) % VOCABULARY
        after = model(SOURCE, LENGTHS, other)
        assert torch.equal(before.states[:, :place], after.states[:, :place])
        assert (before.states[:, place] != after.states[:, place]).any(dim=-1).all()
        if before.weights is not None:
            assert torch.equal(before.weights[:, :place], after.weights[:, :place])


@every_build
@torch.no_grad()
def test_what_stands_in_padding_never_matters(make, kind, weights):
    model, other = make(KINDS[kind], weights=weights), SOURCE.clone()
    other[1, 4:], other[2, 1:] = 7, 9
    one, two = model(SOURCE, LENGTHS, TARGETS), model(other, LENGTHS, TARGETS)
    assert torch.equal(one.states, two.states)
    assert one.weights is None or torch.equal(one.weights, two.weights)


@every_build
@torch.no_grad()
def test_a_sentence_alone_equals_its_row_in_a_padded_batch(make, kind, weights):
    model = make(KINDS[kind], weights=weights)
    together = model(SOURCE, LENGTHS, TARGETS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = model(SOURCE[row : row + 1, :length], LENGTHS[row : row + 1], TARGETS[row : row + 1])
        close(alone.states[0], together.states[row])
        if together.weights is not None:
            close(alone.weights[0], together.weights[row, :, :length])
            assert not together.weights[row, :, length:].any()


@pytest.mark.parametrize("kind", FUSED)
def test_the_fused_build_has_the_parameters_of_the_one_that_shows_its_weights_and_the_same_gradients(
    make, kind
):
    shown, fused = (make(KINDS[kind], weights=weights) for weights in (True, False))
    fused.load_state_dict(shown.state_dict())
    assert [name for name, _ in shown.named_parameters()] == [name for name, _ in fused.named_parameters()]
    states = [model(SOURCE, LENGTHS, TARGETS).states for model in (shown, fused)]
    close(*states)
    weight = torch.randn(states[0].shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    gradients = [
        torch.autograd.grad((weight * one).sum(), list(model.parameters()), allow_unused=True)
        for one, model in zip(states, (shown, fused), strict=True)
    ]
    for name, one, other in zip(dict(shown.named_parameters()), *gradients, strict=True):
        assert (one is None) == (other is None), name
        if one is not None:
            close(one, other)


@every_build
def test_an_empty_source_gives_finite_states_and_gradients(make, kind, weights):
    model, lengths = make(KINDS[kind], weights=weights).float(), torch.tensor([6, 0, 1])
    model.train()
    torch.manual_seed(0)
    decoded = model(SOURCE, lengths, TARGETS)
    assert decoded.states.isfinite().all()
    loss = model.projection(decoded.states).square().sum()
    for chosen in (decoded.log_prob, decoded.entropy):
        loss = loss if chosen is None else loss + chosen.sum()
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all(), name
    if decoded.weights is not None:
        assert not decoded.weights[1].any()


@every_kind
@torch.no_grad()
def test_dropout_works_in_training_and_rests_in_evaluation(make, kind):
    model = make(KINDS[kind])
    still = model(SOURCE, LENGTHS, TARGETS).states
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.5
    assert torch.equal(model(SOURCE, LENGTHS, TARGETS).states, still)
    model.train()
    one, two = (model(SOURCE, LENGTHS, TARGETS).states for _ in range(2))
    assert not torch.equal(one, two)
