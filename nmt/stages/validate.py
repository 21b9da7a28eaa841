"""How a run is validated: the loss of the whole set, and scores of its greedy translations."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import cast

import numpy as np

from nmt.config.experiment import Experiment
from nmt.data.batch import Batch, collate
from nmt.decoding.torch_engine import TorchEngine
from nmt.decoding.translator import Translator, options_of, refuse_too_long
from nmt.evaluation.counters import is_collapsed
from nmt.evaluation.scores import evaluate
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.text.files import Tokenizers
from nmt.training.objective import Objective
from nmt.training.reach import gradient_by_distance
from nmt.training.validation import Sample, Validation, validation_loss

REACH = 32  # sentences whose gradients are looked at


class Validator:
    """Validates the model of an objective as it stands; greedy search, so that it costs seconds."""

    def __init__(
        self,
        experiment: Experiment,
        tokenizers: Tokenizers,
        objective: Objective,
        sources: list[str],
        references: list[str],
        *,
        weights: Callable[[], AbstractContextManager[None]] = nullcontext,
        workers: int,
    ) -> None:
        """``weights`` puts those to be validated into the model while it is open; ``workers`` translate."""
        self.experiment, self.objective, self.weights = experiment, objective, weights
        self.sources, self.references = sources, references
        self.model = cast(EncoderDecoder, objective.model)
        engine = TorchEngine(self.model, workers=workers)
        self.translator = Translator(engine, tokenizers, options_of(experiment.decoding))
        self.encoded = [
            (tokenizers.source.encode(source), tokenizers.target.encode(reference))
            for source, reference in zip(sources, references, strict=True)
        ]
        for side, longest in enumerate((self.model.max_source, self.model.max_target)):
            texts = [pair[side] for pair in self.encoded]
            refuse_too_long(texts, longest, lambda row: f"data.validation: line {row + 1}")

    def __call__(self) -> Validation:
        with self.weights():
            return self._validation()

    def _validation(self) -> Validation:
        evaluation = self.experiment.evaluation
        loss = validation_loss(self.objective, self._batches())
        if not math.isfinite(loss):
            return Validation(loss, notices=("the loss is not finite: nothing was translated",))
        self.objective.eval()
        translations = self.translator.translate(self.sources, beam=1)
        self.objective.train()
        report = evaluate(
            translations,
            self.references,
            target_language=self.experiment.languages.target,
            metrics=evaluation.metrics,
            bootstrap=0,
        )
        return Validation(
            loss=loss,
            scores={name: score.score for name, score in report.metrics.items()},
            signatures={name: score.signature for name, score in report.metrics.items()},
            samples=tuple(
                Sample(self.sources[row], self.references[row], translations[row]) for row in self._shown()
            ),
            notices=self._notices(translations),
            reach=gradient_by_distance(self.model, self._batch(range(len(self.encoded))[:REACH])),
        )

    def _batches(self) -> Iterator[Batch]:
        """The set in order of length, so that little is padding."""
        rows = sorted(range(len(self.encoded)), key=lambda row: len(self.encoded[row][0]))
        for start in range(0, len(rows), 64):
            yield self._batch(rows[start : start + 64])

    def _batch(self, rows: Sequence[int]) -> Batch:
        pairs = [self.encoded[row] for row in rows]
        return collate([source for source, _ in pairs], [target for _, target in pairs])

    def _notices(self, translations: list[str]) -> tuple[str, ...]:
        if is_collapsed(translations, self.sources):
            return (f"all {len(translations):,} translations are the same: {translations[0]!r}",)
        return ()

    def _shown(self) -> list[int]:
        """Sentences spread evenly over the set, the same at each validation."""
        count = min(self.experiment.evaluation.samples, len(self.sources))
        return np.linspace(0, len(self.sources) - 1, count + 2).astype(int)[1:-1].tolist()
