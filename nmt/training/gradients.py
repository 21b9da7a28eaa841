"""How large gradients are in each part of a model."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

APART = (
    "embedding",
    "attention",
    "cross",
)  # parts of an encoder or a decoder that are told apart from the rest of it

Parts = Mapping[str, Sequence[nn.Parameter]]


def parts_of(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """The parameters that learn, by the part of a model, or of an objective's, that they belong to, in its order.

    A part is what the first word of a parameter's name says, as in ``encoder``, ``decoder`` and ``projection``; their
    embeddings and attention are parts of their own, those of all layers together, as in ``decoder.attention`` and a
    Transformer's ``decoder.cross``. A shared parameter counts once, where it comes first.
    """
    parts: dict[str, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            first, *rest = name.removeprefix("model.").split(".")
            apart = [word for word in rest if word in APART]
            parts.setdefault(".".join((first, *apart[:1])), []).append(parameter)
    return parts


@torch.no_grad()
def scale(parameters: Sequence[nn.Parameter], factor: float) -> None:
    """Multiplies every gradient there is."""
    torch._foreach_mul_([one.grad for one in parameters if one.grad is not None], factor)


class Norms(NamedTuple):
    """Norms of gradients as they were before clipping: of all, and by part; on the device, not waited for."""

    total: Tensor
    parts: dict[str, Tensor]


@torch.no_grad()
def clip_and_measure(parts: Parts, max_norm: float) -> Norms:
    """``torch.nn.utils.clip_grad_norm_`` that also tells each part's norm: one pass over the gradients gives both.

    A part that has no gradient has norm zero; so has a model that has none.
    """
    gradients = {
        part: [parameter.grad for parameter in parameters if parameter.grad is not None]
        for part, parameters in parts.items()
    }
    flat = [gradient for some in gradients.values() for gradient in some]
    if not flat:
        return Norms(torch.zeros(()), {part: torch.zeros(()) for part in parts})
    norms = torch.stack(torch._foreach_norm(flat))  # one number a tensor: all else is cheap
    total = torch.linalg.vector_norm(norms)
    shares = torch.split(norms, [len(some) for some in gradients.values()])
    torch._foreach_mul_(flat, torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return Norms(
        total,
        {part: torch.linalg.vector_norm(share) for part, share in zip(gradients, shares, strict=True)},
    )
