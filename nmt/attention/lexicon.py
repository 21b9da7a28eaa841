"""Guidance from outside: a bilingual lexicon tells the scores where in the source the word just fed may stand.

Letters: B sentences, T queries, S source length, V source vocabulary, C candidates, D reach.
"""

import torch
from torch import Tensor, nn

FAINT = 1e-3  # a probability that counts as nothing


class Lexicon(nn.Module):
    """A bias on the scores: ``sum over d of kernel[d] * m(y, x[s - d])``, d from -D to D, y being the word just fed.

    ``m(y, x) = log(1 + p(y | x) / FAINT)`` is 0 where the lexicon says nothing. Before step t only the word of step t-1
    is known; what stands d places after its source may be what comes next, and the ``kernel`` learns for which d: it
    begins as zeros, that is, as no guidance. The table is not learnt: for each source piece C target pieces
    (``targets``) and their probabilities (``odds``), both ``[V, C]``, which are kept with the weights.
    """

    targets: Tensor
    odds: Tensor

    def __init__(self, *, vocabulary: int, candidates: int, reach: int) -> None:
        super().__init__()
        self.register_buffer("targets", torch.full((vocabulary, candidates), -1))
        self.register_buffer("odds", torch.zeros(vocabulary, candidates))
        self.kernel = nn.Parameter(torch.zeros(2 * reach + 1))

    def fill(self, targets: Tensor, odds: Tensor) -> None:
        """Sets the table. Shape: ``[V, C]`` each; a target of -1 is none."""
        self.targets.copy_(targets)
        self.odds.copy_(odds)

    def forward(self, source: Tensor, fed: Tensor) -> Tensor:
        """Shape: source ``[B, S]`` and fed ``[B, T]`` ids -> what to add to the scores, ``[B, T, S]``."""
        matches = torch.log1p(self.odds[source] / FAINT)  # [B, S, C]
        same = self.targets[source].unsqueeze(1) == fed[:, :, None, None]  # [B, T, S, C]
        found = torch.where(same, matches.unsqueeze(1), 0.0).sum(dim=-1)
        reach = len(self.kernel) // 2
        around = nn.functional.pad(found, (reach, reach)).unfold(-1, len(self.kernel), 1)  # [B, T, S, 2D+1]
        # The window of place s holds s-D .. s+D; kernel[d + D] belongs to s - d.
        return (around * self.kernel.flip(0)).sum(dim=-1)
