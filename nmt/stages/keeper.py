"""What a run keeps of each event of its training: checkpoints, the best model, and a line of metrics."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nmt.bundle import write_bundle
from nmt.config.experiment import Experiment
from nmt.models.load import save_weights
from nmt.stages.run_folder import RunFolder
from nmt.text.files import Tokenizers
from nmt.training.checkpoint import save_checkpoint
from nmt.training.ema import Ema
from nmt.training.events import Event, SaveDue, Validated
from nmt.training.folder import fresh_folder
from nmt.training.objective import Objective
from nmt.training.progress import Progress
from nmt.training.ranks import ALONE, Ranks
from nmt.training.validation import Validation


@dataclass(frozen=True)
class Keeper:
    """Writes the state of one training into its folder."""

    folder: RunFolder
    experiment: Experiment
    tokenizers: Tokenizers
    objective: Objective
    optimizer: torch.optim.Optimizer
    ema: Ema | None
    progress: Progress
    ranks: Ranks = ALONE

    def keep(self, event: Event) -> None:
        """Writes what this event calls for, if it is for this process to write."""
        random = self.ranks.each(torch.get_rng_state()) if isinstance(event, SaveDue) else []
        if not self.ranks.first:
            return
        match event:
            case SaveDue():
                self._save(random)
                if event.step == self.progress.best_step == 0:  # the best so far is what the run starts from
                    self._keep_best({"step": 0})
            case Validated(improved=True):
                self._keep_best({"step": event.step, "validation": _card(event.validation)})
        self.folder.note(event)

    def _save(self, random: list[Tensor]) -> None:
        with self.folder.writing():
            save_checkpoint(
                self.folder.checkpoints,
                progress=self.progress,
                objective=self.objective,
                optimizer=self.optimizer,
                ema=self.ema,
                random=random,
                write_model=lambda target: self._write_model(target, {"step": self.progress.step}),
                keep_last=self.experiment.training.keep_last,
                keep_best=self.experiment.training.keep_best,
            )

    def _keep_best(self, card: dict[str, Any]) -> None:
        with self.folder.writing(), fresh_folder(self.folder.model) as target:
            self._write_model(target, card)

    def _write_model(self, target: Path, card: dict[str, Any]) -> None:
        write_bundle(target, experiment=self.experiment, tokenizers=self.tokenizers, card=card)
        with contextlib.nullcontext() if self.ema is None else self.ema.applied():
            save_weights(self.objective.model, target / "model.safetensors")


def _card(validation: Validation) -> dict[str, Any]:
    """The scores of the model as its card states them: of the validation set, decoded greedily."""
    return {
        "loss": validation.loss,
        "decoding": "greedy",
        "metrics": {
            name: {"score": score, "signature": validation.signatures[name]}
            for name, score in validation.scores.items()
        },
    }
