"""How well a query matches each key: one small class per score function.

Letters: T queries, S keys, Q query width, K key width, N hidden width of the score. Any leading dimensions.

Every score splits its work: :meth:`Score.project` is done once per sentence, :meth:`Score.forward` once per
query. A new score is one class here, one section in ``nmt/config/attention.py`` and one ``case`` in a ``build.py``.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from nmt.attention.lines import whole_lines


class Score(nn.Module, ABC):
    """The contract: ``score(query, score.project(keys))`` gives the scores ``[..., T, S]``."""

    @abstractmethod
    def project(self, keys: Tensor) -> Tensor:
        """What can be computed from the keys alone. Shape: ``[..., S, K]`` -> ``[..., S, any]``."""

    @abstractmethod
    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        """Shape: query ``[..., T, Q]``, projected ``[..., S, any]`` -> scores ``[..., T, S]``."""


class Dot(Score):
    """``e = q . k`` (Luong et al. 2015, eq. 8): no parameters, so the widths must be equal."""

    def __init__(self, *, query_size: int, key_size: int) -> None:
        super().__init__()
        if query_size != key_size:
            raise ValueError(
                f"dot needs equal widths, got query {query_size} and key {key_size}: use general or additive"
            )

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(keys)

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return whole_lines(query) @ projected.transpose(-2, -1)


class General(Score):
    """``e = q W k`` (Luong et al. 2015, eq. 8); ``weight`` is W, ``[Q, K]``."""

    def __init__(self, *, query_size: int, key_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(query_size, key_size))
        nn.init.xavier_uniform_(self.weight)

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(nn.functional.linear(keys, self.weight))  # W k: [..., S, K] -> [..., S, Q]

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return whole_lines(query) @ projected.transpose(-2, -1)


class Additive(Score):
    """``e = v . tanh(W_q q + W_k k (+ b))`` (Bahdanau et al. 2015, appendix A.1.2)."""

    def __init__(self, *, query_size: int, key_size: int, size: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, size, bias=False)
        self.key = nn.Linear(key_size, size, bias=bias)
        self.energy = nn.Parameter(torch.empty(size))
        nn.init.xavier_uniform_(self.query.weight)
        nn.init.xavier_uniform_(self.key.weight)
        nn.init.uniform_(self.energy, -(size**-0.5), size**-0.5)
        if bias:
            nn.init.zeros_(self.key.bias)

    def project(self, keys: Tensor) -> Tensor:
        return self.key(keys)

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        # [..., T, 1, N] + [..., 1, S, N] -> [..., T, S, N]
        hidden = torch.tanh(self.query(query).unsqueeze(-2) + projected.unsqueeze(-3))
        if torch.is_grad_enabled():
            return hidden @ self.energy
        # Slower, but its rounding does not depend on the number of rows: see `MIN_ROWS` in decoding/beam.py.
        return torch.linalg.vecdot(hidden, self.energy)
