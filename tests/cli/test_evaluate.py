"""``nmt evaluate`` gives the sacrebleu program's own numbers, of files and of models."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TER = ("--ter-normalized", "--ter-asian-support")
GERMAN = [
    "Ein Mann fährt am Morgen auf einem alten Rad durch die Stadt.",
    "Sie sagte: „Ich komme um 3,5 Uhr“ und ging.",
    "Zwei Hunde laufen über den Schnee-Hügel!",
    "Das Kind schläft.",
]
CHINESE = [
    "我爱机器学习，因为它很有意思。",
    "老师说：“明天三点见！”",
    "他买了两本关于Python 3.11的书。",
    "孩子睡了。",
]


def write_texts(lines: list[str]) -> None:
    """``ref`` and a damaged ``hyp``: words lost, a line blank, CRLF, U+2028, ends with white space or without a
    newline."""
    rng = random.Random(3)
    references = [line for line in lines for _ in range(6)]
    hypotheses = ["".join(rng.choices(line, k=2)) + line[rng.randint(0, 9) :] for line in references]
    hypotheses[3] = ""
    hypotheses[5] += "  "
    hypotheses[6] += "\u2028"
    Path("hyp").write_text("\n".join(hypotheses), encoding="utf-8", newline="\n")
    Path("ref").write_text("\r\n".join(references) + "\r\n", encoding="utf-8", newline="")


def program(*options: str) -> dict[str, dict[str, Any]]:
    """What ``sacrebleu`` prints, by metric."""
    command = [sys.executable, "-m", "sacrebleu", "ref", "-i", "hyp", "-m", "bleu", "chrf", "ter"]
    command += ["-w", "8", "--format", "json", *options]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return {entry["name"].rstrip("2").lower(): entry for entry in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("languages", "lines", "options"),
    [(("de", "de-AT"), GERMAN, ("-l", "en-de")), (("zh", "zh-CN", "cmn"), CHINESE, ("-l", "en-zh", *TER))],
    ids=["German", "Chinese"],
)
def test_numbers_and_signatures_are_the_program_s(languages, lines, options, command, there):
    write_texts(lines)
    theirs = program(*options)
    if "en-de" in options:  # a script with upper and lower case
        theirs["bleu_lc"] = program(*options, "-lc")["bleu"]
    assert 20 < theirs["bleu"]["score"] < 95
    for language in languages:
        done = command("evaluate", "--hypothesis", "hyp", "--reference", "ref", "-l", language, "--json")
        metrics = json.loads(done.out)["metrics"]
        assert set(metrics) == set(theirs)
        for name, ours in metrics.items():
            assert round(ours["score"], 8) == theirs[name]["score"], (language, name)
            assert ours["signature"] == theirs[name]["signature"]


def test_the_text_shows_the_numbers_of_the_json(command, there):
    write_texts(CHINESE)
    arguments = ("evaluate", "--hypothesis", "hyp", "--reference", "ref", "-l", "zh")
    text = command(*arguments).out
    for name, metric in json.loads(command(*arguments, "--json").out)["metrics"].items():
        title = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER"}[name]
        shown = f"{title:<8}{metric['score']:6.2f}   95 %: {metric['low']:.2f} to {metric['high']:.2f}\n"
        assert f"{shown}        {metric['signature']}\n" in text


def test_the_interval_is_drawn_the_same_way_each_time_and_holds_the_score(command, there):
    write_texts(GERMAN)
    arguments = ("evaluate", "--hypothesis", "hyp", "--reference", "ref", "-l", "de", "--json")
    first, second = command(*arguments).out, command(*arguments).out
    assert first == second
    assert first.endswith("}\n")
    for metric in json.loads(first)["metrics"].values():
        assert metric["low"] < metric["score"] < metric["high"]


def test_a_model_scores_what_its_written_translations_score(trained, command, there):
    model = command("evaluate", trained, "--test-set", "test", "-o", "out.zh", "--json")
    written = command("translate", trained, "-i", "test.en").out
    assert Path("out.zh").read_text(encoding="utf-8") == written
    texts = ("--source", "test.en", "--reference", "test.zh", "--json")
    by_files = command("evaluate", trained, *texts)
    by_hypothesis = command("evaluate", "--hypothesis", "out.zh", "-l", "zh", *texts)
    assert model.out == by_files.out == by_hypothesis.out
    assert json.loads(model.out)["metrics"]["chrf"]["score"] > 0


def test_another_beam_is_another_search(trained, command, there):
    texts = ("--source", "test.en", "--reference", "test.zh")
    command("evaluate", trained, *texts, "--beam", "1", "-o", "greedy.zh")
    greedy = command("translate", trained, "-i", "test.en", "--beam", "1").out
    assert Path("greedy.zh").read_text(encoding="utf-8") == greedy
    assert greedy != command("translate", trained, "-i", "test.en").out


def test_a_score_under_the_bar_is_a_failure_and_is_shown_all_the_same(command, there):
    write_texts(GERMAN)
    arguments = ("evaluate", "--hypothesis", "hyp", "--reference", "ref", "-l", "de")
    assert command(*arguments, "--fail-under", "20").code == 0
    low = command(*arguments, "--fail-under", "99.5")
    bleu = json.loads(command(*arguments, "--json").out)["metrics"]["bleu"]["score"]
    assert (low.code, low.err) == (1, f"nmt: error: evaluation: BLEU {bleu:.2f} is under 99.5\n")
    assert low.out == command(*arguments).out


def test_files_are_scored_without_torch(there):
    write_texts(GERMAN)
    code = """
import sys
from nmt.cli.main import run
assert run(["evaluate", "--hypothesis", "hyp", "--reference", "ref", "-l", "de"]) == 0
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nFalse\n")


def test_a_masked_head_changes_what_a_transformer_says(trained_transformer, command, there):
    plain, masked = (
        command("evaluate", trained_transformer, "--test-set", "test", "-o", name, *options)
        for name, options in (("a", ()), ("b", ("--mask-head", "cross.1.0", "--mask-head", "decoder.0.1")))
    )
    assert (plain.code, masked.code) == (0, 0), masked.err
    assert Path("a").read_text(encoding="utf-8") != Path("b").read_text(encoding="utf-8")


def test_a_head_that_is_not_there_is_refused(trained, trained_transformer, command, there):
    for run, why in (
        (trained_transformer, "encoder.0.0 to cross.1.1"),
        (trained, "no heads: nothing to mask"),
    ):
        done = command("evaluate", run, "--test-set", "test", "--mask-head", "cross.7.0")
        assert (done.code, done.out) == (2, "")
        assert done.last == f"nmt: error: head 'cross.7.0': the model has none of that name (it has {why})"
