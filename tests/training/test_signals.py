"""The first signal is noted, the second is whoever's it was before."""

import os
import signal
from collections.abc import Iterator

import pytest

from nmt.training.signals import SAVE, STOP, asked


@pytest.fixture
def reached() -> Iterator[list[int]]:
    """The signals that reach handlers installed before."""
    numbers: list[int] = []
    before = {number: signal.signal(number, lambda found, _: numbers.append(found)) for number in STOP}
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOP)
@pytest.mark.parametrize("second", STOP)
def test_the_first_is_noted_and_the_second_gets_through(reached, number, second):
    with asked() as found:
        assert found.stop is None
        os.kill(os.getpid(), number)
        assert (found.stop, reached) == (number, [])
        os.kill(os.getpid(), second)
        assert (found.stop, reached) == (number, [second])


def test_afterwards_everything_is_as_it_was(reached):
    with pytest.raises(ZeroDivisionError), asked():
        raise ZeroDivisionError
    for number in STOP:
        os.kill(os.getpid(), number)
    assert reached == list(STOP)


def test_sigusr1_asks_for_a_checkpoint_each_time():
    with asked() as found:
        for _ in range(2):
            os.kill(os.getpid(), SAVE)
            assert (found.save, found.stop) == (True, None)
            found.save = False
