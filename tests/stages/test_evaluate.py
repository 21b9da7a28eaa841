"""Evaluation of models: what it reads, and what it says of what it did not."""

from dataclasses import replace
from pathlib import Path

import pytest

from nmt.decoding.translator import Translator
from nmt.errors import UsageError
from nmt.stages import evaluate as stage
from nmt.stages.evaluate import chosen_test_set, evaluate_model
from nmt.stages.translate_torch import load


@pytest.fixture
def short(trained, monkeypatch) -> Translator:
    """The model, which reads but three pieces."""
    translator = load(trained)
    translator.options = replace(translator.options, max_source=3)
    monkeypatch.setattr(stage, "load", lambda model, **_: translator)
    return translator


def test_every_cropped_line_is_named(short):
    sources = ["I", "My sister bought three books yesterday.", "The cat sleeps on the red chair."]
    pieces = [len(short.tokenizers.source.encode(line)) for line in sources]
    assert pieces[0] <= 3
    assert evaluate_model("model", sources, ["我", "书", "猫"]).notices == tuple(
        f"line {number}: the last {pieces[number - 1] - 3} pieces were not read: too long"
        for number in (2, 3)
    )


def test_the_target_language_of_the_model_chooses_the_tokenizer(trained):
    done = evaluate_model(trained, ["I love music.", "We sleep."], ["我爱音乐。", "我们睡觉。"])
    assert "|tok:zh|" in done.report.metrics["bleu"].signature
    assert done.translations == load(trained).translate(["I love music.", "We sleep."])
    assert done.notices == ()


def test_a_named_set_and_its_files_are_the_same_text(trained, there):
    by_name = chosen_test_set(trained, "test", None, None)
    by_file = chosen_test_set(trained, None, Path("test.en"), Path("test.zh"))
    assert by_name == by_file
    assert [len(lines) for lines in by_name[1:]] == [20, 20]


@pytest.mark.parametrize(
    "named",
    [
        (None, "test", None, None),
        (Path("m"), None, None, None),
        (Path("m"), "test", Path("a"), None),
        (Path("m"), "test", Path("a"), Path("b")),
        (Path("m"), None, Path("a"), None),
        (Path("m"), None, None, Path("b")),
    ],
)
def test_anything_but_one_way_to_name_a_set_is_a_wrong_command_line(named):
    with pytest.raises(UsageError, match=r"^command line: give MODEL and either --test-set NAME or both"):
        chosen_test_set(*named)
