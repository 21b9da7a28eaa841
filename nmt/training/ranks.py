"""The processes that train one model together, and what they tell one another.

Each takes its rows of every batch (``nmt.data.order.rank_rows``). They add up their gradients and agree on all else, so
that they stand at the same step with the same weights; whatever is written, the first of them writes.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.distributed.distributed_c10d import Store
from torch.distributed.rendezvous import rendezvous

from nmt.errors import Followed, NmtError, UsageError
from nmt.machine import STORE

T = TypeVar("T")

PATIENCE = timedelta(hours=2)  # for one that is validating or making the table; who has died is known at once
MEETING = timedelta(minutes=10)  # for all to have been started
FAILED = "failed"  # where in the store the first to fail leaves its rank


class Ranks(ABC):
    """One of ``world`` processes, number ``rank``; ``here`` of them are on this machine."""

    rank: int = 0
    world: int = 1
    here: int = 1

    @property
    def first(self) -> bool:
        """Whether it is this one that writes and speaks."""
        return self.rank == 0

    @abstractmethod
    def total(self, figures: Sequence[float]) -> list[float]:
        """Sums over the processes, in double precision."""

    @abstractmethod
    def highest(self, figures: Sequence[float]) -> list[float]:
        """The largest of each."""

    @abstractmethod
    def add(self, tensor: Tensor) -> None:
        """Makes of a tensor the sum of all processes' in its place."""

    @abstractmethod
    def copy(self, tensors: Iterable[Tensor]) -> None:
        """Makes of tensors those of the first process, in place."""

    @abstractmethod
    def each(self, one: T) -> list[T]:
        """What every process gives, in order."""

    @abstractmethod
    def from_first(self, make: Callable[[], T]) -> T:
        """What the first process makes, told to all."""

    def by_first(self, make: Callable[[], T]) -> T:
        """What each makes for itself from what the first left on the disk in making it."""
        made = [make()] if self.first else []
        self.from_first(lambda: None)
        return made[0] if made else make()

    def part_ways(self, seed: int) -> None:
        """From here on each process draws random numbers of its own; the first goes on with those it has."""
        if not self.first:
            own = np.random.SeedSequence((seed, self.rank)).generate_state(1, np.uint64)
            torch.manual_seed(int(own[0]))

    def share(self, parameters: Sequence[nn.Parameter]) -> None:
        """Adds up the gradients of all processes; one that no process has stays absent."""
        if self.world == 1:
            return
        there = torch.tensor([parameter.grad is not None for parameter in parameters], dtype=torch.float32)
        self.add(there)
        shared = [parameter for parameter, count in zip(parameters, there.tolist(), strict=True) if count]
        for parameter in shared:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in shared if parameter.grad is not None]
        if not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        self.add(flat)
        sums = torch.split(flat, [gradient.numel() for gradient in gradients])
        torch._foreach_copy_(gradients, [one.view_as(to) for one, to in zip(sums, gradients, strict=True)])


class Alone(Ranks):
    """The only one."""

    def total(self, figures: Sequence[float]) -> list[float]:
        return list(figures)

    def highest(self, figures: Sequence[float]) -> list[float]:
        return list(figures)

    def add(self, tensor: Tensor) -> None:
        pass

    def copy(self, tensors: Iterable[Tensor]) -> None:
        pass

    def each(self, one: T) -> list[T]:
        return [one]

    def from_first(self, make: Callable[[], T]) -> T:
        return make()


ALONE = Alone()


class Joined(Ranks):
    """One of several, over torch's gloo."""

    def __init__(self, *, here: int = 1) -> None:
        self.rank, self.world, self.here = distributed.get_rank(), distributed.get_world_size(), here

    def total(self, figures: Sequence[float]) -> list[float]:
        return self._reduced(figures, distributed.ReduceOp.SUM)

    def highest(self, figures: Sequence[float]) -> list[float]:
        return self._reduced(figures, distributed.ReduceOp.MAX)

    def _reduced(self, figures: Sequence[float], how: distributed.ReduceOp.RedOpType) -> list[float]:
        tensor = torch.tensor(figures, dtype=torch.float64)
        with _talking():
            distributed.all_reduce(tensor, how)
        reduced: list[float] = tensor.tolist()
        return reduced

    def add(self, tensor: Tensor) -> None:
        with _talking():
            distributed.all_reduce(tensor)

    @torch.no_grad()
    def copy(self, tensors: Iterable[Tensor]) -> None:
        with _talking():
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def each(self, one: T) -> list[T]:
        given: list[T] = [one] * self.world
        with _talking():
            distributed.all_gather_object(given, one)
        return given

    def from_first(self, make: Callable[[], T]) -> T:
        told = [make()] if self.first else list[T]()
        with _talking():
            distributed.broadcast_object_list(box := [told], 0)
        return box[0][0]


class _Lost(NmtError):
    """A process that should answer has gone."""


@contextmanager
def _talking() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # gloo's only kind
        what = "has lost another one"
        raise _Lost(f"process {distributed.get_rank()}", what, "the same command goes on") from error


@contextmanager
def joined() -> Iterator[Ranks]:
    """The processes that the environment tells of, as torchrun sets it, for as long as they work together.

    An error ends all of them: that of the first to fail goes its way, the others raise :class:`Followed`.

    Raises:
        UsageError: the environment lacks something.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Alone()
        return
    store, rank = _meet(world)
    try:
        yield Joined(here=int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    except BaseException as error:
        if _speaker(store, rank) == rank and not (isinstance(error, _Lost) and STORE in os.environ):
            raise  # who started the processes of one machine names the one that is lost
        raise Followed from error
    finally:
        distributed.destroy_process_group()


def _meet(world: int) -> tuple[Store, int]:
    """Where they meet, and this one's rank."""
    try:
        rank, path = int(os.environ["RANK"]), os.environ.get(STORE)
        store: Store
        if path:
            store = distributed.FileStore(path, world)  # type: ignore[attr-defined]
        else:
            store, *_ = next(iter(rendezvous("env://", timeout=MEETING)))
        distributed.init_process_group("gloo", store=store, rank=rank, world_size=world, timeout=PATIENCE)
    except (KeyError, ValueError, RuntimeError) as error:
        what = f"tells of {world} processes that do not meet: {str(error).splitlines()[0]}"
        raise UsageError("environment", what, "start them with torchrun, or nmt train --processes") from error
    return store, rank


def _speaker(store: Store, rank: int) -> int:
    """The rank of the first to fail; this one where the store went with another."""
    try:
        return int(store.compare_set(FAILED, "", str(rank)))
    except RuntimeError:
        return rank
