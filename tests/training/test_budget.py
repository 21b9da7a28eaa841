"""A batch that needs more than there is stops in time; the others are not touched."""

import gc

import pytest
import torch

from nmt.training import budget
from nmt.training.budget import Budget


def test_it_stops_what_saves_more_than_its_share(make_objective, make_batch, monkeypatch):
    objective, batch = make_objective(), make_batch(seed=1, pairs=30)
    monkeypatch.setattr(budget, "free_memory", lambda: 1000)
    with pytest.raises(MemoryError, match="bytes for one batch"), Budget().watching(batch):
        objective(batch)


def test_a_storage_counts_once(monkeypatch, make_batch):
    monkeypatch.setattr(budget, "free_memory", lambda: 12_000)
    ones = torch.ones(1000, requires_grad=True)  # 4,000 bytes, of 7,200 that may be saved
    layer = torch.nn.Identity()
    with Budget().watching(make_batch(seed=1)):
        (ones * ones).sum()  # saves both factors
        layer(ones)
    with pytest.raises(MemoryError), Budget().watching(make_batch(seed=1)):
        layer(ones.exp().exp())


def test_what_went_well_once_is_not_watched_again(make_batch, monkeypatch):
    asked = []
    monkeypatch.setattr(budget, "free_memory", lambda: asked.append(1) or 10**12)
    one = Budget()
    small, large = make_batch(seed=1, pairs=3), make_batch(seed=1, pairs=30)
    for batch, count in ((small, 1), (small, 1), (large, 2), (small, 2), (large, 2)):
        with one.watching(batch):
            pass
        assert len(asked) == count


def test_where_the_system_does_not_tell_nothing_is_stopped(make_objective, make_batch, monkeypatch):
    monkeypatch.setattr(budget, "free_memory", lambda: None)
    batch = make_batch(seed=1)
    with Budget().watching(batch):
        assert not torch.nn.modules.module._global_forward_pre_hooks


def test_the_model_s_own_weights_do_not_count(make_batch, monkeypatch):
    monkeypatch.setattr(budget, "free_memory", lambda: 12_000)
    layer = torch.nn.Linear(1, 5000)  # 20,000 bytes, which its backward pass needs
    for one in (Budget(layer.parameters()), Budget()):
        try:
            with one.watching(make_batch(seed=1)):
                torch.nn.Identity()(layer.weight * layer.weight)
            stopped = False
        except MemoryError:
            stopped = True
        assert stopped == (not one.there)


def test_gradients_are_the_same_watched_or_not(make_objective, make_batch):
    batch, gradients = make_batch(seed=1), []
    for watched in (True, False):
        objective = make_objective()
        one = Budget()
        one.largest = 0 if watched else 10**9
        with one.watching(batch):
            objective(batch).sums.backward()
        gradients.append([parameter.grad for parameter in objective.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))


def test_nothing_stays_behind_of_a_batch_that_was_stopped(make_objective, make_batch, monkeypatch):
    monkeypatch.setattr(budget, "free_memory", lambda: 200_000)
    objective = make_objective()
    tensors = []
    for _ in range(2):
        with pytest.raises(MemoryError), Budget().watching(make_batch(seed=1, pairs=100)):
            objective(make_batch(seed=1, pairs=100))
        gc.collect()
        tensors.append(sum(issubclass(type(one), torch.Tensor) for one in gc.get_objects()))
    assert tensors[0] == tensors[1]
