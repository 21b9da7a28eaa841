"""How well a query matches each key: one small class per score function.

Letters: T queries, S keys, Q query width, K key width, N hidden width of the score. Any leading dimensions.

Every score splits its work: :meth:`Score.project` is done once per sentence, :meth:`Score.forward` once per
query. A new score is one class here, one section in ``nmt/config/attention.py`` and one ``case`` in a ``build.py``.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from nmt.attention.lines import steady_linear, whole_lines
from nmt.errors import NmtError


class Score(nn.Module, ABC):
    """The contract: ``score(query, score.project(keys))`` gives the scores ``[..., T, S]``."""

    reads_keys = True  # False: all it needs of them is how many they are
    max_source: int | None = None  # the most keys it has a score for

    @abstractmethod
    def project(self, keys: Tensor) -> Tensor:
        """What can be computed from the keys alone. Shape: ``[..., S, K]`` -> ``[..., S, any]``."""

    @abstractmethod
    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        """Shape: query ``[..., T, Q]``, projected ``[..., S, any]`` -> scores ``[..., T, S]``."""


class Dot(Score):
    """``e = q . k`` (Luong et al. 2015, section 3.1): no parameters, so the widths must be equal."""

    def __init__(self, *, query_size: int, key_size: int) -> None:
        super().__init__()
        _equal("dot", query_size, key_size)

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(keys)

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return _products(query, projected)


class ScaledDot(Score):
    """``e = q . k / sqrt(K)`` (Vaswani et al. 2017, eq. 1): its variance does not grow with the width."""

    def __init__(self, *, query_size: int, key_size: int) -> None:
        super().__init__()
        _equal("scaled_dot", query_size, key_size)
        self.scale = key_size**-0.5

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(keys)

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return _products(query, projected) * self.scale


class Cosine(Score):
    """``e = scale * q . k / (|q| |k|)`` (Graves et al. 2014, eq. 5 and 6, where the scale is beta); a vector of zeros
    scores 0. Without a scale no weight could exceed another e^2 times."""

    def __init__(self, *, query_size: int, key_size: int, scale: float = 1.0) -> None:
        super().__init__()
        _equal("cosine", query_size, key_size)
        self.scale = scale

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(_direction(keys))

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return _products(_direction(query) * self.scale, projected)


class General(Score):
    """``e = q W k`` (Luong et al. 2015, section 3.1); ``weight`` is W, ``[Q, K]``."""

    def __init__(self, *, query_size: int, key_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(query_size, key_size))
        nn.init.xavier_uniform_(self.weight)

    def project(self, keys: Tensor) -> Tensor:
        return whole_lines(steady_linear(keys, self.weight))  # W k: [..., S, K] -> [..., S, Q]

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return _products(query, projected)


class Location(Score):
    """``e = W q`` (Luong et al. 2015, section 3.1): the place alone counts, not what stands there; ``weight`` is W,
    ``[max_source, Q]``. A longer source raises NmtError: the table has no row for its end."""

    reads_keys = False

    def __init__(self, *, query_size: int, max_source: int) -> None:
        super().__init__()
        self.max_source = max_source
        self.weight = nn.Parameter(torch.empty(max_source, query_size))
        nn.init.xavier_uniform_(self.weight)

    def project(self, keys: Tensor) -> Tensor:
        if keys.size(-2) > len(self.weight):
            what = f"has {keys.size(-2)} pieces, but the location score has places for {len(self.weight)}"
            raise NmtError("source", what, "shorten it, or train with a larger attention.score.max_source")
        return keys[..., :0]

    def forward(self, query: Tensor, projected: Tensor) -> Tensor:
        return steady_linear(query, self.weight)[..., : projected.size(-2)]


class Feedforward(Score):
    """``e = v . tanh(h)``: what additive and concat share, h being the one or the other's map of query and key.

    ``normalised`` scales v to length g, a parameter of its own (Salimans and Kingma 2016, eq. 2). With ``coverage`` the
    weight that a key was given so far enters h by a vector of its own (See et al. 2017, eq. 11).
    """

    def __init__(self, *, size: int, normalised: bool = False, coverage: bool = False) -> None:
        super().__init__()
        self.energy = nn.Parameter(torch.empty(size))
        self.gain = nn.Parameter(torch.tensor(size**-0.5)) if normalised else None
        self.coverage = nn.Parameter(torch.zeros(size)) if coverage else None

    def _begin(self, *maps: Tensor) -> None:
        """Fills the given matrices, and v."""
        for matrix in maps:
            nn.init.xavier_uniform_(matrix)
        nn.init.uniform_(self.energy, -(self.energy.numel() ** -0.5), self.energy.numel() ** -0.5)

    @abstractmethod
    def ask(self, query: Tensor) -> Tensor:
        """The query's share of h. Shape: ``[..., T, Q]`` -> ``[..., T, N]``."""

    def forward(self, query: Tensor, projected: Tensor, coverage: Tensor | None = None) -> Tensor:
        """Shape: as of any score, coverage ``[..., T, S]``."""
        # [..., T, 1, N] + [..., 1, S, N] -> [..., T, S, N]
        hidden = self.ask(query).unsqueeze(-2) + projected.unsqueeze(-3)
        if self.coverage is not None and coverage is not None:
            hidden = torch.addcmul(hidden, coverage.unsqueeze(-1).to(hidden), self.coverage.to(hidden))
        hidden = torch.tanh(hidden)
        energy = self.energy if self.gain is None else self.gain * nn.functional.normalize(self.energy, dim=0)
        if torch.is_grad_enabled():
            return hidden @ energy
        # Slower, but its rounding does not depend on the number of rows: see `MIN_ROWS` in decoding/beam.py.
        return torch.linalg.vecdot(hidden, energy)


class Additive(Feedforward):
    """``e = v . tanh(W_q q + W_k k (+ b))`` (Bahdanau et al. 2015, appendix A.1.2)."""

    def __init__(
        self,
        *,
        query_size: int,
        key_size: int,
        size: int,
        bias: bool = False,
        normalised: bool = False,
        coverage: bool = False,
    ) -> None:
        super().__init__(size=size, normalised=normalised, coverage=coverage)
        self.query = nn.Linear(query_size, size, bias=False)
        self.key = nn.Linear(key_size, size, bias=bias)
        self._begin(self.query.weight, self.key.weight)
        if bias:
            nn.init.zeros_(self.key.bias)

    def project(self, keys: Tensor) -> Tensor:
        return steady_linear(keys, self.key.weight, self.key.bias)

    def ask(self, query: Tensor) -> Tensor:
        return steady_linear(query, self.query.weight)


class Concat(Feedforward):
    """``e = v . tanh(W [q; k])`` (Luong et al. 2015, section 3.1); ``weight`` is W, ``[N, Q + K]``.

    The same function as additive where W = [W_q W_k]; the two differ in how W begins. (In a footnote the paper says
    that its poor figures for concat come from a source part set to the identity.)
    """

    def __init__(self, *, query_size: int, key_size: int, size: int, coverage: bool = False) -> None:
        super().__init__(size=size, coverage=coverage)
        self.query_size = query_size
        self.weight = nn.Parameter(torch.empty(size, query_size + key_size))
        self._begin(self.weight)

    def project(self, keys: Tensor) -> Tensor:
        return steady_linear(keys, self.weight[:, self.query_size :])

    def ask(self, query: Tensor) -> Tensor:
        return steady_linear(query, self.weight[:, : self.query_size])


def _equal(name: str, query_size: int, key_size: int) -> None:
    if query_size != key_size:
        raise ValueError(
            f"{name} needs equal widths, got query {query_size} and key {key_size}: use general or additive"
        )


def _direction(vectors: Tensor) -> Tensor:
    """Each vector at length 1. A vector of zeros stays, and its gradient is not divided by its length: a decoder that
    begins at zero would else learn from nothing else."""
    length = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return vectors / length.masked_fill(length == 0, 1.0)


def _products(query: Tensor, keys: Tensor) -> Tensor:
    """The dot product of every query with every key, keys in whole lines."""
    return whole_lines(query) @ keys.transpose(-2, -1)
