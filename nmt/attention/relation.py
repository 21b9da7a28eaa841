"""How the queries and keys of one side learn of one another's places: one small class per relation.

Letters: T queries, S keys, W width of a head. Any leading dimensions. Places count from 0.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from nmt.attention.lines import steady_linear


class Relation(nn.Module, ABC):
    """The contract of every relation: it moves the vectors by their places, or adds to the scores, or both."""

    @abstractmethod
    def move(self, vectors: Tensor, places: Tensor) -> Tensor:
        """Queries or keys as they are scored. Shape: ``[..., T, W]``, places ``[T]``."""

    @abstractmethod
    def bias(self, query: Tensor, places: Tensor, keys: int) -> Tensor | None:
        """What is added to the scores of so many keys, if anything.

        Shape: query ``[..., T, W]``, places ``[T]`` -> ``[..., T, S]``.
        """


class Rotary(Relation):
    """Each pair of parts is turned by an angle that grows with the place (Su et al. 2021, eq. 34), so that a
    dot product of query and key depends on their distance alone.

    Pair i is made of the parts i and i + W/2, as in GPT-NeoX; its angle is ``place * base^(-2i / W)``.

    Raises:
        ValueError: W is odd.
    """

    def __init__(self, *, size: int, base: float = 10000.0) -> None:
        super().__init__()
        if size % 2:
            raise ValueError(f"rotary positions turn pairs: a head of width {size} has an odd one out")
        self.size, self.base = size, base

    def move(self, vectors: Tensor, places: Tensor) -> Tensor:
        wide = torch.promote_types(vectors.dtype, torch.float32)
        pairs = torch.arange(self.size // 2, dtype=torch.float64, device=vectors.device)
        angles = places.to(torch.float64).unsqueeze(-1) * self.base ** (-2 * pairs / self.size)  # [T, W/2]
        cos, sin = angles.cos().to(wide), angles.sin().to(wide)
        one, other = vectors.to(wide).chunk(2, dim=-1)
        return torch.cat((one * cos - other * sin, other * cos + one * sin), dim=-1).to(vectors.dtype)

    def bias(self, query: Tensor, places: Tensor, keys: int) -> Tensor | None:
        return None


class Relative(Relation):
    """``q . a[s - t] / sqrt(W)`` with a learnt vector for each distance, all beyond ``reach`` alike (Shaw, Uszkoreit
    and Vaswani 2018, eq. 4). ``table`` is a, ``[2 reach + 1, W]``, the farthest key before the query first.

    The paper's second table, which adds to the values (eq. 3), is left out: its section 4.3 finds nothing lost by that,
    and fused kernels keep the weights to themselves.
    """

    def __init__(self, *, size: int, reach: int) -> None:
        super().__init__()
        self.reach, self.scale = reach, size**-0.5
        self.table = nn.Parameter(torch.empty(2 * reach + 1, size))
        nn.init.xavier_uniform_(self.table)

    def move(self, vectors: Tensor, places: Tensor) -> Tensor:
        return vectors

    def bias(self, query: Tensor, places: Tensor, keys: int) -> Tensor | None:
        by_distance = steady_linear(query * self.scale, self.table)  # [..., T, 2 reach + 1]
        distance = torch.arange(keys, device=places.device) - places.unsqueeze(-1)  # [T, S]
        row = distance.clamp(-self.reach, self.reach) + self.reach
        return by_distance.gather(-1, row.expand(*by_distance.shape[:-1], -1))
