"""R-Drop: two passes under other dropout shall say the same (Liang et al. 2021, "R-Drop: Regularized Dropout for
Neural Networks").

Letters: n rows of a chunk, n/2 places in two passes each, V vocabulary.
"""

import torch
from torch import Tensor

from nmt.training.linear_loss import Criterion, Judged


class RDrop(Criterion):
    """Each row's label-smoothed cross-entropy, and ``weight`` times the divergence of its distribution p from that of
    the same place in the other pass, q; the two rows of a place lie side by side.

    Summed over both passes and halved, which is left to whoever made two of one, a place costs
    ``(CE_1 + CE_2) / 2 + weight * (KL(p||q) + KL(q||p)) / 2``: half of eq. 4 with alpha = 2 weight.

    Tells each row's KL(p||q) as ``r_drop``.
    """

    together = 2
    figures = ("nll", "r_drop")

    def __init__(self, *, weight: float, label_smoothing: float = 0.0) -> None:
        self.weight, self.label_smoothing = weight, label_smoothing

    def judge(self, logits: Tensor, gold: Tensor, *, wanted: bool) -> Judged:
        smoothing = self.label_smoothing
        log_p = logits.sub_(logits.logsumexp(dim=-1, keepdim=True))
        p = log_p.exp()
        apart = log_p - _other(log_p)  # d = log p - log q
        kl = torch.linalg.vecdot(p, apart)
        nll = -log_p.gather(1, gold).squeeze(1)
        loss = (1 - smoothing) * nll.sum() - smoothing * log_p.mean(-1).sum() + self.weight * kl.sum()
        figures = torch.stack([nll, kl])
        if not wanted:
            return Judged(loss, figures, None)
        # A place's two rows have J = KL(p||q) + KL(q||p) = sum over v of (p_v - q_v) d_v. By the log-probabilities of
        # p alone dJ = p_v d_v + (p_v - q_v), which sums to KL(p||q); a log-softmax passes g on to its logits as
        # g - p sum(g). So dJ/dz_v = p_v (d_v - KL(p||q)) + p_v - q_v, and for q the same with the two exchanged.
        grad = apart.sub_(kl.unsqueeze(1)).add_(1).mul_(self.weight).add_(1).mul_(p)
        grad.sub_(_other(p), alpha=self.weight).sub_(smoothing / logits.size(1))
        grad.scatter_add_(1, gold, torch.full_like(gold, -(1 - smoothing), dtype=grad.dtype))
        return Judged(loss, figures, grad)


def _other(rows: Tensor) -> Tensor:
    """What stands in the same place of the other pass. Shape: ``[n, V]``."""
    return rows.view(-1, 2, rows.size(1)).flip(1).view_as(rows)
