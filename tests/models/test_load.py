"""Weights go to disk and come back, and a wrong file is refused in one line."""

from pathlib import Path
from typing import Any

import pytest
import torch

from nmt.config.attention import Additive, Attention
from nmt.config.rnn import RnnModel
from nmt.errors import NmtError
from nmt.models.build import build_model
from nmt.models.load import load_model, load_weights, save_weights


def config(**changes: Any) -> RnnModel:
    return RnnModel(
        **{"embedding": 6, "hidden": 4, "attention": Attention(score=Additive(size=3)), **changes}
    )


def build(**changes: Any):
    return build_model(config(**changes), source_size=9, target_size=9, padding=0)


@pytest.mark.parametrize("tie", ["none", "decoder", "all"])
@pytest.mark.parametrize("attention", ["none", Attention(score=Additive(size=3))], ids=["none", "additive"])
def test_every_weight_comes_back_and_what_is_tied_stays_tied(tmp_path: Path, tie: str, attention: Any):
    model = build(tie=tie, attention=attention)
    save_weights(model, tmp_path / "w.safetensors")
    again = load_model(
        config(tie=tie, attention=attention), tmp_path / "w.safetensors", source_size=9, target_size=9
    )
    assert not again.training
    assert (again.decoder.embedding.weight is again.projection.weight) == (tie != "none")
    kept, loaded = model.state_dict(), again.state_dict()
    assert kept.keys() == loaded.keys()
    assert all(torch.equal(kept[name], loaded[name]) for name in kept)


def test_a_shared_table_is_written_once(tmp_path: Path):
    for tie in ("none", "decoder", "all"):
        save_weights(build(tie=tie), tmp_path / tie)
    sizes = [(tmp_path / tie).stat().st_size for tie in ("none", "decoder", "all")]
    table = 9 * 6 * 4
    assert sizes[0] - sizes[1] >= table
    assert sizes[1] - sizes[2] >= table


def test_loading_draws_nothing_from_the_global_generator(tmp_path: Path):
    save_weights(build(), tmp_path / "w")
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    load_model(config(), tmp_path / "w", source_size=9, target_size=9)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage that is no header" * 9], ids=["missing", "empty", "no"]
)
def test_what_is_no_weight_file_is_refused(tmp_path: Path, content: bytes | None):
    path = tmp_path / "w.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NmtError, match="is not a readable safetensors file") as caught:
        load_weights(build(), path)
    assert caught.value.place == str(path)
    assert "\n" not in str(caught.value)


def test_a_cut_file_is_refused(tmp_path: Path):
    save_weights(build(), tmp_path / "w")
    (tmp_path / "w").write_bytes((tmp_path / "w").read_bytes()[:-10])
    with pytest.raises(NmtError, match="is not a readable safetensors file"):
        load_weights(build(), tmp_path / "w")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"attention": "none"}, "decoder.attention"),
        ({"decoder_layers": 2}, "decoder.cells.1"),
        ({"hidden": 5}, "size mismatch for "),
    ],
)
def test_the_weights_of_another_model_are_refused_by_name(tmp_path: Path, changes: dict, named: str):
    save_weights(build(), tmp_path / "w")
    with pytest.raises(NmtError, match="does not hold this model's weights") as caught:
        load_weights(build(**changes), tmp_path / "w")
    assert named in caught.value.what
    assert "\n" not in str(caught.value)
