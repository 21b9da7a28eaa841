"""What is told of a model is what the model is."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nmt.bundle import open_bundle, seal, write_bundle
from nmt.config.attention import (
    Additive,
    Attention,
    Concat,
    Cosine,
    Coverage,
    Dot,
    General,
    Heads,
    Location,
    ScaledDot,
)
from nmt.errors import NmtError
from nmt.models.build import build_model
from nmt.models.load import load_model, save_weights
from nmt.stages.info import _choices, info
from nmt.stages.standing import last_metrics, standing
from nmt.text.special import PAD


def test_the_parameters_are_those_of_the_model_that_loads(trained):
    found, bundle = info(trained), open_bundle(trained)
    sides = bundle.tokenizers()
    model = load_model(
        bundle.experiment.model, bundle.weights, source_size=sides.source.size, target_size=sides.target.size
    )
    assert sum(found.parameters.values()) == sum(one.numel() for one in model.parameters())
    named = dict(model.named_parameters())
    assert found.parameters.keys() == named.keys()
    assert all(found.parameters[name] == one.numel() for name, one in named.items())


DEMANDED = [  # score, its number of parameters for queries of 6 and keys of 10
    (General(), 6 * 10),
    (Additive(size=7), 7 * (6 + 10) + 7),
    (Additive(size=7, bias=True, normalised=True), 7 * (6 + 10) + 7 + 7 + 1),
    (Concat(size=7), 7 * (6 + 10) + 7),
    (Location(max_source=130), 130 * 6),
]
EQUAL = [(Dot(), 0), (ScaledDot(), 0), (Cosine(), 0)]  # queries and keys of 6


@pytest.mark.parametrize(
    ("score", "count", "encoder"),
    [(*one, 5) for one in DEMANDED] + [(*one, 3) for one in EQUAL],
    ids=lambda value: getattr(value, "type", None),
)
def test_a_score_has_the_parameters_that_its_formula_demands(trained, tmp_path, score, count, encoder):
    bundle = open_bundle(trained)
    changes = {"hidden": 6, "encoder_hidden": encoder, "attention": Attention(score=score)}
    model = bundle.experiment.model.model_copy(update=changes)
    experiment = bundle.experiment.model_copy(update={"model": model})
    tokenizers = bundle.tokenizers()
    write_bundle(tmp_path, experiment=experiment, tokenizers=tokenizers, card={"format": 1})
    sizes = {"source_size": tokenizers.source.size, "target_size": tokenizers.target.size}
    save_weights(build_model(model, padding=PAD, **sizes), tmp_path / "model.safetensors")
    seal(tmp_path)
    told = info(tmp_path).as_dict()["parameters"]
    assert sum(told[name] for name in told if name.startswith("decoder.attention.score.")) == count


def test_a_run_says_where_it_stands_and_a_bundle_does_not(trained):
    run = info(trained)
    assert run.standing is not None
    assert (run.standing.step, run.standing.finished, run.standing.best_step) == (4, "max_steps", 4)
    assert run.metrics["validation"]["step"] == 4
    assert info(trained / "model").standing is None
    assert "run" not in info(trained / "model").as_dict()


def test_a_checkpoint_has_its_state_among_its_files(trained):
    found = info(trained / "checkpoints/step-000004")
    assert {"model.safetensors", "state/optimizer.safetensors", "source.model"} <= found.files.keys()
    assert found.bundle.card["step"] == 4


def test_the_text_says_the_choices_in_words(trained):
    text = info(trained).text()
    for line in (
        "languages   en to zh",
        "type        rnn: recurrent encoder and decoder",
        "score       additive: v . tanh(W q + U k)",
        "align       soft: softmax of the scores",
        "step        4",
        "run         at step 4, epoch 0, finished: max_steps, best at step 4",
    ):
        assert f"{line}\n" in text
    assert " pieces, char\n" in text
    assert "nrefs:1|" in text


def test_heads_and_coverage_are_told_where_there_are_any(trained):
    found = info(trained)
    assert not {"heads", "coverage"} & found.choices.keys()
    experiment = found.bundle.experiment
    attention = experiment.model.attention.model_copy(
        update={"heads": Heads(count=4), "coverage": Coverage()}
    )
    model = experiment.model.model_copy(update={"attention": attention})
    told = _choices(experiment.model_copy(update={"model": model}))
    assert told["heads"] == "count 4, merge concatenate, size null"
    assert told["coverage"] == "loss 1.0, start 0"


def test_a_best_at_step_zero_is_told(trained):
    """Of a run that goes on from another's best, and is not better yet."""
    found = info(trained)
    stands = replace(found.standing, best_step=0)
    assert "finished: max_steps, best at step 0\n" in replace(found, standing=stands).text()
    assert "best at" not in replace(found, standing=replace(stands, best_step=None)).text()


def test_json_holds_what_json_can(trained):
    told = json.loads(json.dumps(info(trained).as_dict()))
    assert told["total"] == sum(told["parameters"].values())
    assert (told["run"]["step"], told["run"]["best_step"]) == (4, 4)
    assert "best" not in told["run"]  # the card has the score, with its name
    assert told["card"]["validation"]["metrics"]["bleu"]["signature"].startswith("nrefs:1|")


def test_torch_is_not_loaded_for_it(trained):
    code = f"import sys; from nmt.stages.info import info; info({str(trained)!r}); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_run_that_saved_nothing_stands_nowhere(tmp_path):
    assert standing(tmp_path) is None
    assert last_metrics(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"step": "x"}', "[" * 100_000, '{"step": []}'])
def test_a_progress_that_does_not_say_is_one_line(tmp_path, text):
    state = tmp_path / "checkpoints/step-1/state"
    state.mkdir(parents=True)
    (tmp_path / "checkpoints/last").write_text("../checkpoints/step-1\n")  # only the name counts
    (state / "progress.json").write_text(text)
    with pytest.raises(NmtError, match="cannot be read"):
        standing(tmp_path)


def test_the_last_metrics_are_those_of_whole_lines(tmp_path: Path):
    lines = [
        '{"type": "train", "step": 1}',
        '{"type": "validation", "step": 2}',
        "5",
        "{",
        '{"type": "train", "step": 3}',
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines) + '\n{"type": "train", "st')
    assert last_metrics(tmp_path) == {"train": {"step": 3}, "validation": {"step": 2}}
