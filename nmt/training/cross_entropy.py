"""Output projection and cross-entropy in one pass, in chunks, so that the full logits never exist.

Letters: N real target positions, D output width, V vocabulary.

The gradient of a softmax cross-entropy is known as soon as its logits are, so each chunk's gradient is taken at
once, in the chunk's own memory, and the backward pass has nothing left to recompute.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

CHUNK = 512  # positions: 16 MB of float32 logits for a vocabulary of 8,000


class CrossEntropy(NamedTuple):
    """The loss to minimise, a sum over positions; and each position's unsmoothed negative log-likelihood ``[N]``, which
    has no gradient."""

    loss: Tensor
    nll: Tensor


def linear_cross_entropy(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, label_smoothing: float = 0.0
) -> CrossEntropy:
    """Cross-entropy of ``softmax(W h + b)``; smoothing spreads epsilon over all V, as torch's does.

    Shape: states ``[N, D]``, weight ``[V, D]``, bias ``[V]``, targets ``[N]``.
    Products run in the dtype of autocast where it is on; the softmax in float32.
    """
    wanted = torch.is_grad_enabled() and any(one.requires_grad for one in (states, weight, bias))
    return CrossEntropy(*_apply(states, weight, bias, targets, label_smoothing, wanted))


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
        wanted: bool,
    ) -> tuple[Tensor, Tensor]:
        device = states.device.type
        compute = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        with torch.autocast(device, enabled=False):
            w, h, b = weight.to(compute), states.to(compute), bias.to(compute)
            exact = torch.promote_types(compute, torch.float32)
            loss = torch.zeros((), dtype=torch.float64, device=states.device)
            nll = torch.empty(len(h), dtype=exact, device=states.device)
            grad_states, grad_weight = torch.empty_like(h), torch.zeros_like(weight)
            grad_bias = torch.zeros_like(bias)
            for start in range(0, len(h), CHUNK):
                rows, gold = h[start : start + CHUNK], targets[start : start + CHUNK, None]
                logits = torch.addmm(b, rows, w.t()).to(exact)
                total = logits.logsumexp(dim=-1, keepdim=True)
                chunk_nll = (total - logits.gather(1, gold)).squeeze(1)
                nll[start : start + CHUNK] = chunk_nll
                loss += (1 - smoothing) * chunk_nll.sum() + smoothing * (
                    total.squeeze(1) - logits.mean(-1)
                ).sum()
                if wanted:
                    grad = logits.sub_(total).exp_().sub_(smoothing / w.size(0))
                    grad.scatter_add_(1, gold, torch.full_like(gold, -(1 - smoothing), dtype=exact))
                    grad_bias += grad.sum(dim=0)
                    narrow = grad.to(compute)
                    torch.mm(narrow, w, out=grad_states[start : start + CHUNK])
                    grad_weight += narrow.t() @ rows
        if wanted:
            ctx.save_for_backward(grad_states.to(states.dtype), grad_weight, grad_bias)
        loss = loss.to(exact)
        ctx.mark_non_differentiable(nll)
        return loss, nll

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad = grads[0]
        scaled = (one * grad.to(one.dtype) for one in ctx.saved_tensors)
        return (*scaled, None, None, None)


_apply = cast(Callable[..., tuple[Tensor, Tensor]], _LinearCrossEntropy.apply)  # torch leaves it untyped
