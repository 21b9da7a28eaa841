"""What an update costs, on updates whose cost is known; and the batch that fits."""

import sys
import time

import pytest

from nmt.errors import NmtError
from nmt.training import footprint
from nmt.training.footprint import CEILING, GRAIN, Memory, fitting_tokens, measure_memory, measure_seconds


@pytest.mark.parametrize(
    ("fixed", "per_token", "room", "tokens"),
    [
        (0, 10, 100_000, 4096),  # 5,000 would fit: the ceiling
        (0, 100, 100_000, 448),  # 500 would fit: a multiple of 64
        (10_000, 100, 100_000, 384),  # 400
        (49_000, 100, 100_000, GRAIN),  # 10: the least there is
        (90_000, 100, 100_000, GRAIN),  # over half, but it fits
        (1_000, 0, 100_000, CEILING),
        (1e9, 1e5, float("inf"), CEILING),
    ],
)
def test_the_batch_stays_within_half_of_the_memory(fixed, per_token, room, tokens):
    assert fitting_tokens(fixed=fixed, per_token=per_token, room=room) == tokens
    assert fitting_tokens(fixed=fixed, per_token=per_token, room=room, ceiling=128) == min(128, tokens)


def test_a_model_that_does_not_fit_at_all_is_refused():
    with pytest.raises(
        NmtError, match=r"batch_tokens: auto finds no room: 2\.6 GB for .* of 2\.0 GB \(a smaller"
    ):
        fitting_tokens(fixed=2e9, per_token=1e7, room=2e9)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells")
def test_memory_is_a_line_through_the_slices():
    memory = measure_memory(lambda rows: bytearray(5_000_000 * rows), 40, free=1e10)
    assert memory is not None
    assert 4.9e6 < memory.per_row < 5.1e6
    assert memory.of(40) - memory.of(0) == pytest.approx(40 * memory.per_row)


def test_half_of_the_batch_is_measured_only_where_it_surely_fits(monkeypatch):
    measured: list[int] = []
    monkeypatch.setattr(footprint, "peak_memory", lambda work: work() or 1000 + 10 * measured[-1])
    assert measure_memory(measured.append, 40, free=1000) == Memory(pytest.approx(1000), pytest.approx(10))
    assert measured == [1, 1, 2, 4, 20]
    measured.clear()
    measure_memory(measured.append, 40, free=500)  # 20 rows would take 200, more than a quarter
    assert measured == [1, 1, 2, 4]
    measured.clear()
    assert measure_memory(measured.append, 1, free=1000) == Memory(1010, 0)


def test_nothing_is_known_where_the_system_does_not_tell(monkeypatch):
    monkeypatch.setattr(footprint, "peak_memory", lambda work: None)
    assert measure_memory(lambda rows: None, 40, free=1e9) is None


def test_seconds_are_the_mean_without_the_first_and_within_the_budget(monkeypatch):
    now = 0.0

    def update(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(time, "perf_counter", lambda: now)
    assert measure_seconds(update, [9.0, 1.0, 2.0, 3.0], budget=100.0) == 2.0  # type: ignore[arg-type]
    assert measure_seconds(update, [9.0, 1.0, 2.0, 3.0, 50.0], budget=4.0) == 2.0  # type: ignore[arg-type]
