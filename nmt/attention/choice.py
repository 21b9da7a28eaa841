"""A choice of one place out of many: drawn, or the best; what hard attention and sampled windows share.

Letters: T queries, S keys. Any leading dimensions.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from nmt.attention.mask import masked_softmax


class Choice(NamedTuple):
    """place ``[..., T]``: the index of the chosen key; log_prob ``[..., T]`` of that choice, and entropy ``[..., T]``
    of what it was drawn from, both 0 in a row with nothing to choose from, differentiable, and in float32 at least."""

    place: Tensor
    log_prob: Tensor
    entropy: Tensor


def draw(scores: Tensor, mask: Tensor | None) -> Choice:
    """Draws a place from the softmax of the scores. Shape: scores ``[..., T, S]``, mask broadcastable to it."""
    log_probs = masked_log_softmax(scores, mask)
    with torch.no_grad():
        # The least of exponential clocks whose rates are the probabilities (the Gumbel-max trick, exponentiated).
        clocks = _clocks(log_probs).clamp_min(torch.finfo(log_probs.dtype).tiny)
        odds = log_probs.exp() / clocks
        place = (odds if mask is None else odds.masked_fill(~mask, -1.0)).argmax(dim=-1)
    log_prob = log_probs.gather(-1, place.unsqueeze(-1)).squeeze(-1)
    return Choice(place, log_prob, -(log_probs.exp() * log_probs).sum(dim=-1))


def draw_nothing(scores: Tensor) -> None:
    """Uses up the random numbers of :func:`draw`, so that a pass that takes the expectation for the choice can have the
    dropout of one that chose. Shape: scores ``[..., T, S]``."""
    _clocks(scores)


def _clocks(scores: Tensor) -> Tensor:
    return torch.empty_like(scores, dtype=torch.promote_types(scores.dtype, torch.float32)).exponential_()


def best(scores: Tensor, mask: Tensor | None) -> Tensor:
    """The place of the highest score, the first of equals. Shape: scores ``[..., T, S]`` -> ``[..., T]``."""
    lowest = torch.finfo(scores.dtype).min
    return (scores if mask is None else scores.masked_fill(~mask, lowest)).argmax(dim=-1)


def one_hot(place: Tensor, like: Tensor, mask: Tensor | None) -> Tensor:
    """Weight 1 at each place, and nothing where even that is masked. Shape: place ``[..., T]`` -> as ``like``."""
    weights = torch.zeros_like(like, requires_grad=False).scatter(-1, place.unsqueeze(-1), 1.0)
    return weights if mask is None else weights.masked_fill(~mask, 0.0)


def masked_log_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Log-probabilities among the places that may be attended to; 0 where masked, so that nothing there reaches a
    sum or a gradient, and a probability times its logarithm is 0 there. In float32 at least.

    Shape: scores ``[..., T, S]``, mask broadcastable to it.
    """
    wide = scores.to(torch.promote_types(scores.dtype, torch.float32))
    if mask is None:
        return torch.log_softmax(wide, dim=-1)
    return torch.log_softmax(wide.masked_fill(~mask, torch.finfo(wide.dtype).min), dim=-1).masked_fill(
        ~mask, 0.0
    )


def expectation(scores: Tensor, mask: Tensor | None) -> Tensor:
    """The mean place, differentiable. Shape: scores ``[..., T, S]`` -> ``[..., T]``."""
    weights = masked_softmax(scores.to(torch.promote_types(scores.dtype, torch.float32)), mask)
    return weights @ torch.arange(scores.size(-1), dtype=weights.dtype, device=scores.device)
