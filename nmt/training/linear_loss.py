"""Output projection and a loss of its logits in one pass, in chunks, so that the full logits never exist.

Letters: N rows (real target positions), n those of one chunk, D output width, V vocabulary, F figures told of each row.

The gradient of such a loss is known as soon as its logits are, so each chunk's gradient is taken at once, in the
chunk's own memory, and the backward pass has nothing left to recompute.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

CHUNK = 512  # rows: 16 MB of float32 logits for a vocabulary of 8,000


class Judged(NamedTuple):
    """What a criterion says of a chunk: loss, the sum to minimise; figures ``[F, n]``, which have no gradient; and
    grad ``[n, V]``, that of the loss with regard to the logits, where it is wanted."""

    loss: Tensor
    figures: Tensor
    grad: Tensor | None


class Criterion(ABC):
    """A loss that is a sum over rows of logits, or over groups of ``together`` rows that lie side by side; ``figures``
    names what it tells of each row, the unsmoothed negative log-likelihood first."""

    together = 1
    figures: tuple[str, ...] = ("nll",)

    @abstractmethod
    def judge(self, logits: Tensor, gold: Tensor, *, wanted: bool) -> Judged:
        """Whether a gradient is ``wanted`` or not, the logits' memory may be used up.

        Shape: logits ``[n, V]``, gold ``[n, 1]``.
        """


def linear_loss(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, criterion: Criterion
) -> tuple[Tensor, Tensor]:
    """What the criterion says of the logits ``W h + b``: its loss, and its figures ``[F, N]``.

    Shape: states ``[N, D]``, weight ``[V, D]``, bias ``[V]``, targets ``[N]``.
    Products run in the dtype of autocast where it is on; the criterion gets at least float32.
    """
    wanted = torch.is_grad_enabled() and any(one.requires_grad for one in (states, weight, bias))
    return _apply(states, weight, bias, targets, criterion, wanted)


class _LinearLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        criterion: Criterion,
        wanted: bool,
    ) -> tuple[Tensor, Tensor]:
        device = states.device.type
        compute = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        size = CHUNK // criterion.together * criterion.together
        with torch.autocast(device, enabled=False):
            w, h, b = weight.to(compute), states.to(compute), bias.to(compute)
            exact = torch.promote_types(compute, torch.float32)
            loss = torch.zeros((), dtype=torch.float64, device=states.device)
            figures = []
            grad_states, grad_weight = torch.empty_like(h), torch.zeros_like(weight)
            grad_bias = torch.zeros_like(bias)
            for start in range(0, max(len(h), 1), size):
                rows, gold = h[start : start + size], targets[start : start + size, None]
                judged = criterion.judge(torch.addmm(b, rows, w.t()).to(exact), gold, wanted=wanted)
                loss += judged.loss
                figures.append(judged.figures)
                if judged.grad is not None:
                    grad_bias += judged.grad.sum(dim=0)
                    narrow = judged.grad.to(compute)
                    torch.mm(narrow, w, out=grad_states[start : start + size])
                    grad_weight += narrow.t() @ rows
        if wanted:
            ctx.save_for_backward(grad_states.to(states.dtype), grad_weight, grad_bias)
        told = torch.cat(figures, dim=1)
        ctx.mark_non_differentiable(told)
        return loss.to(exact), told

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad = grads[0]
        scaled = (one * grad.to(one.dtype) for one in ctx.saved_tensors)
        return (*scaled, None, None, None)


_apply = cast(Callable[..., tuple[Tensor, Tensor]], _LinearLoss.apply)  # torch leaves it untyped
