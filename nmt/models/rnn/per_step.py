"""A linear map inside a recurrence, whose weight gradient is taken once for all steps.

Autograd would make one small product and one addition to the whole weight gradient at every step; here the steps
only note their inputs and output gradients, and one large product follows at the end. In half precision the weight
is converted once, and the sum over steps is accumulated by that product, in float32.

Letters: R rows, I inputs, O outputs.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn

Pairs = list[tuple[Tensor, Tensor]]


def per_step(linear: nn.Linear) -> Callable[[Tensor], Tensor]:
    """The same function as ``linear``, for use at each step of one forward pass. Shape: ``[R, I]`` -> ``[R, O]``."""
    if not (torch.is_grad_enabled() and linear.weight.requires_grad):
        return linear
    device = linear.weight.device.type
    half = torch.is_autocast_enabled(device)
    weight = linear.weight.detach().to(torch.get_autocast_dtype(device) if half else linear.weight.dtype)
    bias = None if linear.bias is None else linear.bias.detach().to(weight.dtype)
    pairs: Pairs = []
    end = _end(linear.weight, linear.bias, pairs)
    return lambda x: _step(x, end, weight, bias, pairs)


class _Step(torch.autograd.Function):
    """One step: the gradient of the input now, of the weight later."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, end: Tensor, weight: Tensor, bias: Tensor | None, pairs: Pairs
    ) -> Tensor:
        narrow = x.to(weight.dtype)
        ctx.save_for_backward(narrow, weight)
        ctx.pairs, ctx.dtype = pairs, x.dtype
        with torch.autocast(x.device.type, enabled=False):
            return nn.functional.linear(narrow, weight, bias)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad = grads[0].to(weight.dtype)
        ctx.pairs.append((x, grad))
        # The zero for `end` makes autograd run _End's backward after every step's.
        return (grad @ weight).to(ctx.dtype), grad.new_zeros((), dtype=torch.float32), None, None, None


class _End(torch.autograd.Function):
    """What all steps depend on, so that its backward comes last and finds every pair."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, bias: Tensor | None, pairs: Pairs) -> Tensor:
        ctx.pairs, ctx.bias, ctx.dtype = pairs, bias is not None, weight.dtype
        return weight.new_zeros(())

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor | None, ...]:
        inputs, grads = (torch.cat(column) for column in zip(*ctx.pairs, strict=True))
        ctx.pairs.clear()
        weight = (grads.t() @ inputs).to(ctx.dtype)
        bias = (
            grads.sum(dim=0, dtype=torch.promote_types(grads.dtype, torch.float32)).to(ctx.dtype)
            if ctx.bias
            else None
        )
        return weight, bias, None


# torch leaves `apply` untyped.
_step = cast(Callable[..., Tensor], _Step.apply)
_end = cast(Callable[..., Tensor], _End.apply)
