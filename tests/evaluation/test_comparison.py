"""A comparison: what it holds, its stable JSON, and its text."""

import json
import random

import pytest

from nmt.evaluation.comparison import Comparison, compare
from nmt.evaluation.comparison_text import comparison_text
from nmt.evaluation.scores import evaluate

WORDS = "der die das Hund Katze läuft schläft Stadt Mann Frau rot alt jung im am Haus"
RNG = random.Random(1)
REFERENCES = [" ".join(RNG.choices(WORDS.split(), k=RNG.randint(3, 30))) + "." for _ in range(100)]
SOURCES = [" ".join("xx" for _ in line.split()[1:]) for line in REFERENCES]


def damaged(share: float, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [
        " ".join(word if rng.random() > share else rng.choice(WORDS.split()) for word in line.split())
        for line in REFERENCES
    ]


SYSTEMS = {"base": damaged(0.3, 11), "better": damaged(0.1, 12), "alike": damaged(0.3, 13)}


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(SYSTEMS, REFERENCES, target_language="de", sources=SOURCES, samples=200, show=2)


def test_scores_and_lengths_are_those_of_evaluate(found: Comparison) -> None:
    data = found.as_dict()
    for (name, lines), system in zip(SYSTEMS.items(), data["systems"], strict=True):
        report = evaluate(lines, REFERENCES, target_language="de", sources=SOURCES, bootstrap=0).as_dict()
        assert system["name"] == name
        for metric in ("bleu", "chrf"):
            assert system["metrics"][metric]["score"] == report["metrics"][metric]["score"]
        plain = [
            {key: value for key, value in entry.items() if key != "difference"} for entry in system["lengths"]
        ]
        assert plain == report["lengths"]


def test_differences_are_to_the_first_system(found: Comparison) -> None:
    base, *others = found.as_dict()["systems"]
    for system in others:
        for metric, outcome in system["metrics"].items():
            assert outcome["difference"] == outcome["score"] - base["metrics"][metric]["score"]
            assert outcome["significant"] == (outcome["p"] < 0.05) == (system["name"] == "better")
        for entry, baseline in zip(system["lengths"], base["lengths"], strict=True):
            assert entry["difference"] == entry["score"] - baseline["score"]


def test_the_json_has_the_stable_shape(found: Comparison) -> None:
    data = json.loads(json.dumps(found.as_dict()))
    plain = {"score", "signature", "mean", "low", "high"}
    assert set(data) == {
        *("baseline", "test", "samples", "seed", "sentences", "length_of", "systems", "differences")
    }
    assert (data["baseline"], data["test"], data["samples"]) == ("base", "bs", 200)
    assert (data["seed"], data["sentences"], data["length_of"]) == (12345, 100, "source")
    base, better, _ = data["systems"]
    assert set(base) == {"name", "metrics", "lengths"}
    assert set(base["metrics"]) == {"bleu", "chrf"}
    assert set(base["metrics"]["bleu"]) == plain
    assert set(better["metrics"]["bleu"]) == plain | {"difference", "p", "significant"}
    length = {"from", "to", "unit", "sentences", "metric", "score"}
    assert set(base["lengths"][0]) == length
    assert set(better["lengths"][0]) == length | {"difference"}
    assert set(data["differences"][0]) == {
        *("system", "metric", "line", "baseline_score", "score", "difference"),
        *("source", "reference", "baseline", "translation"),
    }


def test_sentences_are_whole_counted_from_one_and_two_of_each_kind(found: Comparison) -> None:
    differences = found.as_dict()["differences"]
    assert [one["system"] for one in differences] == ["better"] * 4 + ["alike"] * 4
    for one in differences:
        row = one["line"] - 1
        assert (one["source"], one["reference"]) == (SOURCES[row], REFERENCES[row])
        assert one["baseline"] == SYSTEMS["base"][row]
        assert one["translation"] == SYSTEMS[one["system"]][row]
        assert one["difference"] == one["score"] - one["baseline_score"]
    assert [one["difference"] > 0 for one in differences] == [True, True, False, False] * 2


def test_without_sources_lengths_are_of_the_references_and_no_source_is_shown() -> None:
    found = compare(SYSTEMS, REFERENCES, target_language="de", metrics=["chrf"], samples=50, show=1)
    data = found.as_dict()
    assert data["length_of"] == "reference"
    assert data["systems"][0]["lengths"][0]["metric"] == "chrf"
    assert "source" not in data["differences"][0]
    text = comparison_text(found)
    assert "chrF by length: words of the reference\n" in text
    assert "\n  source" not in text
    assert "BLEU" not in text


def test_the_text_shows_the_numbers_of_the_json_in_80_columns(found: Comparison) -> None:
    text, data = comparison_text(found), found.as_dict()
    for system in data["systems"]:
        for outcome in system["metrics"].values():
            interval = f"[{outcome['low']:.2f}, {outcome['high']:.2f}]"
            row = f"{outcome['score']:6.2f} {interval:>16}"  # 16: that of 100
            if "p" in outcome:
                row += f"{outcome['difference']:>+12.2f}  {outcome['p']:.4f}"
                row += " *" if outcome["significant"] else ""
            label = system["name"] if "p" in outcome else "base (baseline)"
            assert f"\n{label:<15}  {row}\n" in text
            assert f"\n  {outcome['signature']}\n" in text
    assert "\n* differs from base (baseline) at p < 0.05\n" in text
    assert "  paired bootstrap resampling, 200 samples, seed 12345\n" in text
    assert "p is of each pair alone: of 2 comparisons" in text
    assert "BLEU by length: words of the source\n" in text
    assert "better gains most over base (chrF of one sentence)\n" in text
    assert "alike loses most to base (chrF of one sentence)\n" in text
    table = text[: text.index("gains most")]
    assert max(map(len, table.splitlines())) <= 80


def test_a_shown_sentence_has_its_source_reference_and_both_outputs(found: Comparison) -> None:
    text, first = comparison_text(found), found.as_dict()["differences"][0]
    shown = text[text.index(f"\nline {first['line']}: {first['difference']:+.1f}\n") :].splitlines()[2:6]
    assert [line.split()[0] for line in shown] == ["source", "reference", "base", "better"]
    for line, key in zip(shown, ("source", "reference", "baseline", "translation"), strict=True):
        assert line.endswith(f"  {first[key]}")
    assert shown[2].split()[1] == f"{first['baseline_score']:.1f}"
    assert shown[3].split()[1] == f"{first['score']:.1f}"


def test_nothing_is_shown_of_sentences_where_nothing_is_asked_for() -> None:
    found = compare(SYSTEMS, REFERENCES, target_language="de", metrics=["bleu"], samples=50, show=0)
    assert found.as_dict()["differences"] == []
    assert "one sentence" not in comparison_text(found)


def test_a_terminal_is_not_driven_by_what_a_text_holds() -> None:
    found = compare(
        {"a": ["\x1b[31mrot\x1b[0m\tHut"], "b": ["rot"]}, ["rot"], target_language="de", samples=10
    )
    text = comparison_text(found)
    assert "[31mrot[0m Hut" in text
    assert "\x1b" not in text


def test_less_ter_is_better_is_said_where_there_is_ter() -> None:
    found = compare(SYSTEMS, REFERENCES, target_language="de", metrics=["ter"], samples=10, show=0)
    assert "the less TER the better" in comparison_text(found)
    better = found.significance[0].outcomes["better"].difference
    assert better is not None
    assert better < 0


def test_chinese_scored_as_another_language_is_told() -> None:
    lines = ["我爱机器学习。", "他来了。"]
    assert compare({"a": lines, "b": lines}, lines, target_language="de", samples=10).notices != ()
    found = compare({"a": lines, "b": lines}, lines, target_language="zho_Hans", samples=10)
    assert found.notices == ()
    assert "|tok:zh|" in found.significance[0].signature


def test_tokenised_text_is_told_once_of_each_system_and_by_no_log(caplog: pytest.LogCaptureFixture) -> None:
    systems = {"a": ["rot ."] * 120, "b": ["rot ."] * 99 + ["rot."] * 21}
    notices = compare(systems, ["rot."] * 120, target_language="de", samples=10).notices
    assert [notice.split(",")[0] for notice in notices] == ["a: 120 lines end in ' .'"]
    assert caplog.records == []
