"""The decoder's first state: a learnt map of the encoder's last, that itself, or nothing."""

import pytest
import torch

from nmt.models.rnn.bridge import Bridge, Last, Zero

H = 3
FINAL = torch.tensor([[1.0, 2.0, 3.0, 3.0, -2.0, 5.0], [0.0, 0.5, 1.0, 2.0, 1.5, -1.0]])


def test_bridge_is_a_squashed_linear_map():
    bridge = Bridge(encoder_size=6, hidden=H)
    assert not bridge.linear.bias.any()
    torch.nn.init.normal_(bridge.linear.bias)
    expected = torch.tanh(FINAL @ bridge.linear.weight.t() + bridge.linear.bias)
    torch.testing.assert_close(bridge(FINAL), expected)


def test_last_is_the_mean_of_two_directions():
    result = Last(encoder_size=6, hidden=H)(FINAL)
    assert result.tolist() == [[2.0, 0.0, 4.0], [1.0, 1.0, 0.0]]


def test_last_of_one_direction_is_the_state_itself():
    assert torch.equal(Last(encoder_size=6, hidden=6)(FINAL), FINAL)


@pytest.mark.parametrize("encoder_size", [4, 9])
def test_last_refuses_unequal_widths_and_names_both(encoder_size: int):
    with pytest.raises(ValueError, match=rf"encoder {encoder_size}, decoder 3"):
        Last(encoder_size=encoder_size, hidden=H)


def test_zero_is_zero_whatever_the_encoder_says():
    result = Zero(hidden=H)(FINAL.double())
    assert result.shape == (2, H)
    assert result.dtype == torch.float64
    assert not result.any()
