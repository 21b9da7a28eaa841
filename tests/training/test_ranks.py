"""What each process of several has of its own; what they have together is tested in tests/stages/test_together.py."""

import torch

from nmt.training.ranks import Alone


def test_each_draws_random_numbers_of_its_own_and_the_first_those_it_has():
    drawn = []
    for rank in range(3):
        torch.manual_seed(5)
        ranks = Alone()
        ranks.rank = rank
        ranks.part_ways(5)
        drawn.append(tuple(torch.rand(4).tolist()))
    torch.manual_seed(5)
    assert drawn[0] == tuple(torch.rand(4).tolist())
    assert len(set(drawn)) == 3
