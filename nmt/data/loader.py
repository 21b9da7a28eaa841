"""The endless stream of batches from any point on, made one ahead of the model by a thread."""

import queue
import threading
from collections.abc import Generator, Iterator
from typing import NamedTuple

from nmt.data.batch import Batch, make_batch
from nmt.data.noise import Noise
from nmt.data.order import Order, rank_rows
from nmt.data.table import Table

AHEAD = 4  # batches made before they are asked for


class Cursor(NamedTuple):
    """A place in the stream: the next batch is number ``number`` of ``epoch``."""

    epoch: int = 0
    number: int = 0


START = Cursor()
Item = tuple[Cursor, Batch]


def batches(
    table: Table,
    order: Order,
    cursor: Cursor = START,
    *,
    noise: Noise | None = None,
    rank: int = 0,
    world: int = 1,
) -> Generator[Item, None, None]:
    """Yields batches for ever from ``cursor`` on, each with the cursor to go on from once it has been used.

    ``noise`` is what each epoch sees otherwise. Process ``rank`` of ``world`` gets its rows of every batch. An
    error in the thread is raised here. Closing the generator (``contextlib.closing``) stops the thread before it
    returns.
    """
    ready: queue.Queue[Item | BaseException] = queue.Queue(maxsize=AHEAD)
    stop = threading.Event()

    def work() -> None:
        try:
            for item in _stream(table, order, cursor, noise, rank, world):
                ready.put(item)
                if stop.is_set():
                    return
        except BaseException as error:  # whatever it is, the consumer must see it rather than wait for ever
            ready.put(error)

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        while True:
            item = ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        while not ready.empty():  # a thread that waits for room must get it, to see that it should stop
            ready.get_nowait()
        thread.join()


def _stream(
    table: Table, order: Order, cursor: Cursor, noise: Noise | None, rank: int, world: int
) -> Iterator[Item]:
    epoch, number = cursor
    while True:
        while number < order.batches(epoch):
            rows = rank_rows(order.batch(epoch, number), rank, world)
            number += 1
            yield Cursor(epoch, number), make_batch(rows, table, noise, epoch)
            order.plan_ahead()  # this thread has time: batches are waiting
        epoch, number = epoch + 1, 0
