"""From a config to a trained model: the wiring of one run, in order, once."""

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from nmt.bundle import open_bundle
from nmt.config.experiment import Experiment
from nmt.config.reader import read
from nmt.data.build import build_noise, check_corpora, read_parallel, shares
from nmt.data.loader import Cursor, batches
from nmt.data.order import Order
from nmt.data.report import Report
from nmt.errors import UsageError
from nmt.machine import cores, keep_memory
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.stages.assemble import (
    assemble,
    check_lexicon,
    guide,
    precision,
    refuse_unknown_parameters,
)
from nmt.stages.claim import claimed
from nmt.stages.keeper import Keeper
from nmt.stages.parent import Parent, open_parent
from nmt.stages.prepare import prepare
from nmt.stages.run_folder import RunFolder, environment
from nmt.stages.validate import Validator
from nmt.text.files import Tokenizers
from nmt.training.build import build_schedule, half_precision
from nmt.training.checkpoint import checkpoint_of, load_checkpoint
from nmt.training.ema import Ema
from nmt.training.events import Event, Finished
from nmt.training.freeze import frozen_sentence
from nmt.training.loop import Plan, train
from nmt.training.progress import Progress
from nmt.training.ranks import ALONE, Ranks
from nmt.training.signals import asked

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Result:
    """How a training ended. ``signal`` is the number of the signal that ended it, if one did."""

    run: Path
    step: int
    reason: str
    best_step: int | None
    card: dict[str, Any]
    signal: int | None = None


def run(
    config: str | Path,
    overrides: Sequence[str] = (),
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    say: Callable[[str], None],
    listen: Listener,
    ranks: Ranks = ALONE,
) -> Result:
    """Trains, or goes on with, the experiment of a config; each of ``ranks`` is to call it alike.

    ``say`` gets sentences for a person, ``listen`` every event of the loop: those of the first of the ranks.

    Raises:
        ConfigErrors: the config is wrong.
        NmtError: data it names is missing or bad, or the run on disk is damaged.
        UsageError: the run on disk is of another experiment.
    """
    experiment = read(config, overrides)
    folder = RunFolder(Path(out) if out is not None else Path("runs") / Path(config).stem)
    # Before anything is made or cleared: what the config names may be missing.
    validation = read_parallel(experiment.data.validation)
    parent = open_parent(experiment) if fresh or not folder.checkpoints.exists() else None
    if parent is not None and fresh and parent.lies_in(folder.path):
        what = f"lies in {folder.path}, which --fresh would clear"
        raise UsageError("training.init_from", what, "give another --out")
    refuse_unknown_parameters(experiment)
    if fresh or not folder.checkpoints.exists():
        check_lexicon(experiment)
    if fresh:
        check_corpora(experiment.data.train)

    def tell(line: str) -> None:
        if ranks.first:
            folder.say(line)
            say(line)

    with claimed(folder, experiment, fresh=fresh, tell=tell, ranks=ranks) as (checkpoint, experiment):
        return _train(experiment, folder, checkpoint or parent, validation, tell, listen, ranks)


def _train(
    experiment: Experiment,
    folder: RunFolder,
    origin: Path | Parent | None,
    validation: tuple[list[str], list[str]],
    tell: Callable[[str], None],
    listen: Listener,
    ranks: Ranks,
) -> Result:
    """Trains from where ``origin`` leads: the run's own checkpoint, another model, or nothing."""
    keep_memory()
    threads = experiment.training.threads or max(1, cores() // ranks.here)
    torch.set_num_threads(threads)
    auto = experiment.training.batch_tokens == "auto"
    experiment, batch_tokens, tokenizers, table, report = prepare(experiment, origin, folder.data, ranks)
    training = experiment.training
    model, objective, optimizer = assemble(experiment, tokenizers)
    bf16 = half_precision(training)
    surroundings = environment(
        seed=training.seed,
        processes=ranks.world,
        threads=threads,
        bf16=bf16,
        data=report.sha256,
    )
    progress = Progress()
    if isinstance(origin, Parent):
        progress = origin.hand_over(model, optimizer)
    if not isinstance(origin, Path):
        guide(model, experiment, tokenizers)
    ranks.copy(objective.state_dict().values())
    ranks.part_ways(training.seed)
    ema = Ema(model, training.ema, optimizer) if training.ema is not None else None
    if isinstance(origin, Path):
        progress = load_checkpoint(origin, objective=objective, optimizer=optimizer, ema=ema, rank=ranks.rank)
    if ranks.first:
        _begin(folder, experiment, surroundings, progress, tell)
    _introduce(tell, model, tokenizers, report, surroundings)
    _say_where(tell, origin, progress)

    if auto:
        tell(f"batch_tokens: auto is {batch_tokens:,}")
    order = Order(
        table.source_lengths,
        table.target_lengths,
        batch_tokens=batch_tokens,
        seed=training.seed,
        shares=shares(experiment.data.train, report),
    )
    longest = experiment.data.filters.max_length
    noise = build_noise(training, experiment.tokenizer, tokenizers, longest=longest)
    applied = nullcontext if ema is None else ema.applied
    validator = Validator(
        experiment, tokenizers, objective, *validation, weights=applied, workers=threads * ranks.here
    )
    keeper = Keeper(folder, experiment, tokenizers, objective, optimizer, ema, progress, ranks)
    cursor = Cursor(progress.epoch, progress.index)
    with (
        asked() as signals,
        closing(batches(table, order, cursor, noise=noise, rank=ranks.rank, world=ranks.world)) as stream,
    ):
        for event in train(
            objective,
            batches=stream,
            optimizer=optimizer,
            schedule=build_schedule(training.schedule, max_steps=progress.offset + training.max_steps),
            plan=_plan(experiment),
            progress=progress,
            validate=lambda: ranks.from_first(validator),
            precision=precision(bf16),
            asked=signals,
            place=table.place,
            ranks=ranks,
        ):
            keeper.keep(event)
            listen(event)
    assert isinstance(event, Finished)  # the last of every training
    return ranks.from_first(lambda: _result(folder, progress, event))


def _begin(
    folder: RunFolder,
    experiment: Experiment,
    surroundings: dict[str, Any],
    progress: Progress,
    tell: Callable[[str], None],
) -> None:
    """Writes what the run is made of; where it goes on, tells what has changed, and mends its best model."""
    if progress.step:
        _compare(folder.environment(), surroundings, tell)
    folder.begin(experiment, surroundings, progress)
    if progress.step and progress.best_step is not None:
        folder.mend_model(checkpoint_of(folder.checkpoints, progress.best_step), tell)


def _result(folder: RunFolder, progress: Progress, event: Finished) -> Result:
    card = dict(open_bundle(folder.model).card) if folder.model.is_dir() else {}
    return Result(folder.path, progress.step, event.reason, progress.best_step, card, event.signal)


def _plan(experiment: Experiment) -> Plan:
    training = experiment.training
    return Plan(
        max_steps=training.max_steps,
        max_seconds=training.max_seconds,
        accumulate=training.accumulate,
        clip_norm=training.clip_norm,
        log_every=training.log_every,
        validate_every=training.validate_every,
        save_every=training.save_every,
        best=training.best,
        keep_best=training.keep_best,
        max_skipped=training.max_skipped,
        patience=training.early_stopping.patience if training.early_stopping else None,
    )


def _introduce(
    tell: Callable[[str], None],
    model: EncoderDecoder,
    tokenizers: Tokenizers,
    report: Report,
    surroundings: dict[str, Any],
) -> None:
    for line in (*tokenizers.notices, *report.sentences()):
        tell(line)
    count = sum(parameter.numel() for parameter in model.parameters())
    sizes = f"{tokenizers.source.size:,} source and {tokenizers.target.size:,} target pieces"
    tell(
        f"model: {count:,} parameters, {sizes}, {surroundings['precision']} on {surroundings['torch_threads']} threads"
    )
    if frozen := frozen_sentence(model):
        tell(frozen)


def _say_where(tell: Callable[[str], None], origin: Path | Parent | None, progress: Progress) -> None:
    if isinstance(origin, Parent):
        tell(origin.sentence())
    if progress.step:
        tell(f"resuming at step {progress.step}")


def _compare(before: dict[str, Any], surroundings: dict[str, Any], say: Callable[[str], None]) -> None:
    """Announces what keeps a resumed run from being exact."""
    before = {"processes": 1, **before}  # of runs from before there could be more
    for key in ("packages", "processes", "torch_threads", "precision", "machine", "processor"):
        if before.get(key) != surroundings[key]:
            change = f"{key} was {before.get(key)}, is {surroundings[key]}"
            say(f"notice: {change}: the resumed run will not be bit-identical")
