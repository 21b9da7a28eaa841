"""The coverage loss: attending again to what was attended to costs (See, Liu and Manning 2017, eq. 12).

Letters: B sentences, T target length, S source length.
"""

from torch import Tensor

from nmt.training.objective import Part, Term, Told


def repeated(weights: Tensor) -> Tensor:
    """``sum over s of min(a_ts, c_ts)``, c being the sum of the weights before. Shape: ``[B, T, S]`` -> ``[B, T]``."""
    return weights.minimum(weights.cumsum(dim=1) - weights).sum(dim=-1)


class CoverageTerm(Term):
    """``weight * sum of repeated(a)`` over the real target places, from step ``start``; reports that sum unweighted."""

    name = "coverage"

    def __init__(self, *, weight: float, start: int) -> None:
        super().__init__()
        self.weight, self.start = weight, start

    def forward(self, told: Told) -> Part:
        assert told.decoded.weights is not None  # the configuration allows coverage only where there are some
        again = repeated(told.decoded.weights.float()).masked_fill(~told.batch.target_mask, 0.0).sum()
        return Part(again * (self.weight if told.step >= self.start else 0.0), again)
