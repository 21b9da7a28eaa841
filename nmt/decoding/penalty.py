"""Length penalties: what a hypothesis's log-probability is divided by, so that lengths compare."""

from torch import Tensor


def gnmt(length: Tensor | float, alpha: float) -> Tensor | float:
    """``((5 + |Y|) / 6) ** alpha`` (Wu et al. 2016, eq. 14); |Y| counts the end symbol. 1 where alpha is 0."""
    return ((5 + length) / 6) ** alpha
