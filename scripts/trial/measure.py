"""What a trained trial scores on the validation set, and on nothing else."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sacrebleu.metrics.base import Metric

from nmt.bundle import open_bundle
from nmt.config.experiment import Experiment
from nmt.data.build import read_parallel
from nmt.decoding.translator import Translator
from nmt.errors import NmtError
from nmt.evaluation.metrics import Measurement, build_metric
from nmt.evaluation.scores import stripped
from nmt.stages.info import info
from nmt.stages.run_folder import RunFolder
from trial.listing import Trial, Trials

ALPHAS = (0.6, 1.0, 1.4)
"""Exponents of the GNMT length penalty (Wu et al. 2016, eq. 14)."""


def validation_set(experiment: Experiment) -> tuple[list[str], list[str]]:
    """Its source and reference lines.

    Raises:
        NmtError: the text is a test set's, which no trial may see.
    """
    section = experiment.data.validation
    sources, references = read_parallel(section)
    for name, test in experiment.data.test.items():
        lines = None
        with suppress(NmtError):  # it may not be here
            lines, _ = read_parallel(test)
        if test == section or lines == sources:
            raise NmtError(
                "data.validation", f"is the test set {name!r}: trials are judged by validation alone"
            )
    return sources, references


def measure(trials: Trials, trial: Trial, *, workers: int | None = None) -> dict[str, Any]:
    """Translates the validation set with the best checkpoint at each length exponent, and counts; keeps the
    translations beside the run."""
    run = trials.run(trial)
    sources, references = validation_set(open_bundle(run).experiment)
    translator = Translator.load(run, workers=workers)
    metrics = _metrics(translator.tokenizers.target.language, stripped(references))
    signatures, scores = dict[str, str](), dict[str, dict[str, float]]()
    for alpha in ALPHAS:
        translations = stripped(translator.translate(sources, alpha=alpha))
        text = "".join(line + "\n" for line in translations)
        trials.translations(trial, alpha).write_text(text, encoding="utf-8", newline="\n")
        measured = {name: Measurement(metric, translations) for name, metric in metrics.items()}
        signatures = {name: one.signature for name, one in measured.items()}
        scores[str(alpha)] = {name: round(one.score(), 2) for name, one in measured.items()}
    return {
        "parameters": sum(info(run).parameters.values()),
        "sentences": len(sources),
        "beam": translator.options.beam,
        "losses": _losses(RunFolder(run).rows()),
        "signatures": signatures,
        "scores": scores,
    }


def _metrics(language: str, references: Sequence[str]) -> dict[str, Metric]:
    return {
        "bleu": build_metric("bleu", language, references),
        "bleu_lower": build_metric("bleu_lc", language, references),
        "chrf": build_metric("chrf", language, references),
    }


def _losses(rows: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """At the end, in nats a token: what training minimised, and the likelihood of the text that it saw and of that
    it did not; None where the run was too short to log it."""
    last = {row["type"]: row for row in rows}
    train, validation = last.get("train", {}), last.get("validation", {})
    return {
        "train": train.get("loss"),
        "train_nll": train.get("nll"),
        "validation": validation.get("loss"),
    }
