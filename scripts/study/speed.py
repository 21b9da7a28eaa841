"""How fast every row of a corpus trains, in one run and by turns: what else the machine does falls on all alike.

The rows themselves are trained side by side and resumed, beside whatever else runs: their clocks compare nothing. Nor
is their number format kept: rows are timed in the one that the processor has in hardware.
"""

import time
from collections.abc import Callable
from contextlib import closing
from tempfile import TemporaryDirectory

import torch

from nmt.config.reader import read as read_config
from nmt.data.batch import Batch
from nmt.data.build import build_table
from nmt.data.loader import batches
from nmt.data.order import Order
from nmt.machine import keep_memory
from nmt.stages.assemble import assemble, guide, run_tokenizers
from nmt.stages.measure import update_of
from nmt.stages.run_folder import environment
from nmt.text.files import Tokenizers
from nmt.training.build import half_precision
from study import cards, europarl
from study.rows import CORPORA, Places, Row

FAST = ("training.precision=auto",)
KEPT = ("precision", "torch_threads", "machine", "processor", "packages")


def measure(
    places: Places, corpus: str, *, rounds: int, threads: int, say: Callable[[str], None]
) -> dict[str, float]:
    """Target tokens a second of every row's updates, each round one batch that all rows take; kept beside the cards.

    Raises:
        NmtError: the corpus cannot be read.
    """
    keep_memory()
    torch.set_num_threads(threads)
    if corpus == "europarl":
        europarl.make()
    experiment = read_config(places.config(Row(corpus, CORPORA[corpus].reference)), FAST)
    tokenizers = run_tokenizers(experiment, None)
    with TemporaryDirectory() as folder:
        table, report = build_table(experiment.data.train, tokenizers, experiment.data.filters, folder)
        order = Order(
            table.source_lengths,
            table.target_lengths,
            batch_tokens=int(experiment.training.batch_tokens),
            seed=experiment.training.seed,
        )
        with closing(batches(table, order)) as stream:
            taken = [next(stream)[1] for _ in range(rounds + 1)]
    ways = {name: _update(places, Row(corpus, name), tokenizers) for name in CORPORA[corpus].rows}
    rates = by_turns(ways, taken, say=lambda line: say(f"{corpus}: {line}"))
    told = environment(
        seed=experiment.training.seed,
        threads=threads,
        bf16=half_precision(experiment.training),
        data=report.sha256,
    )
    card = {**{name: told[name] for name in KEPT}, "rounds": rounds, "rates": rates}
    cards.write(places.speed(corpus), card)
    return rates


def _update(places: Places, row: Row, tokenizers: Tokenizers) -> Callable[[Batch], object]:
    """The update that a row's training makes at every step."""
    experiment = read_config(places.config(row), FAST)
    learner = assemble(experiment, tokenizers)
    guide(learner.model, experiment, tokenizers)
    update = update_of(experiment, learner)
    return lambda batch: update([batch])


def by_turns(
    ways: dict[str, Callable[[Batch], object]], taken: list[Batch], *, say: Callable[[str], None]
) -> dict[str, float]:
    """Target tokens a second of each way over the batches, after a first one that is not timed. Who comes first
    changes from round to round."""
    seconds, names = dict.fromkeys(ways, 0.0), list(ways)
    for number, batch in enumerate(taken):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            start = time.perf_counter()
            ways[name](batch)
            seconds[name] += (time.perf_counter() - start) if number else 0.0
        say(f"round {number} of {len(taken) - 1}")
    tokens = sum(batch.tokens for batch in taken[1:])
    return {name: round(tokens / spent, 1) for name, spent in seconds.items()}
