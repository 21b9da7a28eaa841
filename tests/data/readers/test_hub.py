"""Datasets by name; a local folder in the hub's layout stands for the hub."""

import json
from pathlib import Path

import pytest

from nmt.data.corpus import Pair
from nmt.data.readers.hub import Hub
from nmt.errors import NmtError

ROWS = [{"en": "one", "de": "eins"}, {"en": None, "de": "zwei"}, {"en": "three", "de": "drei"}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A dataset of one split, whose cache goes to the test's folder."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "pairs").mkdir()
    text = "".join(json.dumps({"translation": row}) + "\n" for row in ROWS)
    (tmp_path / "pairs" / "train.jsonl").write_text(text, encoding="utf-8")
    return str(tmp_path / "pairs")


def of(folder: str, split: str = "train", source: str = "translation.en") -> Hub:
    return Hub(folder, None, split, source, "translation.de")


def test_a_split_is_read_and_null_is_blank(folder: str, capfd: pytest.CaptureFixture[str]) -> None:
    corpus = of(folder)
    pairs = [Pair("one", "eins", 1), Pair("", "zwei", 2), Pair("three", "drei", 3)]
    assert list(corpus.pairs()) == pairs == list(corpus.pairs())
    assert corpus.place(3) == f"hub {folder} (train):3"
    assert capfd.readouterr() == ("", "")


def test_its_digest_is_of_the_texts_wherever_they_were_unpacked(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (digest,) = of(folder).digests().values()
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "another")
    assert list(of(folder).digests().values()) == [digest]
    changed = Path(folder, "train.jsonl").read_text(encoding="utf-8").replace("eins", "acht")
    Path(folder).rename(tmp_path / "before")
    Path(folder).mkdir()
    Path(folder, "train.jsonl").write_text(changed, encoding="utf-8")
    assert list(of(folder).digests().values()) != [digest]


def test_a_wrong_split_or_column_is_named_in_one_line(folder: str) -> None:
    with pytest.raises(NmtError, match=r"\(dev\): cannot be loaded: Unknown split \"dev\".*'train'"):
        list(of(folder, split="dev").pairs())
    with pytest.raises(
        NmtError, match=r"\(train\): has no column 'en', only translation\.en, translation\.de"
    ):
        list(of(folder, source="en").pairs())


def test_no_network_is_said_in_one_line() -> None:
    with pytest.raises(NmtError) as caught:
        list(Hub("owner/nothing", "de-en", "train", "a", "b").pairs())
    assert str(caught.value).startswith("hub owner/nothing (de-en, train): cannot be loaded: ")
    assert str(caught.value).endswith("(it is downloaded from huggingface.co: is there a network?)")
    assert "\n" not in str(caught.value)
