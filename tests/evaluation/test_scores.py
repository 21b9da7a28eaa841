"""Our numbers and signatures are those of the sacrebleu program on the same files."""

import json
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nmt.errors import NmtError
from nmt.evaluation.scores import evaluate, score_text

GERMAN = "Ein Mann mit rotem Hut fährt am Morgen auf einem alten Rad durch die kleine Stadt , und lacht ."
CHINESE = list("我爱机器学习因为它很有意思，老师说：“明天三点见！”他买了两本关于Python的书。")


@cache
def texts(chinese: bool) -> tuple[list[str], list[str]]:
    """Random sentences and damaged copies: some equal, some empty, some short."""
    rng = random.Random(7)
    units, glue = (CHINESE, "") if chinese else (GERMAN.split(), " ")
    references = [glue.join(rng.choices(units, k=rng.randint(3, 25))) for _ in range(60)]
    hypotheses = [line[: rng.randint(0, 2 * len(line))] for line in references]
    return hypotheses, [f"{line}  " if k % 7 == 0 else line for k, line in enumerate(references)]


def program(
    folder: Path, hypotheses: list[str], references: list[str], *options: str
) -> dict[str, dict[str, Any]]:
    """What ``sacrebleu`` prints, by metric."""
    for name, lines in (("hyp", hypotheses), ("ref", references)):
        (folder / name).write_bytes("".join(f"{line}\n" for line in lines).encode())
    command = [sys.executable, "-m", "sacrebleu", str(folder / "ref"), "-i", str(folder / "hyp")]
    command += ["-m", "bleu", "chrf", "ter", "-w", "8", "--format", "json", *options]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return {entry["name"].rstrip("2").lower(): entry for entry in json.loads(done.stdout)}


CHINESE_OPTIONS = ("--ter-normalized", "--ter-asian-support")


@pytest.mark.parametrize(
    ("language", "options"),
    [
        ("de", ("-l", "en-de")),
        ("zh", ("-l", "en-zh", *CHINESE_OPTIONS)),
        ("zh-CN", ("-tok", "zh", *CHINESE_OPTIONS)),
        ("cmn", ("-tok", "zh", *CHINESE_OPTIONS)),
    ],
)
def test_scores_and_signatures_equal_those_of_the_program(
    tmp_path: Path, language: str, options: tuple[str, ...]
) -> None:
    hypotheses, references = texts(language != "de")
    theirs = program(tmp_path, hypotheses, references, *options)
    ours = evaluate(hypotheses, references, target_language=language, bootstrap=0)
    assert set(ours.metrics) == set(theirs) == {"bleu", "chrf", "ter"}
    for name, score in ours.metrics.items():
        assert round(score.score, 8) == theirs[name]["score"]
        assert score.signature == theirs[name]["signature"]


def test_the_interval_is_the_mean_and_half_width_of_the_program(tmp_path: Path) -> None:
    hypotheses, references = texts(False)
    theirs = program(tmp_path, hypotheses, references, "--confidence", "--confidence-n", "200")
    ours = evaluate(hypotheses, references, target_language="de", bootstrap=200)
    for name, score in ours.metrics.items():
        mean, half = theirs[name]["confidence_mean"], theirs[name]["confidence_var"]
        assert (score.low, score.high) == pytest.approx((mean - half, mean + half), abs=1e-6)
        assert "bs:" not in score.signature


def test_resamples_without_any_match_have_an_interval_too() -> None:
    hypotheses = ["Hut"] + ["xyz"] * 9  # only a resample that draws the first line has a match
    scores = evaluate(hypotheses, ["Hut"] + ["rot"] * 9, target_language="de", bootstrap=100).metrics
    low, high = scores["chrf"].low, scores["chrf"].high
    assert low is not None
    assert high is not None
    assert low < scores["chrf"].score < high


def test_other_seeds_draw_other_resamples() -> None:
    hypotheses, references = texts(False)
    scores = [
        evaluate(hypotheses, references, target_language="de", metrics=["bleu"], bootstrap=100, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert scores[0] == scores[1] != scores[2]


@pytest.mark.parametrize("language", ["zh", "zh-CN", "zh_Hans", "zho_Hans", "cmn", "ZH-tw"])
def test_chinese_is_scored_as_chinese_under_all_its_names(language: str) -> None:
    hypotheses, references = ["我爱机器学习。", "他来了。"], ["我爱机器翻译。", "她来了。"]
    report = evaluate(hypotheses, references, target_language=language, bootstrap=0)
    assert report.metrics["bleu"].score > 20
    assert report.metrics["ter"].score == pytest.approx(
        100 * 3 / 11
    )  # 习 -> 译, 学 -> 翻, 他 -> 她 of 11 characters


def test_perfect_and_empty_translations_are_the_ends_of_the_scale() -> None:
    lines = ["ein Mann geht in die Stadt", "eine Frau lacht über den Mann"] * 4
    best = evaluate(lines, lines, target_language="de", bootstrap=50).metrics
    assert [s.score for s in best.values()] == pytest.approx([100, 100, 0])
    assert [s.low for s in best.values()] == pytest.approx([100, 100, 0])
    assert [s.high for s in best.values()] == pytest.approx([100, 100, 0])
    worst = evaluate([""] * 8, lines, target_language="de", bootstrap=50).metrics
    assert [s.score for s in worst.values()] == [0, 0, pytest.approx(100)]


def test_only_the_metrics_asked_for_are_computed_and_the_first_is_given_by_length() -> None:
    hypotheses, references = texts(False)
    report = evaluate(hypotheses, references, target_language="de", metrics=["chrf", "bleu"], bootstrap=0)
    assert list(report.metrics) == ["chrf", "bleu"]
    assert {entry.metric for entry in report.lengths} == {"chrf"}


def test_the_report_is_json_of_the_stable_shape() -> None:
    hypotheses, references = texts(True)
    report = evaluate(hypotheses, references, target_language="zh", sources=references, bootstrap=10)
    data = json.loads(json.dumps(report.as_dict()))
    assert set(data) == {"sentences", "metrics", "lengths", "counters"}
    assert set(data["metrics"]["bleu"]) == {"score", "signature", "low", "high"}
    assert set(data["lengths"][0]) == {"from", "to", "unit", "sentences", "metric", "score"}
    assert sum(entry["sentences"] for entry in data["lengths"]) == data["sentences"] == 60
    assert set(data["counters"]["empty"]) == {"count", "share"}
    assert 0 < data["counters"]["length_ratio"] < 1


def test_counts_that_differ_are_both_named_and_nothing_to_score_is_said() -> None:
    with pytest.raises(NmtError, match="2 translations, 1 references"):
        evaluate(["a", "b"], ["a"], target_language="de")
    with pytest.raises(NmtError, match="2 sources, 1 references"):
        evaluate(["a"], ["a"], target_language="de", sources=["a", "b"])
    with pytest.raises(NmtError, match="no sentence"):
        evaluate([], [], target_language="de")


def test_the_table_shows_what_was_measured_in_80_columns() -> None:
    hypotheses, references = texts(True)
    report = evaluate(hypotheses, references, target_language="zh", bootstrap=10)
    text = score_text(report)
    assert f"BLEU    {report.metrics['bleu'].score:6.2f}   95 %: " in text
    assert report.metrics["ter"].signature in text
    assert "ascii punctuation" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("language", "told"), [("de", True), ("chinese", True), ("zh", False), ("cmn", False)]
)
def test_chinese_scored_as_another_language_is_told(language: str, told: bool) -> None:
    hypotheses, references = texts(True)
    report = evaluate(hypotheses, references, target_language=language, bootstrap=0)
    assert [notice.startswith("the references are in Han characters") for notice in report.notices] == [
        True
    ] * told


@pytest.mark.parametrize("lines", [99, 100])
def test_tokenised_text_is_told_from_a_hundred_lines_on_as_the_program_does(
    lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    report = evaluate(["rot ."] * lines, ["rot."] * lines, target_language="de", bootstrap=0)
    told = ["100 lines end in ' .', as tokenised text does: BLEU is meant for detokenised text"]
    assert list(report.notices) == told * (lines == 100)
    assert caplog.records == []
