"""The lexicon's bias: where the word just fed may stand, and what is near it."""

import math

import torch

from nmt.attention.lexicon import Lexicon

SURE, HALF = math.log1p(1 / 1e-3), math.log1p(0.5 / 1e-3)


def lexicon(kernel: list[float]) -> Lexicon:
    """Piece 1 is translated by 7 for sure; piece 2 by 8 or 7, with even odds; pieces 0 and 3 are unknown."""
    made = Lexicon(vocabulary=4, candidates=2, reach=len(kernel) // 2)
    made.fill(
        torch.tensor([[-1, -1], [7, -1], [8, 7], [-1, -1]]),
        torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.5, 0.5], [0.0, 0.0]]),
    )
    made.kernel.data = torch.tensor(kernel)
    return made


def test_it_points_to_the_word_just_fed():
    bias = lexicon([1.0])(torch.tensor([[3, 1, 2], [1, 1, 0]]), torch.tensor([[7, 8, 5], [7, 7, 7]]))
    expected = [[[0, SURE, HALF], [0, 0, HALF], [0, 0, 0]], [[SURE, SURE, 0]] * 3]
    torch.testing.assert_close(bias, torch.tensor(expected))


def test_the_kernel_moves_the_gaze_and_stops_at_the_borders():
    """kernel[d + D]: what is added d places after the match."""
    source, fed = torch.tensor([[1, 3, 2, 3, 3]]), torch.tensor([[8, 7]])
    after = lexicon([0.0, 0.0, 0.0, 0.5, 0.25])(source, fed)
    expected = [
        [0.0, 0.0, 0.0, 0.5 * HALF, 0.25 * HALF],
        [0.0, 0.5 * SURE, 0.25 * SURE, 0.5 * HALF, 0.25 * HALF],
    ]
    torch.testing.assert_close(after, torch.tensor([expected]))
    before = lexicon([0.0, 2.0, 0.0, 0.0, 0.0])(source, fed)
    torch.testing.assert_close(before[0, 0], torch.tensor([0.0, 2 * HALF, 0.0, 0.0, 0.0]))


def test_it_begins_without_a_word_to_say_and_learns_to():
    fresh = Lexicon(vocabulary=4, candidates=2, reach=1)
    fresh.fill(torch.tensor([[7, -1]] * 4), torch.tensor([[1.0, 0.0]] * 4))
    bias = fresh(torch.tensor([[1, 2]]), torch.tensor([[7]]))
    assert not bias.any()
    bias[0, 0, 1].backward()
    torch.testing.assert_close(fresh.kernel.grad, torch.tensor([0.0, SURE, SURE]))
    assert [name for name, _ in fresh.named_parameters()] == ["kernel"]
