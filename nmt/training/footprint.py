"""What an update costs in memory and in time, measured by making some; and the batch that memory has room for.

The peak of the whole process is read for slices of the largest batch; a line through them tells of all of it, so that
a batch that would not fit need not be tried. Against trainings the line was within 10 %.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from nmt.data.batch import Batch
from nmt.errors import NmtError
from nmt.machine import peak_memory

SLICES = (1, 2, 4)  # rows of the largest batch that are always measured
SHARE = 0.5  # of the memory there is, which a chosen batch may fill: other sentences, other processes come
CEILING = 4096  # tokens: on a processor a larger batch is no faster a token, and makes fewer updates
GRAIN = 64  # tokens: a chosen batch is a multiple of it, and no smaller
LEAST = 2  # updates that are timed, however slow


@dataclass(frozen=True)
class Memory:
    """Bytes at the peak of an update: ``fixed``, all of the process included, and ``per_row`` of the batch."""

    fixed: float
    per_row: float

    def of(self, rows: int) -> float:
        """The peak with so many rows."""
        return self.fixed + self.per_row * rows


def measure_memory(update: Callable[[int], object], rows: int, *, free: float) -> Memory | None:
    """The line of ``update(n)``, an update on the first n of the largest batch's ``rows``; None where the system
    does not tell. Half of the batch is measured too where it would take under a quarter of ``free`` bytes."""
    update(1)  # what comes once: the state of the optimiser, kernels, threads
    peaks: dict[int, int] = {}
    counts = sorted({min(count, rows) for count in SLICES})
    while counts:
        count = counts.pop(0)
        peak = peak_memory(lambda: update(count))  # noqa: B023  called at once
        if peak is None:
            return None
        peaks[count] = peak
        half = rows // 2
        if not counts and half > count and _line(peaks).per_row * half < free / 4:
            counts = [half]
    return _line(peaks)


def _line(peaks: dict[int, int]) -> Memory:
    """The straight line nearest to the peaks by rows; a flat one through a single peak."""
    if len(peaks) == 1:
        return Memory(float(*peaks.values()), 0.0)
    slope, fixed = np.polyfit(list(peaks), list(peaks.values()), 1)
    return Memory(float(fixed), max(0.0, float(slope)))


def measure_seconds(
    update: Callable[[Sequence[Batch]], object], groups: Iterable[Sequence[Batch]], *, budget: float
) -> float:
    """Seconds that an update takes, the mean over groups of batches; the first group only warms up.

    It ends after ``budget`` seconds of timing: the groups should come in an order that is fair wherever it is cut.
    """
    times: list[float] = []
    for number, group in enumerate(groups):
        start = time.perf_counter()
        update(group)
        if number:
            times.append(time.perf_counter() - start)
        if len(times) >= LEAST and sum(times) > budget:
            break
    return fmean(times)


def fitting_tokens(*, fixed: float, per_token: float, room: float, ceiling: int = CEILING) -> int:
    """The largest batch, in tokens, whose update has its peak within half of ``room`` bytes; at most ``ceiling``.

    Raises:
        NmtError: the smallest batch does not fit into all of it.
    """
    smallest = fixed + per_token * GRAIN
    if smallest > room:
        what = f"auto finds no room: {smallest / 1e9:.1f} GB for the smallest batch, of {room / 1e9:.1f} GB"
        raise NmtError("training.batch_tokens", what, "a smaller model")
    fitting = min(ceiling, (SHARE * room - fixed) / per_token) if per_token else ceiling
    return int(min(ceiling, max(GRAIN, fitting // GRAIN * GRAIN)))
