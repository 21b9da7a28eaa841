"""``nmt attend`` draws, prints or writes where the model looked."""

import json
import re
import struct
import unicodedata
from pathlib import Path

import pytest

SENTENCE = "I love machine learning."
SOURCE = ["I", "love", "machine", "learning", "."]
FORCED = "我爱NMT。"
MARKS = "·░▒▓█"


def cells(text: str) -> int:
    """Terminal cells: two for what is wide."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def test_a_han_character_takes_two_cells_so_that_columns_line_up(trained, command):
    done = command("attend", trained, SENTENCE, "--target", FORCED)
    head, *rows = done.out.split("\n")[:5]
    assert head.split() == SOURCE
    assert [row.split()[0] for row in rows] == ["我", "爱", "NMT", "。"]
    starts = [head.index(word) for word in SOURCE[1:-1]]  # the first and the last, of one letter, are centred
    for row in rows:
        assert {cells(row[:place]) for place, mark in enumerate(row) if mark in MARKS} >= set(starts)
    assert done.out.endswith(f"\n{FORCED}\n")
    assert "\x1b" not in done.out


def test_the_translation_is_the_one_of_translate(trained, command):
    translation = command("translate", trained, stdin=SENTENCE).out
    assert command("attend", trained, SENTENCE).out.endswith(f"\n{translation}")


def test_json_holds_words_and_weights(trained, command):
    done = command("attend", trained, SENTENCE, "--target", FORCED, "--format", "json")
    data = json.loads(done.out)
    assert set(data) == {"source_tokens", "target_tokens", "layers"}
    assert (data["source_tokens"], data["target_tokens"]) == (SOURCE, ["我", "爱", "NMT", "。"])
    (layer,) = data["layers"]
    (matrix,) = layer["heads"]
    assert [len(row) for row in matrix] == [len(SOURCE)] * 4
    for row in matrix:
        assert all(0 <= weight <= 1 for weight in row)
        assert 0.5 < sum(row) < 1  # the rest lay on no word


def test_pharaoh_links_each_target_word_with_the_source_word_looked_at_most(trained, command):
    forced = ("attend", trained, SENTENCE, "--target", FORCED, "--format")
    (matrix,) = json.loads(command(*forced, "json").out)["layers"][0]["heads"]
    best = sorted((row.index(max(row)), target) for target, row in enumerate(matrix))
    assert command(*forced, "pharaoh").out == " ".join(f"{i}-{j}" for i, j in best) + "\n"


def test_a_png_is_drawn(trained, command, there):
    done = command("attend", trained, SENTENCE, "--target", "NMT", "-o", "seen.png")
    assert (done.code, done.out, done.err) == (0, "", "wrote seen.png\n")
    drawn = Path("seen.png").read_bytes()
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", drawn[16:24])
    assert min(width, height) > 100


def test_an_svg_says_the_words(trained, command, there):
    done = command("attend", trained, SENTENCE, "--target", FORCED, "-o", "seen.svg")
    assert done.err.endswith("wrote seen.svg\n")
    drawn = Path("seen.svg").read_text(encoding="utf-8")
    for word in (*SOURCE, "我", "爱", "NMT", "。"):
        assert f">{word}<" in drawn


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("seen.json", r"\{.*\}"),
        ("seen.pharaoh", r"(\d-\d ?){4}"),
        ("seen.txt", r" +I .*"),
        ("seen", r" +I .*"),
    ],
)
def test_the_name_of_the_output_chooses_the_format(name, line, trained, command, there):
    arguments = ("attend", trained, SENTENCE, "--target", FORCED, "-o", name)
    done = command(*arguments)
    assert (done.code, done.out, done.err) == (0, "", "")
    written = Path(name).read_text(encoding="utf-8")
    assert re.fullmatch(line, written.split("\n")[0])
    assert command(*arguments).code == 1
    assert command(*arguments, "--force").code == 0
    assert Path(name).read_text(encoding="utf-8") == written


def test_a_model_without_attention_says_so(there, command):
    fixed = ("--set", "model.attention=none", "--set", "training.max_steps=1", "--out", "fixed")
    assert command("train", "tiny.yaml", *fixed).code == 0
    done = command("attend", "fixed", SENTENCE)
    assert (done.code, done.last) == (
        1,
        "nmt: error: model: it has no attention to look at (attention: none is the fixed-vector baseline)",
    )


def test_every_layer_and_head_of_a_transformer_is_in_the_json(trained_transformer, command):
    forced = ("attend", trained_transformer, SENTENCE, "--target", FORCED, "--format", "json")
    data = json.loads(command(*forced).out)
    assert [layer["name"] for layer in data["layers"]] == ["cross.0", "cross.1"]
    assert [len(layer["heads"]) for layer in data["layers"]] == [2, 2]
    one = json.loads(command(*forced, "--layer", "cross.1", "--head", "1").out)
    assert one["layers"] == [{"name": "cross.1", "heads": [data["layers"][1]["heads"][1]]}]


def test_a_layer_is_shown_as_the_mean_of_its_heads(trained_transformer, command, there):
    forced = ("attend", trained_transformer, SENTENCE, "--target", FORCED)
    heads = json.loads(command(*forced, "--format", "json").out)["layers"][1]["heads"]
    mean = [[(a + b) / 2 for a, b in zip(*rows, strict=True)] for rows in zip(*heads, strict=True)]
    best = sorted((row.index(max(row)), target) for target, row in enumerate(mean))
    shown = command(*forced, "--layer", "cross.1", "--format", "pharaoh").out
    assert shown == " ".join(f"{i}-{j}" for i, j in best) + "\n"
    assert command(*forced, "--layer", "cross.0").out != command(*forced, "--layer", "cross.1").out


def test_without_a_layer_the_one_before_the_last_is_shown(trained_transformer, command):
    forced = ("attend", trained_transformer, SENTENCE, "--target", FORCED)
    assert command(*forced).out == command(*forced, "--layer", "cross.0").out


def test_an_rnn_has_one_layer_of_one_head(trained, command):
    forced = ("attend", trained, SENTENCE, "--target", FORCED)
    assert command(*forced, "--head", "0").out == command(*forced).out


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--layer", "cross.2"), "--layer: there is no layer 'cross.2' (it has cross.0, cross.1)"),
        (("--layer", "cross.0", "--head", "2"), "--head: cross.0 has no head 2 (it has 0 to 1)"),
        (("--head", "1"), "--head: which layer's? (it has cross.0, cross.1)"),
    ],
)
def test_a_layer_or_head_that_is_not_there_is_refused(trained_transformer, command, options, error):
    done = command("attend", trained_transformer, SENTENCE, *options)
    assert (done.code, done.out, done.last) == (2, "", f"nmt: error: {error}")
