"""The first signal is noted, the second is whoever's it was before."""

import os
import signal
from collections.abc import Iterator

import pytest

from nmt.training.signals import SIGNALS, asked_to_stop


@pytest.fixture
def reached() -> Iterator[list[int]]:
    """The signals that reach handlers installed before."""
    numbers: list[int] = []
    before = {number: signal.signal(number, lambda found, _: numbers.append(found)) for number in SIGNALS}
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_the_first_is_noted_and_the_second_gets_through(reached, number, second):
    with asked_to_stop() as stop:
        assert stop() is None
        os.kill(os.getpid(), number)
        assert (stop(), reached) == (number, [])
        os.kill(os.getpid(), second)
        assert (stop(), reached) == (number, [second])


def test_afterwards_everything_is_as_it_was(reached):
    with pytest.raises(ZeroDivisionError), asked_to_stop():
        raise ZeroDivisionError
    for number in SIGNALS:
        os.kill(os.getpid(), number)
    assert reached == list(SIGNALS)
