"""A model's heads are taken away one at a time, and what that costs is told."""

import json
import sys
from pathlib import Path

import pytest

from nmt.stages.translate_torch import load

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from ablate_heads import distances, main, table


@pytest.fixture(scope="module")
def card(trained_transformer, tmp_path_factory) -> dict:
    out = tmp_path_factory.mktemp("heads") / "card.json"
    folder = trained_transformer.parent
    texts = ["--source", str(folder / "test.en"), "--reference", str(folder / "test.zh")]
    assert main([str(trained_transformer), *texts, "--beam", "1", "-o", str(out)]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_every_head_has_its_score(card):
    layers = ("encoder.0", "decoder.0", "decoder.1", "cross.0", "cross.1")
    assert list(card["without"]) == [f"{layer}.{head}" for layer in layers for head in (0, 1)]
    for one in card["without"].values():
        assert one["difference"] == pytest.approx(one["bleu"] - card["bleu"])
        assert 0 < one["p"] <= 1
    assert (card["sentences"], card["beam"]) == (20, 1)


def test_distances_are_of_heads_that_look_into_the_source(card, trained_transformer):
    assert list(card["distance"]) == ["cross.0", "cross.1"]
    assert all(0 < distance < 1 for distance in card["distance"].values())
    assert distances(load(trained_transformer), [""]) == {}


def test_the_table_marks_what_is_hardly_chance():
    heads = {"cross.0.0": (-1.25, 0.01), "cross.0.1": (0.5, 0.4), "cross.1.0": (0.0, 1.0)}
    made = {
        "bleu": 30.0,
        "sentences": 1000,
        "without": {name: {"difference": one, "p": p} for name, (one, p) in heads.items()},
        "distance": {"cross.0": 0.5},
    }
    assert list(table(made))[2:] == [
        "| layer | head 0 | head 1 | distance |",
        "|---|---:|---:|---:|",
        "| cross.0 | −1.25* | +0.50 | 0.50 |",
        "| cross.1 | +0.00 |  | – |",
    ]


def test_the_page_is_made_of_the_card_alone(card, tmp_path, capsys):
    (tmp_path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    assert main(["--page", str(tmp_path / "card.json")]) == 0
    assert capsys.readouterr().out == "\n".join(table(card)) + "\n"


def test_a_model_without_heads_is_refused(trained, capsys):
    folder = trained.parent
    assert (
        main([str(trained), "--source", str(folder / "test.en"), "--reference", str(folder / "test.zh")]) == 1
    )
    assert "has no heads: nothing to ablate" in capsys.readouterr().err


def test_a_card_that_is_none_is_one_line(tmp_path, capsys):
    (tmp_path / "text").write_text("no card", encoding="utf-8")
    for name in ("text", "missing"):
        assert main(["--page", str(tmp_path / name)]) == 1
        assert capsys.readouterr().err.startswith(
            f"ablate_heads: error: {tmp_path / name}: is no card of heads"
        )


def test_what_is_missing_is_named(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        main(["model", "--beam", "0"])
    assert ended.value.code == 2
