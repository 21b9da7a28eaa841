"""The new experiment and the JSON Schema."""

import json

import pytest

from nmt.config.reader import dump, read
from nmt.config.template import json_schema, template
from nmt.errors import UsageError

MODELS = ("rnn", "transformer", "mixed")


@pytest.mark.parametrize("model", MODELS)
def test_a_new_experiment_reads_back_valid(write, model):
    experiment = read(write(template(model)))
    assert experiment.model.type == model


@pytest.mark.parametrize("model", MODELS)
def test_every_line_of_a_new_experiment_is_explained(write, model):
    text = template(model)
    resolved = [line.strip() for line in dump(read(write(text))).splitlines()]
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert [line.split(" # ")[0].strip() for line in lines] == resolved
    assert [line for line in lines if " # " not in line] == ["    test:"]  # the name of a test set


def test_choices_and_alternatives_are_named():
    text = template("rnn")
    assert "[gru | lstm]" in text
    assert "# or {type: noam, warmup: 4000, model_size: 512}" in text
    assert "# or {tsv: FILE}\n" in text
    assert "# or {type: location, max_source: N}\n" in text
    assert "# or {jsonl: FILE, source: source, target: target}\n" in text
    assert "# or {dropout: 0.1}\n" in text
    assert "# or none" in text


def test_the_alternatives_can_be_used(write):
    text = template("rnn")
    for old, new in [
        ("      type: additive", "{type: general}"),
        ("    type: constant", "{type: noam, warmup: 4000, model_size: 512}"),
    ]:
        assert old in text
        assert f"# or {new}" in text
    read(
        write(text), ["model.attention.score={type: general}", "training.schedule={type: noam, warmup: 4000}"]
    )


def test_the_first_line_is_the_command_that_runs_it():
    assert template("rnn", "my.yaml").startswith("# nmt train my.yaml\n")


def test_an_unknown_architecture_is_refused():
    with pytest.raises(
        UsageError, match=r"--model: expected rnn, transformer or mixed, found 'rn' \(did you mean 'rnn'\?\)"
    ):
        template("rn")


def test_the_schema_is_json_and_knows_each_key_and_base():
    schema = json.loads(json.dumps(json_schema()))
    assert list(schema["properties"])[:3] == ["base", "languages", "data"]
    hidden = schema["$defs"]["RnnModel"]["properties"]["hidden"]
    assert (hidden["type"], hidden["default"], hidden["minimum"], hidden["resume"]) == (
        "integer",
        512,
        1,
        "identity",
    )
    assert schema["$defs"]["RnnModel"]["additionalProperties"] is False
