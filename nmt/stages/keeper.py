"""What a run keeps of each event of its training: checkpoints, the best model, and a line of metrics."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nmt.bundle import write_bundle
from nmt.config.experiment import Experiment
from nmt.models.load import save_weights
from nmt.stages.run_folder import RunFolder
from nmt.text.files import Tokenizers
from nmt.training.checkpoint import fresh_folder, save_checkpoint
from nmt.training.events import Event, SaveDue, Validated
from nmt.training.progress import Progress
from nmt.training.validation import Validation


@dataclass(frozen=True)
class Keeper:
    """Writes the state of one training into its folder."""

    folder: RunFolder
    experiment: Experiment
    tokenizers: Tokenizers
    model: nn.Module
    optimizer: torch.optim.Optimizer
    progress: Progress

    def keep(self, event: Event) -> None:
        """Writes what this event calls for."""
        match event:
            case SaveDue():
                self._save()
            case Validated(improved=True):
                with fresh_folder(self.folder.model) as target:
                    self._write_model(target, {"step": event.step, "validation": _card(event.validation)})
        self.folder.note(event)

    def _save(self) -> None:
        save_checkpoint(
            self.folder.checkpoints,
            progress=self.progress,
            optimizer=self.optimizer,
            write_model=lambda target: self._write_model(target, {"step": self.progress.step}),
            keep_last=self.experiment.training.keep_last,
        )

    def _write_model(self, target: Path, card: dict[str, Any]) -> None:
        write_bundle(target, experiment=self.experiment, tokenizers=self.tokenizers, card=card)
        save_weights(self.model, target / "model.safetensors")


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
