"""``nmt compare``: files, pipes and models; the table, the JSON and the file they go to."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

FILES = ("compare", "--reference", "test.zh", "-l", "zh", "--samples", "50")


@pytest.fixture
def systems(there: Path) -> None:
    """``a.zh`` loses the first character of each line, ``b.zh`` the first three."""
    lines = Path("test.zh").read_text(encoding="utf-8").splitlines()
    for name, cut in (("a.zh", 1), ("b.zh", 3)):
        Path(name).write_text("".join(f"{line[cut:]}\n" for line in lines), encoding="utf-8")


def test_numbers_are_those_of_evaluate(systems, command):
    found = json.loads(command(*FILES, "a.zh", "b.zh", "--json").out)
    assert [system["name"] for system in found["systems"]] == ["a.zh", "b.zh"]
    for system in found["systems"]:
        name = system["name"]
        alone = command("evaluate", "--hypothesis", name, "--reference", "test.zh", "-l", "zh", "--json")
        metrics = json.loads(alone.out)["metrics"]
        assert {key: one["score"] for key, one in system["metrics"].items()} == {
            key: metrics[key]["score"] for key in ("bleu", "chrf")
        }
        assert "|tok:zh|" in system["metrics"]["bleu"]["signature"]
    worse = found["systems"][1]["metrics"]["bleu"]
    assert worse["difference"] < 0
    assert worse["significant"]


def test_the_table_leads_and_nothing_else_is_said(systems, command):
    done = command(*FILES, "a.zh", "b.zh", "--show", "1", "--source", "test.en")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].split() == ["BLEU", "score", "95", "%", "interval", "difference", "p"]
    assert lines[1].startswith("a.zh (baseline)  ")
    assert lines[2].startswith("b.zh             ")
    assert lines[2].endswith(" *")
    assert "BLEU by length: words of the source" in lines
    assert "b.zh loses most to a.zh (chrF of one sentence)" in lines


def test_metrics_test_samples_and_seed_are_chosen(systems, command):
    chosen = ("--metric", "ter", "--metric", "bleu", "--test", "ar", "--samples", "20", "--seed", "7")
    found = json.loads(command(*FILES, "a.zh", "b.zh", *chosen, "--json").out)
    assert (found["test"], found["samples"], found["seed"]) == ("ar", 20, 7)
    metrics = found["systems"][0]["metrics"]
    assert list(metrics) == ["ter", "bleu"]
    assert "|bs:1000|ar:20|seed:7|" in metrics["ter"]["signature"]
    assert found["systems"][0]["lengths"][0]["metric"] == "ter"


@pytest.mark.parametrize(("test", "samples"), [("bs", 1000), ("ar", 10_000)])
def test_samples_are_sacrebleu_s_own_where_nothing_is_said(test, samples, there, command):
    Path("one").write_text("Hut\n")
    Path("two").write_text("rot\n")
    done = command("compare", "one", "two", "--reference", "one", "-l", "de", "--test", test, "--json")
    assert json.loads(done.out)["samples"] == samples


def test_one_system_may_come_by_a_pipe_and_gzip_is_read(systems, command):
    plain = command(*FILES, "a.zh", "b.zh", "--json").out
    content = Path("b.zh").read_bytes()
    piped = command(*FILES, "a.zh", "-", "--json", stdin=content)
    assert piped.out == plain.replace('"b.zh"', '"-"')
    Path("b.zh").write_bytes(gzip.compress(content))
    assert command(*FILES, "a.zh", "b.zh", "--json").out == plain


def test_output_goes_to_a_file_that_is_not_overwritten(systems, command):
    printed = command(*FILES, "a.zh", "b.zh").out
    written = command(*FILES, "a.zh", "b.zh", "-o", "out.txt")
    assert (written.code, written.out) == (0, "")
    assert Path("out.txt").read_text(encoding="utf-8") == printed
    assert command(*FILES, "a.zh", "b.zh", "-o", "out.txt").code == 1
    assert command(*FILES, "a.zh", "b.zh", "-o", "out.txt", "--force").code == 0


def test_a_run_is_compared_on_its_own_test_set_or_on_files(trained, systems, command):
    rest = ("a.zh", trained, "--samples", "20", "--json")
    named = command("compare", "--test-set", "test", *rest)
    by_files = command("compare", "--source", "test.en", "--reference", "test.zh", *rest)
    assert (named.code, named.err) == (0, "translating 20 lines with run\n")
    assert named.out == by_files.out
    scored = command("evaluate", trained, "--test-set", "test", "--json").out
    run = json.loads(named.out)["systems"][1]
    assert run["name"] == "run"
    assert run["metrics"]["chrf"]["score"] == json.loads(scored)["metrics"]["chrf"]["score"]


def test_notices_are_of_stderr(systems, command):
    done = command("compare", "a.zh", "b.zh", "--reference", "test.zh", "-l", "de", "--samples", "5")
    assert done.code == 0
    assert done.err.startswith("notice: the references are in Han characters")


def test_files_are_compared_without_torch(systems):
    code = f"""
import sys
from nmt.cli.main import run
assert run({[*FILES, "a.zh", "b.zh"]!r}) == 0
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nFalse\n")
