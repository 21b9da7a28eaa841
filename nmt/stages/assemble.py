"""What a training is assembled from, by its config: tokenizers, model and optimiser, and the run it goes on with."""

import contextlib
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import torch

from nmt.bundle import open_bundle
from nmt.config.attention import Lexicon
from nmt.config.differences import identity_differences
from nmt.config.experiment import Experiment
from nmt.config.sites import sites
from nmt.data.build import check_corpora, open_corpora
from nmt.data.corpus import digests, sources, targets
from nmt.errors import UsageError
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.stages.parent import Parent
from nmt.stages.run_folder import RunFolder
from nmt.text.build import build_tokenizers
from nmt.text.files import Tokenizers
from nmt.text.lexicon import piece_table, read_lexicon
from nmt.text.special import PAD
from nmt.training.build import build_objective, build_optimizer
from nmt.training.freeze import freeze
from nmt.training.objective import Objective


class Learner(NamedTuple):
    """What learns: a model, what it minimises and how its weights move."""

    model: EncoderDecoder
    objective: Objective
    optimizer: torch.optim.Optimizer


def assemble(experiment: Experiment, tokenizers: Tokenizers) -> Learner:
    """A learner with fresh weights, drawn from the seed that torch's generator is set to."""
    torch.manual_seed(experiment.training.seed)
    model = build_model(
        experiment.model, source_size=tokenizers.source.size, target_size=tokenizers.target.size, padding=PAD
    )
    freeze(model, experiment.training.freeze)
    objective = build_objective(experiment.training, experiment.model, model)
    return Learner(model, objective, build_optimizer(experiment.training.optimizer, model))


def check_lexicon(experiment: Experiment) -> None:
    """Raises NmtError where the lexicon that the config names cannot be read."""
    if (section := _lexicon(experiment)) is not None:
        deque(read_lexicon(section.file), maxlen=0)


def _lexicon(experiment: Experiment) -> Lexicon | None:
    """The section of the lexicon that guides the model's attention, if one does."""
    return next((site.lexicon for site in sites(experiment) if site.lexicon is not None), None)


def guide(model: EncoderDecoder, experiment: Experiment, tokenizers: Tokenizers) -> None:
    """Fills the table of a model's lexicon as the config says, also over that of a model it starts from; a run's own
    checkpoint has its own.

    Raises:
        NmtError: the file cannot be read, or is no lexicon.
    """
    section, lexicon = _lexicon(experiment), model.decoder.lexicon
    if section is None or lexicon is None:
        return
    targets, odds = piece_table(
        read_lexicon(section.file),
        tokenizers.source.encode,
        tokenizers.target.encode,
        vocabulary=tokenizers.source.size,
        candidates=section.candidates,
    )
    lexicon.fill(torch.from_numpy(targets), torch.from_numpy(odds))


def run_tokenizers(experiment: Experiment, origin: Path | Parent | None) -> Tokenizers:
    """Those of the run's checkpoint or of its parent, or new ones trained on the training text."""
    if isinstance(origin, Path):
        return open_bundle(origin).tokenizers()
    if isinstance(origin, Parent):
        return origin.tokenizers(experiment)
    corpora = check_corpora(experiment.data.train)
    return build_tokenizers(
        experiment.tokenizer,
        experiment.languages,
        sources(corpora),
        targets(corpora),
        seed=experiment.training.seed,
    )


def precision(bf16: bool) -> Callable[[], AbstractContextManager[None]]:
    """The number format of an update, as a context to run it in."""
    if bf16:
        return lambda: torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext


def refuse_unknown_parameters(experiment: Experiment) -> None:
    """Raises UsageError where ``training.freeze`` does not suit the model, of which names alone are needed."""
    with torch.device("meta"):
        model = build_model(experiment.model, source_size=8, target_size=8, padding=PAD)
        freeze(model, experiment.training.freeze)


def refuse_another(folder: RunFolder, checkpoint: Path, experiment: Experiment) -> None:
    """Raises UsageError where the run on disk was trained by another config, or on other data."""
    before = folder.environment()["data"]
    now = digests(open_corpora(experiment.data.train))
    changed = [path for path, digest in now.items() if before.get(path) != digest]
    if differences := identity_differences(open_bundle(checkpoint).experiment, experiment):
        differences += [f"{path} has changed" for path in changed if path in before]
        hint = "--fresh starts anew, --out trains elsewhere"
        raise UsageError(str(folder.path), f"is a run of another experiment: {'; '.join(differences)}", hint)
    if changed:
        have = "has" if len(changed) == 1 else "have"
        what = f"{have} changed since the run began"
        raise UsageError(", ".join(changed), what, "--fresh starts anew")
