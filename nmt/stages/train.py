"""From a config to a trained model: the wiring of one run, in order, once."""

import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from nmt.bundle import open_bundle
from nmt.config.differences import identity_differences
from nmt.config.experiment import Experiment
from nmt.config.reader import read
from nmt.data.build import build_table, check_corpus, open_corpus, read_parallel
from nmt.data.corpus import digests
from nmt.data.loader import Cursor, batches
from nmt.data.order import Order
from nmt.data.report import Report
from nmt.errors import UsageError
from nmt.machine import cores, keep_memory
from nmt.models.build import build_model
from nmt.models.rnn.model import RnnSeq2Seq
from nmt.stages.keeper import Keeper
from nmt.stages.run_folder import RunFolder, environment
from nmt.stages.validate import Validator
from nmt.text.build import build_tokenizers
from nmt.text.files import Tokenizers
from nmt.text.special import PAD
from nmt.training.build import build_objective, build_optimizer, build_schedule, half_precision
from nmt.training.checkpoint import last_checkpoint, load_checkpoint
from nmt.training.events import Event, Finished
from nmt.training.loop import Plan, train
from nmt.training.progress import Progress
from nmt.training.signals import asked_to_stop

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Result:
    """How a training ended. ``signal`` is the number of the signal that ended it, if one did."""

    run: Path
    step: int
    reason: str
    best_step: int
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
) -> Result:
    """Trains, or goes on with, the experiment of a config.

    ``say`` gets sentences for a person, ``listen`` every event of the loop.

    Raises:
        ConfigErrors: the config is wrong.
        NmtError: data it names is missing or bad, or the run on disk is damaged.
        UsageError: the run on disk is of another experiment.
    """
    experiment = read(config, overrides)
    folder = RunFolder(Path(out) if out is not None else Path("runs") / Path(config).stem)
    # Before anything is made or cleared: what the config names may be missing.
    validation = read_parallel(experiment.data.validation)
    if fresh:
        check_corpus(experiment.data.train)
        folder.clear()
    checkpoint = last_checkpoint(folder.checkpoints) if folder.checkpoints.is_dir() else None
    if checkpoint is not None:
        _refuse_another(folder, checkpoint, experiment)
    return _train(experiment, folder, checkpoint, validation, say, listen)


def _refuse_another(folder: RunFolder, checkpoint: Path, experiment: Experiment) -> None:
    """Raises UsageError where the run on disk was trained by another config, or on other data."""
    if differences := identity_differences(open_bundle(checkpoint).experiment, experiment):
        hint = "--fresh starts anew, --out trains elsewhere"
        raise UsageError(str(folder.path), f"is a run of another experiment: {'; '.join(differences)}", hint)
    before = folder.environment()["data"]
    for path, digest in digests(open_corpus(experiment.data.train)).items():
        if before.get(path) != digest:
            raise UsageError(path, "has changed since the run began", "--fresh starts anew")


def _train(
    experiment: Experiment,
    folder: RunFolder,
    checkpoint: Path | None,
    validation: tuple[list[str], list[str]],
    say: Callable[[str], None],
    listen: Listener,
) -> Result:
    training = experiment.training
    keep_memory()
    torch.set_num_threads(training.threads or cores())
    tokenizers = _tokenizers(experiment, checkpoint)
    table, report = build_table(experiment.data.train, tokenizers, experiment.data.filters, folder.data)

    torch.manual_seed(training.seed)
    model = build_model(
        experiment.model, source_size=tokenizers.source.size, target_size=tokenizers.target.size, padding=PAD
    )
    objective = build_objective(training, model)
    optimizer = build_optimizer(training.optimizer, model)
    progress = Progress()
    bf16 = half_precision(training)
    surroundings = environment(
        seed=training.seed, threads=torch.get_num_threads(), bf16=bf16, data=report.sha256
    )
    if checkpoint is not None:
        progress = load_checkpoint(checkpoint, model=model, optimizer=optimizer)
        _compare(folder.environment(), surroundings, say)
    folder.begin(experiment, surroundings, progress)

    def tell(line: str) -> None:
        folder.say(line)
        say(line)

    _introduce(tell, model, tokenizers, report, progress, surroundings)
    order = Order(
        table.source_lengths, table.target_lengths, batch_tokens=training.batch_tokens, seed=training.seed
    )
    validator = Validator(experiment, tokenizers, objective, *validation)
    keeper = Keeper(folder, experiment, tokenizers, model, optimizer, progress)
    with (
        asked_to_stop() as stop,
        closing(batches(table, order, Cursor(progress.epoch, progress.index))) as stream,
    ):
        for event in train(
            objective,
            batches=stream,
            optimizer=optimizer,
            schedule=build_schedule(training.schedule),
            plan=_plan(experiment),
            progress=progress,
            validate=validator,
            precision=_precision(bf16),
            stop=stop,
        ):
            keeper.keep(event)
            listen(event)
    assert isinstance(event, Finished)  # the last of every training
    card = dict(open_bundle(folder.model).card) if folder.model.is_dir() else {}
    return Result(folder.path, progress.step, event.reason, progress.best_step, card, event.signal)


def _tokenizers(experiment: Experiment, checkpoint: Path | None) -> Tokenizers:
    """Those of the run, or new ones trained on the training text."""
    if checkpoint is not None:
        return open_bundle(checkpoint).tokenizers()
    corpus = check_corpus(experiment.data.train)
    return build_tokenizers(
        experiment.tokenizer,
        experiment.languages,
        corpus.sources(),
        corpus.targets(),
        seed=experiment.training.seed,
    )


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
        patience=training.early_stopping.patience if training.early_stopping else None,
    )


def _precision(bf16: bool) -> Callable[[], AbstractContextManager[None]]:
    if bf16:
        return lambda: torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext


def _introduce(
    tell: Callable[[str], None],
    model: RnnSeq2Seq,
    tokenizers: Tokenizers,
    report: Report,
    progress: Progress,
    surroundings: dict[str, Any],
) -> None:
    for line in (*tokenizers.notices, *report.sentences()):
        tell(line)
    count = sum(parameter.numel() for parameter in model.parameters())
    sizes = f"{tokenizers.source.size:,} source and {tokenizers.target.size:,} target pieces"
    tell(
        f"model: {count:,} parameters, {sizes}, {surroundings['precision']} on {surroundings['torch_threads']} threads"
    )
    if progress.step:
        tell(f"resuming at step {progress.step}")


def _compare(before: dict[str, Any], surroundings: dict[str, Any], say: Callable[[str], None]) -> None:
    """Announces what keeps a resumed run from being exact."""
    for key in ("packages", "torch_threads", "precision", "machine"):
        if before.get(key) != surroundings[key]:
            change = f"{key} was {before.get(key)}, is {surroundings[key]}"
            say(f"notice: {change}: the resumed run will not be bit-identical")
