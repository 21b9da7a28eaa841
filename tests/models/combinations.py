"""Every score, window and alignment as a configuration has them, and what is done with each combination."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from nmt.config.experiment import Experiment
from nmt.config.reader import read
from nmt.data.batch import Batch
from nmt.decoding.beam import beam_search
from nmt.errors import ConfigErrors
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.training.build import build_objective, build_optimizer

SCORES = {
    "additive": "{type: additive, size: 4}",
    "normalised": "{type: additive, size: 4, bias: true, normalised: true}",
    "concat": "{type: concat, size: 4}",
    "general": "{type: general}",
    "dot": "{type: dot}",
    "scaled_dot": "{type: scaled_dot}",
    "cosine": "{type: cosine, scale: 2.0}",
    "location": "{type: location, max_source: 9}",
}
WINDOWS = {
    "none": "{type: none}",
    "local-m": "{type: monotonic, size: 2}",
    "local-p": "{type: predictive, size: 2}",
    "argmax": "{type: predictive, size: 2, centre: {type: argmax}}",
    "sampled": "{type: predictive, size: 2, centre: {type: sampled, estimator: {type: reinforce}}}",
}
ALIGNS = {
    "soft": "{type: soft, temperature: 0.5, dropout: 0.1}",
    "uniform": "{type: uniform}",
    "threshold": "{type: threshold, least: 0.1}",
    "top_k": "{type: top_k, k: 2}",
    "sparsemax": "{type: sparsemax}",
    "reinforce": "{type: hard}",
    "reinforce, expectation": "{type: hard, estimator: {type: reinforce, baseline: expectation, expected: 0.0}}",
    "straight-through": "{type: hard, estimator: {type: straight_through}}",
    "gumbel": "{type: hard, estimator: {type: gumbel}}",
    "soft gumbel": "{type: hard, estimator: {type: gumbel, straight_through: false}}",
}
HARD = ("reinforce", "reinforce, expectation", "straight-through", "gumbel", "soft gumbel")

Triple = tuple[str, str, str]
TRIPLES = set(itertools.product(SCORES, WINDOWS, ALIGNS))
DRAWN_TWICE = {(score, "sampled", align) for score in SCORES for align in HARD}  # the centre, and the place
UNTAUGHT = {(score, "argmax", "uniform") for score in SCORES}  # the centre goes by scores that learn nothing


def line_of(key: str, template: str) -> int:
    """Where the template of a configuration has a key."""
    return 1 + template.split("{" + key + "}")[0].count("\n")


def refusal(path: Path) -> str:
    """The one problem of a configuration, without the name of its folder."""
    with pytest.raises(ConfigErrors) as caught:
        read(path)
    (problem,) = caught.value.problems
    return problem.removeprefix(f"{path.parent}/")


def train(model: EncoderDecoder, experiment: Experiment, batch: Batch) -> set[str]:
    """Two updates; the names of the parameters that never had a gradient."""
    objective = build_objective(experiment.training, experiment.model, model)
    optimizer = build_optimizer(experiment.training.optimizer, model)
    still = {name for name, _ in model.named_parameters()}
    for _ in range(2):
        loss = objective(batch)
        assert loss.sums.isfinite()
        optimizer.zero_grad()
        loss.sums.backward()
        for name, parameter in model.named_parameters():
            if parameter.grad is not None:
                assert parameter.grad.isfinite().all(), name
                still -= {name} if parameter.grad.any() else set()
        optimizer.step()
    return still


def translate(model: EncoderDecoder, batch: Batch) -> None:
    """Finite scores, finite weights, and none at padding."""
    lengths = batch.source_lengths
    found = beam_search(
        model.eval(), batch.source, lengths, beam=2, nbest=1, alpha=0.6, limit=3, weights=True
    )
    for (best,), length in zip(found, lengths.tolist(), strict=True):
        assert np.isfinite(best.score)
        assert best.weights.shape == (len(best.ids) + 1, batch.source.size(1))
        assert np.isfinite(best.weights).all()
        assert not best.weights[:, length:].any()
