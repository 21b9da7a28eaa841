"""The model that a run starts from: what is taken over from it, and what starts anew."""

import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from nmt.bundle import Bundle, open_bundle
from nmt.config.differences import identity_differences
from nmt.config.experiment import Experiment
from nmt.config.tokenizer import Sided, SideTokenizer, Tokenizer, TokenizerChoice
from nmt.config.training import Training
from nmt.data.build import check_corpora
from nmt.data.corpus import sources, targets
from nmt.errors import NmtError, UsageError
from nmt.models.load import load_extended
from nmt.text.build import extend_tokenizers
from nmt.text.files import Tokenizers
from nmt.training.checkpoint import RAW, STATE, load_optimizer, load_progress
from nmt.training.progress import Progress

FREE = {
    "dropout",
    "embedding_dropout",
    "activation_dropout",
    "init",
    "tie",
    "window",
    "align",
    "coverage",
    "lexicon",
}
"""What of a model may change from a parent to its child; where it has weights, they tell whether it did."""
PARTS = ("optimizer", "schedule", "data", "best")


@dataclass(frozen=True)
class Parent:
    """An opened model, and the parts of its training that go on."""

    bundle: Bundle
    kept: tuple[str, ...]

    def tokenizers(self, experiment: Experiment) -> Tokenizers:
        """The model's own, with further pieces of the new text where the config asks for a larger vocabulary.

        Raises:
            UsageError: the config asks for another kind of tokenizer.
        """
        old, new = self.bundle.experiment.tokenizer, experiment.tokenizer
        if _kinds(old) != _kinds(new):
            what = f"is {_kinds(new)}, but that of {self.bundle.folder} is {_kinds(old)}"
            raise UsageError("tokenizer", what, "a model keeps its kind of pieces")
        corpora = check_corpora(experiment.data.train)
        return extend_tokenizers(
            self.bundle.tokenizers(),
            new,
            experiment.languages,
            sources(corpora),
            targets(corpora),
            seed=experiment.training.seed,
        )

    def hand_over(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
        """Fills the model, and what is kept of its training; returns where the new one stands.

        Raises:
            NmtError: the model is of another shape, or its optimiser's state does not fit.
        """
        old = self.bundle.tokenizers()
        raw = self.bundle.folder / STATE / RAW  # beside an average, what the optimiser's state is of
        weights = raw if "optimizer" in self.kept and raw.is_file() else self.bundle.weights
        grown = load_extended(model, weights, vocabularies=(old.source.size, old.target.size))
        progress = Progress()
        if not self.kept:
            return progress
        before = load_progress(self.bundle.folder)
        if "optimizer" in self.kept:
            if grown:
                what = f"the optimiser's state cannot go on: {grown[0]} has new rows"
                raise NmtError(str(self.bundle.folder), what, "add optimizer to training.reset")
            load_optimizer(self.bundle.folder, optimizer)
        if "schedule" in self.kept:
            progress.offset = before.offset + before.step
        if "data" in self.kept:
            progress.epoch, progress.index = before.epoch, before.index
        if "best" in self.kept and before.history:
            progress.history = [(0, max(before.figures))]
        return progress

    def lies_in(self, folder: Path) -> bool:
        """Whether it would go with a folder."""
        return self.bundle.folder.resolve().is_relative_to(folder.resolve())

    def sentence(self) -> str:
        """What was taken over, for a person."""
        anew = [part for part in PARTS if part not in self.kept]
        taken = ", ".join(("weights", "vocabulary", *self.kept))
        step = self.bundle.card.get("step")
        return f"starting from {self.bundle.folder} (step {step}): {taken}; reset: {', '.join(anew) or 'nothing'}"


def open_parent(experiment: Experiment) -> Parent | None:
    """The model that ``training.init_from`` names, verified; None where it names none.

    Raises:
        NmtError: there is no such model, or what is to be kept of its training is not there.
        UsageError: its weights, or what is to be kept of its training, mean something else in this config.
    """
    training = experiment.training
    if training.init_from is None:
        return None
    kept = tuple(part for part in PARTS if part not in training.reset)
    bundle = open_bundle(_folder(Path(training.init_from), state=bool(kept)))
    if kept and not (bundle.folder / STATE).is_dir():
        what = f"holds no training to keep {', '.join(kept)} of"
        raise NmtError(str(bundle.folder), what, "give a run or a checkpoint, or reset everything")
    _refuse_another_function(bundle, experiment)
    before = bundle.experiment.training
    _refuse_to_keep("optimizer", kept, bundle, _moved(before), _moved(training))
    _refuse_to_keep("best", kept, bundle, before.best, training.best)
    return Parent(bundle, kept)


def _refuse_another_function(bundle: Bundle, experiment: Experiment) -> None:
    """Raises UsageError where the same weights would compute something else: of these, their shapes tell too little."""
    changes = [
        change
        for change in identity_differences(bundle.experiment, experiment)
        if change.startswith("model.") and FREE.isdisjoint(re.findall(r"\w+", change.partition(":")[0]))
    ]
    if changes:
        what = f"is another than that of {bundle.folder}: {'; '.join(changes)}"
        raise UsageError("model", what, "dropout, init, window and align alone may change")


def _refuse_to_keep(part: str, kept: tuple[str, ...], bundle: Bundle, old: str, new: str) -> None:
    """Raises UsageError where a part that is to be kept means something else now."""
    if part in kept and old != new:
        what = f"is {new}, that of {bundle.folder} is {old}"
        raise UsageError(f"training.{part}", what, f"add {part} to training.reset")


def _moved(training: Training) -> str:
    """What an optimiser's state depends on, in words: its kind, and which parameters are in which group."""
    frozen = f" with {', '.join(training.freeze)} frozen" if training.freeze else ""
    return f"{training.optimizer.type}, decay of {training.optimizer.decay}{frozen}"


def _folder(path: Path, *, state: bool) -> Path:
    """Of a run the last checkpoint where the state of its training is wanted, else the best model."""
    last = path / "checkpoints" / "last"
    if state and last.is_file():
        return last.parent / Path(last.read_text(encoding="utf-8", errors="replace").strip()).name
    return path


def _kinds(section: TokenizerChoice) -> str:
    """``joint bpe``, or ``unigram and char``."""
    match section:
        case Sided(source=source, target=target):
            return f"{_kind(source)} and {_kind(target)}"
        case Tokenizer(joint=True):
            return f"joint {_kind(section)}"
        case _:
            return f"{_kind(section)} and {_kind(section)}"


def _kind(side: SideTokenizer) -> str:
    return f"{side.type} with bytes" if side.byte_fallback else side.type
