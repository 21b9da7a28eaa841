"""The length penalty of Wu et al. 2016."""

import pytest
import torch

from nmt.decoding.penalty import gnmt


@pytest.mark.parametrize(
    ("length", "alpha", "expected"),
    [(1, 0.6, 1.0), (7, 1.0, 2.0), (7, 0.5, 2**0.5), (19, 2.0, 16.0), (13, 0.0, 1.0)],
)
def test_hand_worked(length: int, alpha: float, expected: float):
    assert gnmt(length, alpha) == pytest.approx(expected)


def test_it_takes_many_lengths_at_once():
    assert gnmt(torch.tensor([1.0, 7.0, 13.0]), 1.0).tolist() == [1.0, 2.0, 3.0]
