"""What the weights of a model begin as: a scheme, applied once to a model that was built.

Each parameter is given to the scheme by what it is for. Gates that are stacked in one matrix are given one by one, so
that each begins as the square or the fan of its own; a shared table is one parameter, and an embedding.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from nmt.attention.centre import RealCentre
from nmt.attention.relation import Relative
from nmt.attention.score import Additive, Concat, General, Location
from nmt.models.rnn.cell import Cell
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.rnn.encoder import Direction
from nmt.models.seq2seq import Projection

Fill = Callable[[Tensor], object]


@dataclass(frozen=True)
class Scheme:
    """How each kind of parameter is filled, in place; what is None stays as the module made it.

    recurrent: a gate's square of state to state; map: any other matrix; score: the matrices of an alignment model;
    energy: its vectors, as v of additive attention. The gains and biases of normalisations are never touched.
    """

    recurrent: Fill
    map: Fill
    score: Fill
    energy: Fill | None = None
    embedding: Fill | None = None
    bias: Fill | None = None


def xavier(gain: float = 1.0) -> Scheme:
    """Uniform within ``gain * sqrt(6 / (fan in + fan out))`` (Glorot and Bengio 2010, eq. 16)."""
    fill = partial(nn.init.xavier_uniform_, gain=gain)
    return Scheme(recurrent=fill, map=fill, score=fill)


def orthogonal(gain: float = 1.0) -> Scheme:
    """Random orthogonal where a matrix is square (Saxe, McClelland and Ganguli 2014), else as Glorot and Bengio."""

    def fill(matrix: Tensor) -> None:
        square = matrix.size(0) == matrix.size(1)
        (nn.init.orthogonal_ if square else nn.init.xavier_uniform_)(matrix, gain=gain)

    return Scheme(recurrent=fill, map=fill, score=fill)


def uniform(scale: float) -> Scheme:
    """Every parameter uniform in [-scale, scale] (Sutskever et al. 2014, section 3.4; Luong et al. 2015, 4.1)."""
    fill = partial(nn.init.uniform_, a=-scale, b=scale)
    return Scheme(recurrent=fill, map=fill, score=fill, energy=fill, embedding=fill, bias=fill)


def bahdanau() -> Scheme:
    """Bahdanau et al. 2015, appendix B.1: recurrent matrices random orthogonal, those of the alignment model
    N(0, 0.001^2), its vector v and all biases zero, any other matrix N(0, 0.01^2)."""
    small = partial(nn.init.normal_, std=0.01)
    return Scheme(
        recurrent=nn.init.orthogonal_,
        map=small,
        score=partial(nn.init.normal_, std=0.001),
        energy=nn.init.zeros_,
        embedding=small,
        bias=nn.init.zeros_,
    )


@torch.no_grad()
def initialise(model: nn.Module, scheme: Scheme) -> None:
    """Fills every parameter once, from torch's global generator; padding rows end as zero."""
    done = set[int]()
    for module in model.modules():
        for parameter, fill, gates in _filled(module, scheme):
            if fill is not None and id(parameter) not in done:
                for part in parameter.chunk(gates):
                    fill(part)
            done.add(id(parameter))
    for module in model.modules():
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            module.weight[module.padding_idx].zero_()


Filled = Iterator[tuple[Tensor, Fill | None, int]]


def _filled(module: nn.Module, scheme: Scheme) -> Filled:
    """A module's own parameters, how each is filled, and the number of gates that are stacked in it.

    A map whose part a greater module alone knows is named there; the walk comes to the map itself later.
    """

    def linear(module: nn.Linear | Projection, fill: Fill, gates: int = 1) -> Filled:
        yield module.weight, fill, gates
        if module.bias is not None:
            yield module.bias, scheme.bias, 1

    def vectors(*vectors: nn.Parameter | None) -> Filled:
        yield from ((vector, scheme.energy, 1) for vector in vectors if vector is not None)

    match module:
        case Cell():
            yield from linear(module.recurrent, scheme.recurrent, module.gates)
        case Direction():
            yield from linear(module.inputs, scheme.map, module.cell.gates)
        case RnnDecoder():
            for one in module.input_maps:
                yield from linear(one, scheme.map, module.gates)
        case Additive():
            yield from linear(module.query, scheme.score)
            yield from linear(module.key, scheme.score)
            yield from vectors(module.energy, module.coverage)
        case Concat():
            yield module.weight, scheme.score, 1
            yield from vectors(module.energy, module.coverage)
        case General() | Location():
            yield module.weight, scheme.score, 1
        case RealCentre():
            yield from linear(module.hidden, scheme.score)
            yield from vectors(module.energy)
        case Relative():
            yield module.table, scheme.embedding, 1
        case nn.Embedding():
            yield module.weight, scheme.embedding, 1
        case nn.Linear() | Projection():
            yield from linear(module, scheme.map)
