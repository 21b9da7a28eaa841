"""Label-smoothed cross-entropy of a chunk of logits, and its gradient.

Letters: n rows of a chunk, V vocabulary.
"""

import torch
from torch import Tensor

from nmt.training.linear_loss import Criterion, Judged


class CrossEntropy(Criterion):
    """``- (1 - epsilon) log p(gold) - epsilon / V * sum of log p``: smoothing spreads epsilon over all V, as torch's
    does."""

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def judge(self, logits: Tensor, gold: Tensor, *, wanted: bool) -> Judged:
        smoothing = self.label_smoothing
        right, mean = logits.gather(1, gold), logits.mean(dim=-1, keepdim=True)
        top = logits.amax(dim=-1, keepdim=True)
        odds = logits.sub_(top).exp_()  # in place, and the only exponentials: the gradient needs the same
        sums = odds.sum(dim=-1, keepdim=True)
        total = sums.log().add_(top)
        nll = (total - right).squeeze(1)
        loss = (1 - smoothing) * nll.sum() + smoothing * (total - mean).sum()
        if not wanted:
            return Judged(loss, nll.unsqueeze(0), None)
        grad = odds.div_(sums).sub_(smoothing / logits.size(1))
        grad.scatter_add_(1, gold, torch.full_like(gold, -(1 - smoothing), dtype=grad.dtype))
        return Judged(loss, nll.unsqueeze(0), grad)
