"""What each part of an attention costs beside soft additive attention, and what one call of a whole layer gains.

    python scripts/bench_attention.py                  every part alone: scores, windows, alignments, fusions, heads
    python scripts/bench_attention.py --all --search   every score with every window and alignment, decoder steps alone
    python scripts/bench_attention.py --layers         a recurrent layer over a target: one call, and step by step

A decoder step goes from the embedding to the logits: batch 64, source 20, vocabulary 8,000, hidden 512, embedding 256,
scores 512 wide, encoder in two directions, or in one where a score needs equal widths. A training step is encoder,
decoder, loss and backward pass of targets of 20. Each is timed by turns with soft additive attention of the same
shape, and the ratio of the fastest of each is printed: other processes can only make a time longer.
"""

import argparse
import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial

from nmt.machine import cores, keep_memory, settle

settle()

import torch
from torch import Tensor, nn

from nmt.config import attention as a
from nmt.config.rnn import RnnModel
from nmt.config.training import Training
from nmt.data.batch import Batch, collate
from nmt.models.build import build_model
from nmt.models.rnn.cell import GruCell, LstmCell
from nmt.models.rnn.sequence import in_one_call, step_by_step
from nmt.text.special import PAD
from nmt.training.build import build_objective

BATCH, SOURCE, TARGET, VOCABULARY, HIDDEN, EMBEDDING = 64, 20, 20, 8000, 512, 256
LIMIT = 1.5  # times soft additive attention

SCORES = {
    "additive": a.Additive(),
    "additive, bias, normalised": a.Additive(bias=True, normalised=True),
    "concat": a.Concat(),
    "general": a.General(),
    "dot": a.Dot(),
    "scaled_dot": a.ScaledDot(),
    "cosine": a.Cosine(),
    "location": a.Location(max_source=101),
}
WINDOWS = {
    "none": a.NoWindow(),
    "monotonic": a.Monotonic(size=5),
    "predictive": a.Predictive(size=5),
    "predictive, argmax": a.Predictive(size=5, centre=a.BestCentre()),
    "predictive, sampled": a.Predictive(size=5, centre=a.SampledCentre(estimator=a.Reinforce(expected=0.0))),
}
ALIGNS = {
    "soft": a.Soft(),
    "soft, dropout": a.Soft(dropout=0.1, temperature=0.5),
    "uniform": a.Uniform(),
    "threshold": a.Threshold(),
    "top_k": a.TopK(),
    "sparsemax": a.Sparsemax(),
    "hard, reinforce": a.Hard(estimator=a.Reinforce(expected=0.0)),
    "hard, reinforce, expectation": a.Hard(estimator=a.Reinforce(baseline="expectation", expected=0.0)),
    "hard, straight-through": a.Hard(estimator=a.StraightThrough()),
    "hard, gumbel": a.Hard(estimator=a.Gumbel()),
}
FUSES = {
    "readout": a.Readout(),
    "luong": a.Luong(),
    "luong, not fed": a.Luong(input_feeding=False),
    "gate": a.Gate(),
    "gate, not fed": a.Gate(input_feeding=False),
    "sum": a.Sum(),
    "sum, not fed": a.Sum(input_feeding=False),
}
HEADS = {
    "4 heads": a.Heads(count=4),
    "4 heads, averaged": a.Heads(count=4, merge="average"),
}
Row = tuple[str, a.Attention]


def parts() -> Iterator[Row]:
    """Every part alone, in the place of soft additive attention's."""
    for name, score in SCORES.items():
        yield f"score {name}", a.Attention(score=score)
    for name, window in WINDOWS.items():
        yield f"window {name}", a.Attention(window=window)
    for name, align in ALIGNS.items():
        yield f"align {name}", a.Attention(align=align)
    for name, fuse in FUSES.items():
        yield f"fuse {name}", a.Attention(fuse=fuse)
    for name, heads in HEADS.items():
        yield f"{name}, scaled_dot", a.Attention(heads=heads, score=a.ScaledDot())
        yield f"{name}, additive 128", a.Attention(heads=heads, score=a.Additive(size=128))
    yield "coverage", a.Attention(coverage=a.Coverage())


def combinations() -> Iterator[Row]:
    """Every score with every window and alignment that may stand together."""
    for score, window, align in itertools.product(SCORES, WINDOWS, ALIGNS):
        if not (window.endswith("sampled") and align.startswith("hard")):
            attention = a.Attention(score=SCORES[score], window=WINDOWS[window], align=ALIGNS[align])
            yield f"{score} | {window} | {align}", attention


def architecture(attention: a.Attention, *, bidirectional: bool) -> RnnModel:
    return RnnModel(hidden=HIDDEN, embedding=EMBEDDING, attention=attention, bidirectional=bidirectional)


def some_batch() -> Batch:
    """Full rows: nothing is padding."""
    generator = torch.Generator().manual_seed(1)
    source, target = (
        torch.randint(4, VOCABULARY, (BATCH, length - 1), generator=generator).tolist()
        for length in (SOURCE, TARGET)
    )
    return collate(source, target)


def decoder_step(attention: a.Attention, batch: Batch, *, bidirectional: bool) -> Callable[[], object]:
    """One step of search, from the embedding to the logits."""
    torch.manual_seed(1)
    config = architecture(attention, bidirectional=bidirectional)
    model = build_model(config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD).eval()
    with torch.inference_mode():
        memory, state = model.begin(batch.source, batch.source_lengths)
        _, state, _ = model.decoder.step(memory, state, batch.target_in[:, 0])
    tokens = batch.target_in[:, 1]

    @torch.inference_mode()
    def step() -> Tensor:
        return model.projection(model.decoder.step(memory, state, tokens)[0])

    return step


def training_step(
    attention: a.Attention, batch: Batch, *, bidirectional: bool, precision: str
) -> Callable[[], object]:
    """Forward and backward, to the gradients."""
    torch.manual_seed(1)
    config = architecture(attention, bidirectional=bidirectional)
    model = build_model(config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD).train()
    objective = build_objective(Training(max_steps=1), config, model)

    def step() -> None:
        with narrow(precision):
            loss = objective(batch)
        loss.sums.backward()
        objective.zero_grad(set_to_none=True)

    return step


def narrow(precision: str) -> contextlib.AbstractContextManager[None]:
    """Where matrix products run in the asked number format."""
    return torch.autocast("cpu", torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()


def fastest(*ways: Callable[[], object], seconds: float) -> list[float]:
    """The least time of each in seconds, timed by turns, each first as often as the others."""
    for way in ways:
        way()
    best, end, order = [float("inf")] * len(ways), time.perf_counter() + seconds, list(range(len(ways)))
    while time.perf_counter() < end:
        for number in order:
            start = time.perf_counter()
            ways[number]()
            best[number] = min(best[number], time.perf_counter() - start)
        order.reverse()
    return best


Way = Callable[..., Callable[[], object]]


def table(rows: Iterator[Row], kinds: dict[str, Way], *, seconds: float) -> None:
    """A line for each attention: of each kind of step its milliseconds, and the ratio to soft additive attention."""
    batch, over = some_batch(), list[str]()
    print(" " * 45 + "".join(f" {f'{kind} ms':>12} {'ratio':>6}" for kind in kinds))
    for name, attention in rows:
        equal = isinstance(attention.score, a.Dot | a.ScaledDot | a.Cosine) and attention.heads is None
        line, worst = f"{name:45}", 0.0
        for kind in kinds.values():
            ways = (kind(one, batch, bidirectional=not equal) for one in (a.Attention(), attention))
            base, taken = fastest(*ways, seconds=seconds)
            line += f" {1e3 * taken:12.2f} {taken / base:6.2f}"
            worst = max(worst, taken / base)
        print(line, flush=True)
        over += [name] * (worst > LIMIT)
    print(f"more than {LIMIT} times soft additive attention: {'; '.join(over) or 'none'}")


def layers(*, seconds: float) -> None:
    """Forward and backward of one layer over a whole target, by torch's call and step by step."""
    for kind, precision in itertools.product((GruCell, LstmCell), ("fp32", "bf16")):
        cell = kind(HIDDEN)
        inputs = nn.Linear(EMBEDDING, cell.gates * HIDDEN)
        sequence = torch.randn(BATCH, TARGET, EMBEDDING, requires_grad=True)
        state = tuple(torch.zeros(BATCH, HIDDEN) for _ in range(cell.tensors))

        def way(read: Callable[..., Tensor]) -> Callable[[], None]:
            def run() -> None:
                with narrow(precision):  # noqa: B023  # called before the next turn
                    said = read(cell, inputs, sequence, state)  # noqa: B023
                said.float().square().sum().backward()

            return run

        one, many = fastest(way(in_one_call), way(step_by_step), seconds=seconds)
        print(
            f"{kind.__name__:9} {precision}  one call {1e3 * one:6.1f} ms  step by step {1e3 * many:6.1f} ms"
            f"  ratio {one / many:.2f}",
            flush=True,
        )


def main() -> None:
    """Parses, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--search", action="store_true", help="decoder steps alone")
    parser.add_argument("--layers", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32", help="of training")
    arguments = parser.parse_args()
    keep_memory()
    torch.set_num_threads(arguments.threads)
    print(f"{arguments.threads} threads, torch {torch.__version__}")
    if arguments.layers:
        layers(seconds=arguments.seconds)
        return
    rows = combinations() if arguments.all else parts()
    chosen = (row for row in rows if arguments.only in row[0])
    kinds: dict[str, Way] = {"search": decoder_step}
    if not arguments.search:
        kinds["training"] = partial(training_step, precision=arguments.precision)
    table(chosen, kinds, seconds=arguments.seconds)


if __name__ == "__main__":
    main()
