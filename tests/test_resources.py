"""What ships is found in a wheel and in the tree."""

from pathlib import Path

import pytest

from nmt import resources
from nmt.errors import NmtError
from nmt.resources import shipped


def test_the_configs_are_found_in_the_source_tree():
    assert shipped("configs/quickstart-rnn.yaml").read_text(encoding="utf-8").startswith("# nmt train")
    assert shipped("configs").is_dir()


def test_a_wheels_own_copy_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wheel, tree = tmp_path / "_shipped", tmp_path / "tree"
    for room in (wheel, tree):
        (room / "data").mkdir(parents=True)
        (room / "data" / "test.en").touch()
    (tree / "data" / "only").touch()
    monkeypatch.setattr(resources, "_ROOMS", (wheel, tree))
    assert shipped("data/test.en") == wheel / "data" / "test.en"
    assert shipped("data/only") == tree / "data" / "only"


def test_what_is_missing_is_named():
    with pytest.raises(NmtError, match=r"data/none\.en: does not ship with this installation"):
        shipped("data/none.en")


@pytest.mark.parametrize("name", ["nmt/errors.py", "data/../pyproject.toml", "/etc/passwd", ""])
def test_nothing_else_is_reached(name):
    with pytest.raises(ValueError, match="only data/ and configs/ ship"):
        shipped(name)
