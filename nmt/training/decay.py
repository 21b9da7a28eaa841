"""Which weights weight decay pulls towards zero: not those whose size says nothing of how well a model generalises."""

from collections.abc import Callable
from typing import Any

from torch import nn

from nmt.attention.relation import Relative

Pulled = Callable[[nn.Parameter], bool]


def parameter_groups(model: nn.Module, pulled: Pulled) -> list[dict[str, Any]]:
    """What an optimiser takes: the parameters that learn, those that are not pulled in a group of their own.

    Their order is the model's within a group, and the pulled come first, so that a checkpoint's numbers stay theirs.
    """
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    spared = [parameter for parameter in learning if not pulled(parameter)]
    groups: list[dict[str, Any]] = [
        {"params": [parameter for parameter in learning if pulled(parameter)]},
        {"params": spared, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def everything(_: nn.Parameter) -> bool:
    """Every parameter alike."""
    return True


def matrices(parameter: nn.Parameter) -> bool:
    """Maps and embeddings, not biases, nor the gains of a layer normalisation."""
    return parameter.dim() >= 2


def layers(model: nn.Module) -> Pulled:
    """The maps alone: no embeddings, be they of pieces, places or distances, nor an output layer that shares one."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    tables |= {id(module.table) for module in model.modules() if isinstance(module, Relative)}
    return lambda parameter: matrices(parameter) and id(parameter) not in tables
