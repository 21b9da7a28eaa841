"""What weight decay leaves alone."""

import pytest
import torch
from torch import nn

from nmt.attention.relation import Relative
from nmt.config.optimizer import Adafactor, Adagrad, Adam, AdamW, Optimizer, Sgd
from nmt.training.build import build_optimizer

OPTIMIZERS = (Sgd, Adam, AdamW, Adagrad, Adafactor)


class Model(nn.Module):
    """A table that is shared with the output, a map with its bias, a norm, and a vector for each distance."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 3)
        self.map = nn.Linear(3, 3)
        self.norm = nn.LayerNorm(3)
        self.relation = Relative(size=3, reach=1)
        self.output = nn.Linear(3, 5, bias=False)
        self.output.weight = self.table.weight


def moved(section: Optimizer) -> set[str]:
    """What one update changes when no gradient does."""
    model = Model()
    for parameter in model.parameters():
        nn.init.ones_(parameter)
        parameter.grad = torch.zeros_like(parameter)
    build_optimizer(section, model).step()
    return {name for name, one in model.named_parameters() if not torch.equal(one, torch.ones_like(one))}


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    ("decay", "pulled"),
    [
        ("all", {"table.weight", "map.weight", "map.bias", "norm.weight", "norm.bias", "relation.table"}),
        ("matrices", {"table.weight", "map.weight", "relation.table"}),
        ("layers", {"map.weight"}),
    ],
)
def test_only_what_is_named_is_pulled(kind, decay, pulled):
    assert moved(kind(weight_decay=0.1, decay=decay)) == pulled
    assert moved(kind(weight_decay=0.0)) == set()


def test_what_is_pulled_shrinks_by_the_share_that_is_asked_for():
    """Decoupled: w - lr * decay * w."""
    model = Model()
    nn.init.constant_(model.map.weight, 2.0)
    model.map.weight.grad = torch.zeros(3, 3)
    build_optimizer(AdamW(lr=0.1, weight_decay=0.5, decay="layers"), model).step()
    torch.testing.assert_close(model.map.weight, torch.full((3, 3), 1.9))


def test_by_default_all_parameters_are_one_group_in_the_models_order():
    model = Model()
    (group,) = build_optimizer(AdamW(), model).param_groups
    assert all(one is other for one, other in zip(group["params"], model.parameters(), strict=True))


def test_a_frozen_parameter_is_in_no_group():
    model = Model()
    model.map.requires_grad_(False)
    groups = build_optimizer(AdamW(decay="matrices"), model).param_groups
    assert [[tuple(one.shape) for one in group["params"]] for group in groups] == [
        [(5, 3), (3, 3)],
        [(3,), (3,)],
    ]
