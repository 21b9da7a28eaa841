"""What stands around each sublayer: the residual connection, its dropout, and the normalisation before or after.

Letters: any leading dimensions, D model width.
"""

from torch import Tensor, nn

from nmt.attention.dropout import Dropout


class Residual(nn.Module):
    """Post-norm ``Norm(x + Dropout(f(x)))`` (Vaswani et al. 2017), or pre-norm ``x + Dropout(f(Norm(x)))`` (Xiong et
    al. 2020), in two halves: ``y = f(residual.enter(x))``, ``residual(x, y)``."""

    def __init__(self, *, norm: nn.Module, dropout: float, pre_norm: bool) -> None:
        super().__init__()
        self.norm, self.pre_norm = norm, pre_norm
        self.dropout = Dropout(dropout)

    def enter(self, x: Tensor) -> Tensor:
        """What the sublayer reads. Shape: ``[..., D]``."""
        return self.norm(x) if self.pre_norm else x

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The sublayer's input and its say, joined. Shape: ``[..., D]``."""
        joined = x + self.dropout(y)
        return joined if self.pre_norm else self.norm(joined)
