"""Rows are compared as the sacrebleu program compares them, once."""

import json

import pytest
from study import significance
from study.rows import Row
from study.significance import compare, digest

REFERENCES = [
    f"the {word} cat number {k} sat on the mat" for k, word in enumerate(["red", "old", "big", "sad"] * 15)
]
WORSE = [line.replace("sat on", "stood at") if k % 3 else line for k, line in enumerate(REFERENCES)]


@pytest.fixture
def references(monkeypatch):
    monkeypatch.setattr(significance, "_references", lambda places, corpus: (REFERENCES, "en"))


def keep(places, name: str, lines: list[str]) -> None:
    path = places.translations(Row("quickstart", name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_comparison_names_what_it_compared_and_is_made_once(places, references, monkeypatch):
    keep(places, "additive", REFERENCES)
    keep(places, "dot", WORSE)
    compare(places, "quickstart")
    found = json.loads(places.comparisons("quickstart").read_text(encoding="utf-8"))
    assert list(found) == ["dot additive"]  # dot is nobody's baseline
    assert found["dot additive"]["difference"] < -20
    assert found["dot additive"]["p"] < 0.01
    assert found["dot additive"]["of"] == [digest(WORSE), digest(REFERENCES)]
    monkeypatch.setattr(significance, "paired_test", None)
    compare(places, "quickstart")  # nothing new: nothing is asked
    assert json.loads(places.comparisons("quickstart").read_text(encoding="utf-8")) == found


def test_new_translations_are_compared_again_and_old_comparisons_stay(places, references):
    keep(places, "additive", REFERENCES)
    keep(places, "dot", WORSE)
    compare(places, "quickstart")
    places.translations(Row("quickstart", "dot")).unlink()
    keep(places, "none", WORSE[::-1])
    compare(places, "quickstart")
    found = significance.read(places, "quickstart")
    assert set(found) == {"dot additive", "none additive", "additive none"}


def test_without_translations_nothing_is_written(places, references):
    compare(places, "quickstart")
    assert not places.comparisons("quickstart").exists()
