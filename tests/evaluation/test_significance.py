"""Paired tests give the sacrebleu program's numbers, and tell what was planted from luck."""

import os
import random
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from nmt.errors import NmtError
from nmt.evaluation.metrics import MetricName
from nmt.evaluation.scores import evaluate
from nmt.evaluation.significance import Outcome, Test, paired_test

METRICS: tuple[MetricName, ...] = ("bleu", "chrf", "ter")
GERMAN = "Ein Mann mit rotem Hut fährt am Morgen auf einem alten Rad durch die kleine Stadt , und lacht ."
CHINESE = list("我爱机器学习因为它很有意思，老师说：“明天三点见！”他买了两本关于Python的书。")
ROW = re.compile(r"([\d.]+)(?: \(([\d.]+) ± ([\d.]+)\))?(?: \(p = ([\d.]+)\))?")


@cache
def texts(chinese: bool = False) -> tuple[list[str], dict[str, list[str]]]:
    """References, and systems that lose a fifth, a fifth and a third of the words."""
    units, glue = (CHINESE, "") if chinese else (GERMAN.split(), " ")
    draw = random.Random(7)
    sentences = [draw.choices(units, k=draw.randint(4, 25)) for _ in range(80)]

    def damaged(share: float, seed: int) -> list[str]:
        rng = random.Random(seed)
        kept = [[unit for unit in sentence if rng.random() > share] for sentence in sentences]
        return [glue.join(units) + "  " * (row % 7 == 0) for row, units in enumerate(kept)]

    systems = {"base": damaged(0.2, 1), "alike": damaged(0.2, 2), "worse": damaged(0.33, 3)}
    return [glue.join(sentence) for sentence in sentences], systems


def program(
    folder: Path, references: list[str], systems: dict[str, list[str]], *options: str
) -> tuple[dict[str, list[tuple[float | None, ...]]], list[str]]:
    """What ``sacrebleu`` prints: (score, mean, half width, p) by system and metric, and the signatures."""
    for name, lines in (("ref", references), *systems.items()):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", "ref", "-i", *systems, "-m", *METRICS, *options]
    done = subprocess.run(
        [*command, "--format", "latex", "-w", "8"],  # its JSON fails on chrF
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "SACREBLEU_SEED"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    rows = [
        line for line in done.stdout.splitlines() if line.endswith(r"\\") and "±" not in line.split("&")[0]
    ]
    found = {}
    for line in rows[1:]:
        name, *cells = line.removesuffix(r"\\").split("&")
        matches = [ROW.match(cell.strip()) for cell in cells]
        figures = [match.groups() for match in matches if match]
        found[name.strip().removeprefix("Baseline: ")] = [
            tuple(None if figure is None else float(figure) for figure in cell) for cell in figures
        ]
    signatures = [
        line.split()[2] for line in done.stdout.splitlines() if line.startswith(" - ") and "|" in line
    ]
    return found, signatures


CHINESE_OPTIONS = ("-tok", "zh", "--ter-normalized", "--ter-asian-support")


@pytest.mark.parametrize(
    ("language", "options"), [("de", ()), ("zh-CN", CHINESE_OPTIONS), ("cmn", CHINESE_OPTIONS)]
)
def test_bootstrap_equals_that_of_the_program(
    tmp_path: Path, language: str, options: tuple[str, ...]
) -> None:
    references, systems = texts(language != "de")
    theirs, signatures = program(
        tmp_path, references, systems, *options, "--paired-bs", "--paired-bs-n", "200"
    )
    assert theirs.keys() == systems.keys()
    for column, metric in enumerate(METRICS):
        ours = paired_test(systems, references, target_language=language, metric=metric, samples=200)
        assert ours.signature == signatures[column]
        assert "|bs:200|seed:12345|" in ours.signature
        for name, outcome in ours.outcomes.items():
            score, mean, half, p = theirs[name][column]
            assert (round(outcome.score, 8), round(outcome.mean, 8)) == (score, mean)
            assert (outcome.high - outcome.low) / 2 == pytest.approx(half, abs=1e-6)
            assert (None if outcome.p is None else round(outcome.p, 4)) == p
            assert (outcome.p is None) == (name == "base") == (outcome.difference is None)


def test_randomisation_equals_that_of_the_program_and_has_intervals_too(tmp_path: Path) -> None:
    references, systems = texts()
    theirs, _ = program(tmp_path, references, systems, "--paired-ar", "--paired-ar-n", "200")
    for column, metric in enumerate(METRICS):
        ours = paired_test(systems, references, target_language="de", metric=metric, test="ar", samples=200)
        assert "|bs:1000|ar:200|seed:12345|" in ours.signature
        for name, outcome in ours.outcomes.items():
            score, _, _, p = theirs[name][column]
            assert round(outcome.score, 8) == score
            assert (None if outcome.p is None else round(outcome.p, 4)) == p
            assert outcome.low < outcome.score < outcome.high


def test_the_baseline_s_interval_is_that_of_evaluate() -> None:
    references, systems = texts()
    for metric, score in evaluate(systems["base"], references, target_language="de").metrics.items():
        base = paired_test(systems, references, target_language="de", metric=metric).outcomes["base"]
        assert (base.low, base.high) == pytest.approx((score.low, score.high), abs=1e-4)


def against(system: list[str], test: Test = "bs", metric: MetricName = "bleu") -> Outcome:
    """The outcome of a system beside ``base``."""
    references, systems = texts()
    both = {"base": systems["base"], "system": system}
    return paired_test(both, references, target_language="de", metric=metric, test=test).outcomes["system"]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("test", ["bs", "ar"])
def test_a_copy_does_not_differ_where_sacrebleu_finds_the_least_p_of_all(
    test: Test, metric: MetricName
) -> None:
    copy = [line.rstrip() + " \t" for line in texts()[1]["base"]]  # the ends of lines do not count
    found = against(copy, test, metric)
    assert (found.difference, found.p, found.significant) == (0.0, 1.0, False)


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_a_planted_difference_is_significant_and_luck_is_not(test: Test) -> None:
    systems = texts()[1]
    worse, alike = against(systems["worse"], test), against(systems["alike"], test)
    assert worse.difference is not None
    assert worse.difference < -10
    assert worse.significant
    assert not alike.significant


@pytest.mark.parametrize("test", ["bs", "ar"])
@pytest.mark.parametrize("lines", [1, 2])
def test_a_difference_in_one_or_two_sentences_is_luck(test: Test, lines: int) -> None:
    references, systems = texts()
    better = references[:lines] + systems["base"][lines:]
    found = against(better, test)
    assert found.difference is not None
    assert found.difference > 0
    assert not found.significant


def test_swapping_three_lines_at_random_leaves_them_as_far_apart_in_a_quarter_of_all_cases() -> None:
    references, systems = texts()
    better = references[:3] + systems["base"][3:]
    assert against(better, "ar").p == 2 / 2**3


@pytest.mark.parametrize("seed", [12345, 1])
def test_p_is_the_share_of_resamples_that_are_further_apart(seed: int) -> None:
    """One of 100 equal sentences is translated: TER falls by 1 for each time that it is drawn, with Poisson's chance.

    sacreBLEU counts the resamples in which it falls by more than 1 above the mean fall, which is 1, or just below.
    """
    references = ["a b"] * 100
    systems = {"base": ["x y"] * 100, "one": ["a b", *["x y"] * 99]}
    one = paired_test(systems, references, target_language="en", metric="ter", seed=seed).outcomes["one"]
    assert one.p == pytest.approx(0.080 if 100 - one.mean > 1 else 0.264, abs=0.02)


def test_a_seed_draws_its_own_samples_and_the_environment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    references, systems = texts()

    def test(seed: int) -> float | None:
        found = paired_test(systems, references, target_language="de", samples=100, seed=seed)
        assert f"|seed:{seed}|" in found.signature
        return found.outcomes["alike"].mean

    first, other = test(1), test(2)
    assert first != other
    monkeypatch.setenv("SACREBLEU_SEED", "99")
    assert test(1) == first
    assert os.environ["SACREBLEU_SEED"] == "99"
    monkeypatch.delenv("SACREBLEU_SEED")
    assert test(1) == first
    assert "SACREBLEU_SEED" not in os.environ


def test_a_seed_of_none_is_refused() -> None:
    references, systems = texts()
    with pytest.raises(ValueError, match="a seed of 0: sacreBLEU's begin at 1"):
        paired_test(systems, references, target_language="de", seed=0)


def test_counts_that_differ_are_told_not_cut() -> None:
    with pytest.raises(NmtError, match="1 translations, 2 references"):
        paired_test({"a": ["x", "y"], "b": ["x"]}, ["x", "y"], target_language="de")
    with pytest.raises(NmtError, match="no sentence"):
        paired_test({"a": [], "b": []}, [], target_language="de")


def test_resamples_without_any_match_and_a_single_sentence_have_a_p() -> None:
    for metric in METRICS:
        found = paired_test({"a": ["x"], "b": ["Hut"]}, ["Hut"], target_language="de", metric=metric)
        assert all(outcome.low <= outcome.high for outcome in found.outcomes.values())
        assert found.outcomes["b"].p == 1.0
