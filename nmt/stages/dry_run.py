"""A training foretold: everything a run does before its first update, and a few updates that are thrown away.

Nothing is written but in a temporary folder that goes.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import torch

from nmt.config.data import Corpora, Files
from nmt.config.experiment import Experiment
from nmt.config.reader import read
from nmt.data.build import build_table, check_corpora, read_parallel, samples, shares
from nmt.data.corpus import Corpus
from nmt.data.order import Order
from nmt.data.report import Report, in_words
from nmt.data.table import Table
from nmt.machine import cores, keep_memory
from nmt.models.parts import by_part
from nmt.stages.assemble import Learner, assemble, refuse_another, run_tokenizers
from nmt.stages.batch_tokens import as_stored, settled
from nmt.stages.forecast import Forecast
from nmt.stages.measure import largest, memory_of, room, seconds_of, update_of
from nmt.stages.parent import Parent, open_parent
from nmt.stages.run_folder import RunFolder
from nmt.stages.standing import Standing, standing
from nmt.text.files import Tokenizers
from nmt.training.build import half_precision

SAMPLE = 30_000  # pairs looked at; of a larger corpus that many, spread evenly
TIMING = 4.0  # seconds of updates


class Text(NamedTuple):
    """The tokenised pairs of a run, or of a sample of them."""

    tokenizers: Tokenizers
    table: Table
    report: Report
    pairs: int
    corpora: Corpora


def run(
    config: str | Path,
    overrides: Sequence[str] = (),
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    say: Callable[[str], None],
) -> Forecast:
    """Foretells what ``nmt train`` with these arguments would be; raises what that would before its first update."""
    experiment = read(config, overrides)
    folder = RunFolder(Path(out) if out is not None else Path("runs") / Path(config).stem)
    read_parallel(experiment.data.validation)
    stands = None if fresh else standing(folder.path)
    parent = open_parent(experiment) if stands is None else None
    automatic = experiment.training.batch_tokens == "auto"
    if stands is not None:
        experiment = as_stored(experiment, stands.checkpoint)
        refuse_another(folder, stands.checkpoint, experiment)
    keep_memory()
    torch.set_num_threads(experiment.training.threads or cores())
    with TemporaryDirectory(prefix="nmt-dry-run-") as temporary:
        text = _text(experiment, folder, stands, parent, Path(temporary))
        for line in (*text.tokenizers.notices, *text.report.sentences()[1:]):
            say(line)
        experiment, tokens = settled(experiment, text.tokenizers, text.table)
        learner = assemble(experiment, text.tokenizers)
        if parent is not None:
            parent.hand_over(learner.model, learner.optimizer)
        return _measured(experiment, tokens, automatic, text, learner, folder, stands)


def _measured(
    experiment: Experiment,
    tokens: int,
    automatic: bool,
    text: Text,
    learner: Learner,
    folder: RunFolder,
    stands: Standing | None,
) -> Forecast:
    training, table = experiment.training, text.table
    order = Order(
        table.source_lengths,
        table.target_lengths,
        batch_tokens=tokens,
        seed=training.seed,
        shares=shares(text.corpora, text.report),
    )
    update = update_of(experiment, learner)
    rows = largest(table, order)
    memory = memory_of(update, table, rows, accumulate=training.accumulate)
    seconds = seconds_of(update, table, order, accumulate=training.accumulate, budget=TIMING)
    share = text.pairs / text.report.read
    weights, checkpoint = _bytes(learner, text.tokenizers, averaged=training.ema is not None)
    checkpoints = training.keep_last + training.keep_best + 1  # the one that is being written
    return Forecast(
        model=f"{experiment.model.type}, {experiment.languages.source} to {experiment.languages.target}",
        parameters=by_part({name: one.numel() for name, one in learner.model.named_parameters()}),
        source_pieces=text.tokenizers.source.size,
        target_pieces=text.tokenizers.target.size,
        pairs=text.pairs,
        sampled=text.report.read,
        kept=text.report.kept,
        dropped=in_words(text.report.dropped),
        batch_tokens=tokens,
        automatic=automatic,
        largest=(
            len(rows),
            int(table.source_lengths[rows].max()) + 1,
            int(table.target_lengths[rows].max()) + 1,
        ),
        memory=None if memory is None else memory.of(len(rows)),
        memory_per_row=None if memory is None else memory.per_row,
        free_memory=room(),
        steps_per_epoch=share * order.batches(0) / training.accumulate,
        seconds_per_step=seconds,
        max_steps=training.max_steps,
        max_seconds=training.max_seconds,
        validate_every=training.validate_every,
        checkpoint=checkpoint,
        checkpoints=checkpoints,
        disk=checkpoints * checkpoint + weights + share * table.path.stat().st_size,
        free_disk=shutil.disk_usage(_existing(folder.path)).free,
        precision="bf16" if half_precision(training) else "fp32",
        threads=torch.get_num_threads(),
        run=folder.path,
        step=stands.step if stands else None,
        elapsed=stands.seconds if stands else 0.0,
    )


def _text(
    experiment: Experiment,
    folder: RunFolder,
    stands: Standing | None,
    parent: Parent | None,
    temporary: Path,
) -> Text:
    """The run's own tokenizers and tables where it has them; otherwise new ones, of large corpora from a sample."""
    section = experiment.data.train
    corpora = check_corpora(section)
    place = temporary / "data"
    place.mkdir()
    tables = sorted(folder.data.glob("table-*")) if stands else []
    for table in tables:  # found there as if it had been made there
        (place / table.name).symlink_to(table.absolute())
    pairs = sum(1 for corpus in corpora for _ in corpus.pairs())
    if pairs > SAMPLE and not tables:
        share = SAMPLE / pairs
        each = section if isinstance(section, tuple) else (section,)
        section = tuple(
            _sample(corpus, share, temporary / f"sample-{number}", weight=one.weight)
            for number, (corpus, one) in enumerate(zip(corpora, each, strict=True))
        )
    data = experiment.data.model_copy(update={"train": section})
    sampled = experiment.model_copy(update={"data": data})
    tokenizers = run_tokenizers(sampled, stands.checkpoint if stands else parent)
    texts = samples(experiment.tokenizer)
    return Text(
        tokenizers, *build_table(section, tokenizers, data.filters, place, texts=texts), pairs, section
    )


def _sample(corpus: Corpus, share: float, place: Path, *, weight: float) -> Files:
    """About that share of a corpus's pairs, evenly spread, as two files."""
    step = round(1 / share)
    files = Files(source=f"{place}.source", target=f"{place}.target", weight=weight)
    with (
        open(files.source, "w", encoding="utf-8", newline="\n") as source,
        open(files.target, "w", encoding="utf-8", newline="\n") as target,
    ):
        for number, pair in enumerate(corpus.pairs()):
            if number % step == 0:
                source.write(pair.source.replace("\n", " ") + "\n")
                target.write(pair.target.replace("\n", " ") + "\n")
    return files


def _bytes(learner: Learner, tokenizers: Tokenizers, *, averaged: bool) -> tuple[int, int]:
    """Of a model on disk, and of a checkpoint, which has the optimiser's state too, and both weights and average."""
    sides = [tokenizers.source] if tokenizers.joint else [tokenizers.source, tokenizers.target]
    weights = sum(one.nbytes for one in learner.model.parameters())
    model = weights + sum(len(side.model) for side in sides)
    states = learner.optimizer.state_dict()["state"].values()
    state = sum(torch.as_tensor(one).nbytes for state in states for one in state.values())
    return model, model + state + (weights if averaged else 0)


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())
