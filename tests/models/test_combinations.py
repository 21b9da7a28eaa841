"""Every score with every window and every alignment: it works, or the configuration says at which line it does not.

What works builds, trains two steps, in which every parameter learns, and translates. Fusions, heads, coverage, cells
and directions take turns, so that each meets each score, window and alignment.
"""

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from models.combinations import (
    ALIGNS,
    DRAWN_TWICE,
    SCORES,
    TRIPLES,
    UNTAUGHT,
    WINDOWS,
    Triple,
    line_of,
    refusal,
    train,
    translate,
)
from nmt.config.reader import read
from nmt.data.batch import Batch, collate
from nmt.models.build import build_model

FUSES = [
    "{type: readout}",
    "{type: luong}",
    "{type: luong, input_feeding: false}",
    "{type: gate}",
    "{type: gate, input_feeding: false}",
    "{type: sum}",
    "{type: sum, input_feeding: false}",
]
HEADS = ["null", "{count: 2}", "{count: 3, merge: average, size: 4}"]
COVERAGE = ["null", "{loss: 0.5}"]
CELLS = ["gru", "lstm"]
TEMPLATE = """\
languages: {{source: en, target: de}}
data:
  train: {{source: train.en, target: train.de}}
  validation: {{source: valid.en, target: valid.de}}
  filters: {{max_length: 8}}
training: {{max_steps: 2}}
model:
  type: rnn
  cell: {cell}
  embedding: 6
  hidden: 6
  dropout: 0.0
  decoder_layers: 2
  residual: true
  bidirectional: {bidirectional}
  attention:
    score: {score}
    window: {window}
    align: {align}
    fuse: {fuse}
    heads: {heads}
    coverage: {coverage}
"""
TAKES_COVERAGE = ("additive", "normalised", "concat")
NEEDS_EQUAL_WIDTHS = ("dot", "scaled_dot", "cosine")
WORKING = TRIPLES - DRAWN_TWICE - UNTAUGHT


def heeds_coverage(window: str, align: str) -> bool:
    """Whether the weights go by the scores, and the scores learn through them."""
    return (align != "uniform" or window == "sampled") and align != "reinforce, expectation"


def around(triple: Triple) -> dict[str, str]:
    """What stands around the three; it takes turns."""
    draw, (score, window, align) = random.Random(" ".join(triple)), triple
    heads, coverage = draw.choice(HEADS), draw.choice(COVERAGE)
    return {
        "fuse": draw.choice(FUSES),
        "heads": heads,
        "coverage": coverage if score in TAKES_COVERAGE and heeds_coverage(window, align) else "null",
        "cell": draw.choice(CELLS),
        "bidirectional": "false" if score in NEEDS_EQUAL_WIDTHS and heads == "null" else "true",
    }


def write(folder: Path, triple: Triple, **changes: str) -> Path:
    """The configuration of a combination."""
    score, window, align = triple
    three = {"score": SCORES[score], "window": WINDOWS[window], "align": ALIGNS[align]}
    path = folder / "c.yaml"
    path.write_text(TEMPLATE.format(**{**three, **around(triple), **changes}), encoding="utf-8")
    return path


def idle(name: str, triple: Triple) -> bool:
    """Whether a parameter may learn nothing: where every place weighs alike, nobody asks for the scores, nor with heads
    for what they are made of; but a centre drawn from the scores does, and a predicted one looks at the query."""
    _, window, align = triple
    if align != "uniform" or window == "sampled":
        return False
    of_query = name.startswith("decoder.attention.query.") and window != "local-p"
    return ".score." in name or name.startswith("decoder.attention.key.") or of_query


@pytest.fixture
def batch() -> Batch:
    return collate([np.array([5, 6, 7, 9]), np.array([8, 9])], [np.array([5, 6]), np.array([7, 8, 9, 4])])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("score", SCORES)
def test_what_is_not_refused_trains_and_translates(tmp_path, batch, score, window):
    for align in ALIGNS:
        triple = (score, window, align)
        if triple in WORKING:
            experiment = read(write(tmp_path, triple))
            torch.manual_seed(0)
            model = build_model(experiment.model, source_size=12, target_size=12, padding=0)
            still = train(model, experiment, batch)
            assert still == {name for name, _ in model.named_parameters() if idle(name, triple)}, triple
            translate(model, batch)


def test_what_is_refused_is_so_at_its_line_and_with_the_reason(tmp_path):
    assert (len(WORKING), len(DRAWN_TWICE), len(UNTAUGHT)) == (352, 40, 8)
    for triple in UNTAUGHT:
        problem = refusal(write(tmp_path, triple))
        assert problem.startswith(f"c.yaml:{line_of('window', TEMPLATE)}:"), triple
        assert problem.endswith(
            "model.attention.window.centre.type: argmax goes by the scores, and uniform weights teach them nothing "
            "(centre: real or sampled)"
        )
    for triple in DRAWN_TWICE:
        problem = refusal(write(tmp_path, triple))
        assert problem.startswith(f"c.yaml:{line_of('window', TEMPLATE)}:"), triple
        assert problem.endswith(
            "model.attention.window.centre.type: the centre and the place are both sampled: two estimators "
            "(centre: real or argmax, or align: soft)"
        )


def test_all_that_takes_turns_meets_every_score_window_and_alignment():
    for place, parts in enumerate((SCORES, WINDOWS, ALIGNS)):
        for part in parts:
            met = [around(triple) for triple in WORKING if triple[place] == part]
            for key, options in (("fuse", FUSES), ("heads", HEADS), ("cell", CELLS)):
                assert {one[key] for one in met} == set(options), (part, key)
    for part in TAKES_COVERAGE:
        assert {around(triple)["coverage"] for triple in WORKING if triple[0] == part} == set(COVERAGE)


PLAIN = ("additive", "none", "soft")
ALONE = {"heads": "null", "coverage": "null", "bidirectional": "true", "fuse": "{type: readout}"}
MEANINGLESS = [  # what is changed, the key that is named, its line, and the reason
    *(
        (
            {"score": SCORES[score]},
            "score.type",
            f"{score} needs equal widths: decoder state 6, annotations 12 (two directions)",
        )
        for score in NEEDS_EQUAL_WIDTHS
    ),
    *(
        (
            {"score": SCORES[score], "coverage": "{}", "bidirectional": "false"},
            "coverage",
            f"coverage has no place in the {score} score",
        )
        for score in SCORES
        if score not in TAKES_COVERAGE
    ),
    ({"score": "{type: location}"}, "score.max_source", "missing"),
    ({"score": "{type: location, max_source: 8}"}, "score.max_source", "8 places, but sources have up to 8"),
    ({"window": "{type: monotonic, size: 0}"}, "window.size", "must be at least 1, found 0"),
    ({"window": "{type: predictive, size: -2}"}, "window.size", "must be at least 1, found -2"),
    ({"align": "{type: top_k, k: 0}"}, "align.k", "must be at least 1, found 0"),
    ({"align": "{type: top_k, k: 1}"}, "align.k", "1 teaches the scores nothing"),
    ({"align": "{type: threshold, least: 1.0}"}, "align.least", "must be less than 1"),
    ({"align": "{type: soft, temperature: 0.0}"}, "align.temperature", "must be at least 1e-09"),
    (
        {"align": "{type: hard, estimator: {type: reinforce, baseline: none, decay: 0.5}}"},
        "align.estimator.decay",
        "has no effect: the baseline is none",
    ),
    (
        {"align": "{type: hard, estimator: {type: reinforce, expected: 1.0, reward: rest}}"},
        "align.estimator.reward",
        "has no effect: expected is 1",
    ),
    (
        {"align": "{type: hard, estimator: {type: reinforce, weight: 0, baseline: expectation}}"},
        "align.estimator.baseline",
        "has no effect: weight is 0",
    ),
    (
        {"align": "{type: hard, estimator: {type: gumbel, start: 0.3}}"},
        "align.estimator.start",
        "0.3 is below least: the temperature is 0.5 at every step",
    ),
    ({"align": "{type: uniform}", "coverage": "{}"}, "coverage", "coverage enters the scores, and uniform"),
    ({"coverage": "{loss: 0, start: 9}"}, "coverage.start", "has no effect: loss is 0"),
    (
        {"align": "{type: hard, estimator: {type: reinforce, expected: 0}}", "coverage": "{loss: 1.0}"},
        "coverage.loss",
        "has no effect: through places that are always drawn no gradient passes",
    ),
    ({"align": "{type: hard, dropout: 0.1}"}, "align.dropout", "unknown key"),
    ({"align": "{type: hard, estimator: {type: enumerate}}"}, "align.estimator.type", "expected reinforce, "),
    ({"heads": "{count: 5}"}, "heads.count", "5 heads do not divide the annotations' width of 12"),
    ({"fuse": "{type: readout, input_feeding: true}"}, "fuse.input_feeding", "unknown key"),
]


@pytest.mark.parametrize(("changes", "key", "reason"), MEANINGLESS)
def test_what_means_nothing_is_refused_at_its_line(tmp_path, changes, key, reason):
    problem = refusal(write(tmp_path, PLAIN, **{**ALONE, **changes}))
    line = line_of(key.split(".")[0], TEMPLATE)
    place, _, said = problem.partition(f": model.attention.{key}: ")
    assert place.split(":")[:2] == ["c.yaml", str(line)], problem
    assert said.startswith(reason)
