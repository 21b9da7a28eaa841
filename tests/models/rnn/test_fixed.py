"""Without attention every step sees one vector: the encoder's last states."""

import torch

from nmt.attention.mask import padding_mask
from nmt.models.rnn.fixed import FixedVector

LENGTHS = torch.tensor([3, 1, 2])


def remember(states: torch.Tensor, *, bidirectional: bool):
    fixed = FixedVector(key_size=states.size(-1), bidirectional=bidirectional)
    return fixed, fixed.remember(states, padding_mask(LENGTHS, 3), LENGTHS)


def test_one_direction_ends_at_the_last_real_place():
    states = torch.arange(9.0).view(3, 3, 1)
    fixed, memory = remember(states, bidirectional=False)
    seen = fixed(torch.randn(3, 2, 5), memory, position=0)
    assert seen.context.tolist() == [[[2.0]] * 2, [[3.0]] * 2, [[7.0]] * 2]
    assert fixed.context_size == 1


def test_the_backward_direction_ends_at_the_first_place():
    states = torch.stack((torch.arange(9.0).view(3, 3), -torch.arange(9.0).view(3, 3)), dim=-1)
    fixed, memory = remember(states, bidirectional=True)
    seen = fixed(torch.randn(3, 1, 5), memory, position=4)
    assert seen.context.squeeze(1).tolist() == [[2.0, -0.0], [3.0, -3.0], [7.0, -6.0]]


def test_the_query_is_not_asked_and_there_are_no_weights():
    fixed, memory = remember(torch.randn(3, 3, 4), bidirectional=True)
    one, two = (fixed(query, memory, position=0) for query in torch.randn(2, 3, 1, 5))
    assert torch.equal(one.context, two.context)
    assert one.weights is None
    assert one.log_prob is None


def test_it_holds_the_last_states_of_the_encoder(make_model, sources):
    model = make_model(attention="none", bidirectional=True)
    encoded = model.encoder(*sources)
    memory, _ = model.begin(*sources)
    torch.testing.assert_close(memory.values.squeeze(1), encoded.finals[-1], rtol=0, atol=1e-12)
