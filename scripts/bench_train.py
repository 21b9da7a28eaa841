"""How fast training is, and what share of the machine's matrix rate that is, measured in the same call.

    python scripts/bench_train.py                    the attentive RNN on Multi30k's lengths, fp32 and bf16
    python scripts/bench_train.py --precision bf16 --steps 40

The work: bidirectional GRU 512, decoder GRU 512, embedding 256, additive attention 512, joint vocabulary of 8,000,
dropout 0.3, batches of 4,096 tokens (rows x the longer padded side), Adam, clipping. Tokens are real target tokens, end
symbols counted. Where corpora/multi30k is missing the shipped corpus gives the lengths, and the script says so.

A step is timed twice on each batch: bare (forward, backward, clipping, optimiser), and as the training loop does it,
with guards, logging and metrics; which comes first alternates. ``loop_overhead`` is the median of what that takes more.
"""

import argparse
import contextlib
import itertools
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nmt.machine import cores, keep_memory, settle

settle()

import torch
from torch.utils.flop_counter import FlopCounterMode

from nmt.config.data import Files, Filters
from nmt.config.languages import Languages
from nmt.config.rnn import RnnModel
from nmt.config.tokenizer import Tokenizer
from nmt.config.training import Training
from nmt.data.batch import Batch, make_batch
from nmt.data.build import build_table, open_corpora
from nmt.data.corpus import sources, targets
from nmt.data.loader import Cursor
from nmt.data.order import Order
from nmt.models.build import build_model
from nmt.stages.run_folder import RunFolder
from nmt.text.build import build_tokenizers
from nmt.text.special import PAD
from nmt.training.build import build_objective, build_optimizer
from nmt.training.events import Logged
from nmt.training.loop import Plan, train
from nmt.training.objective import Objective
from nmt.training.progress import Progress
from nmt.training.schedule import Constant
from nmt.training.signals import Asked
from nmt.training.validation import Validation

VOCABULARY, BATCH_TOKENS = 8000, 4096
MULTI30K = Files(source="corpora/multi30k/train.en.gz", target="corpora/multi30k/train.de.gz")
SHIPPED = Files(source="data/train.en", target="data/train.zh")


def batches(count: int) -> tuple[list[Batch], str]:
    """The first batches of an epoch, and where their lengths come from."""
    here = Path(MULTI30K.source).exists()
    files, languages = (MULTI30K, ("en", "de")) if here else (SHIPPED, ("en", "zh"))
    corpora = open_corpora(files)
    tokenizers = build_tokenizers(
        Tokenizer(vocab_size=VOCABULARY),
        Languages(source=languages[0], target=languages[1]),
        sources(corpora),
        targets(corpora),
    )
    with tempfile.TemporaryDirectory() as folder:
        table, _ = build_table(files, tokenizers, Filters(), folder)
        order = Order(table.source_lengths, table.target_lengths, batch_tokens=BATCH_TOKENS, seed=1)
        count = min(count, order.batches(0))
        return [make_batch(order.batch(0, number), table) for number in range(count)], files.source


def matrix_rate(dtype: torch.dtype, seconds: float = 1.0) -> float:
    """The best rate of a 2048-cubed product, in FLOP/s."""
    a, b = torch.randn(2, 2048, 2048).to(dtype).unbind()
    a @ b
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * 2048**3 / best


def narrow(precision: str) -> contextlib.AbstractContextManager[None]:
    """Where matrix products run in the asked number format."""
    return torch.autocast("cpu", torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()


def seconds_of(step: Callable[[Batch], None], batch: Batch) -> float:
    """How long a step takes."""
    start = time.perf_counter()
    step(batch)
    return time.perf_counter() - start


def in_loop(
    objective: Objective, optimizer: torch.optim.Optimizer, precision: str, folder: RunFolder
) -> Callable[[Batch], None]:
    """A step as the training loop makes it; its events are written as a run's are, a log line at every step."""
    fed: list[Batch] = []

    def feed() -> Iterator[tuple[Cursor, Batch]]:
        for number in itertools.count(1):
            yield Cursor(0, number), fed.pop()

    events = train(
        objective,
        batches=feed(),
        optimizer=optimizer,
        schedule=Constant(),
        plan=Plan(
            max_steps=10**9,
            max_seconds=None,
            accumulate=1,
            clip_norm=1.0,
            log_every=1,
            validate_every=10**9,
            save_every=10**9,
            best="loss",
            keep_best=1,
            patience=None,
            max_skipped=10,
        ),
        progress=Progress(),
        validate=lambda: Validation(0.0),
        precision=lambda: narrow(precision),
        asked=Asked(),
        place=str,
    )
    next(events)  # the checkpoint before the first step

    def step(batch: Batch) -> None:
        fed.append(batch)
        while not isinstance(event := next(events), Logged):
            folder.note(event)
        folder.note(event)

    return step


def bench(precision: str, data: list[Batch], steps: int) -> dict[str, float | str]:
    """Trains some steps and says how fast it went."""
    training = Training(max_steps=steps, label_smoothing=0.1)
    torch.manual_seed(1)
    architecture = RnnModel(hidden=512, embedding=256, dropout=0.3)
    model = build_model(
        architecture,
        source_size=VOCABULARY,
        target_size=VOCABULARY,
        padding=PAD,
    )
    objective = build_objective(training, architecture, model)
    optimizer = build_optimizer(training.optimizer, model)

    def step(batch: Batch) -> None:
        with narrow(precision):
            loss = objective(batch)
        (loss.sums / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    with FlopCounterMode(display=False) as counter:
        step(data[0])
    flops_per_token = counter.get_total_flops() / data[0].tokens
    for batch in data[1:3]:
        step(batch)
    rate = matrix_rate(torch.bfloat16 if precision == "bf16" else torch.float32)
    tokens, bare, looped = 0, list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        through_loop = in_loop(objective, optimizer, precision, RunFolder(Path(folder)))
        ways = [(bare, step), (looped, through_loop)]
        for batch in itertools.islice(itertools.cycle(data), steps):
            for times, way in ways:
                times.append(seconds_of(way, batch))
            ways.reverse()
            tokens += batch.tokens
    speed = tokens / sum(bare)
    overhead = statistics.median(after / before - 1 for before, after in zip(bare, looped, strict=True))
    return {
        "precision": precision,
        "tokens_per_second": round(speed),
        "megaflops_per_token": round(flops_per_token / 1e6, 1),
        "matrix_gflops": round(rate / 1e9),
        "share_of_matrix_rate": round(speed * flops_per_token / rate, 3),
        "loop_overhead": f"{overhead:+.2%}",
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }


def main() -> None:
    """Parses, measures, prints a table, or JSON lines with --json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--precision", choices=["fp32", "bf16", "both"], default="both")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    keep_memory()
    torch.set_num_threads(arguments.threads)
    data, source = batches(arguments.steps + 3)
    print(
        f"lengths of {source}, {arguments.threads} threads, torch {torch.__version__}, {arguments.steps} steps"
    )
    for precision in ("fp32", "bf16") if arguments.precision == "both" else (arguments.precision,):
        row = bench(precision, data, arguments.steps)
        if arguments.json:
            print(json.dumps(row))
        else:
            print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
