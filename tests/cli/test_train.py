"""``nmt train``: its arguments, what it prints and where; the run itself is tested in tests/stages."""

import json
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nmt.pictures import curves

QUICK = ("train", "tiny.yaml", "--set", "training.max_steps=2")
SCORES = re.compile(r"bleu\t\d+\.\d\d\tnrefs:1\|.*tok:zh.*\nchrf\t\d+\.\d\d\tnrefs:1\|.*\n")


def test_the_scores_go_to_stdout_and_the_rest_to_stderr(there, command):
    done = command(*QUICK, "--out", "run")
    assert done.code == 0
    assert SCORES.fullmatch(done.out)
    assert "300 of 300 pairs kept" in done.err
    assert re.search(r"step 2  validation loss \d+\.\d+  bleu \d+\.\d+  chrf \d+\.\d+", done.err)
    assert done.err.endswith(
        "done: max_steps at step 2; best model, of step 2: run/model\n"
        "next: nmt translate run   or   nmt evaluate run --test-set NAME\n"
    )
    assert "\x1b" not in done.err  # no terminal, no bar


def test_quiet_is_the_result_alone(there, command):
    done = command(*QUICK, "--out", "run", "-q")
    assert SCORES.fullmatch(done.out)
    assert [line.split(":")[0] for line in done.err.splitlines()] == ["done", "next"]


def test_a_run_is_called_after_its_config_and_draws_its_curves(there, command, monkeypatch, real_curves):
    monkeypatch.setattr(curves, "draw", real_curves)
    assert command(*QUICK).code == 0
    assert Path("runs/tiny/curves.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in Path("runs").iterdir()) == ["tiny"]
    assert {path.name for path in Path("runs/tiny").iterdir()} == {
        "config.yaml", "environment.json", "model", "checkpoints", "metrics.jsonl", "train.log", "curves.png", "data",
    }  # fmt: skip


def test_a_finished_run_prints_its_score_again_and_trains_no_more(there, command):
    first = command(*QUICK)
    weights = Path("runs/tiny/model/model.safetensors").read_bytes()
    metrics = Path("runs/tiny/metrics.jsonl").read_bytes()
    again = command(*QUICK)
    assert (again.code, again.out) == (0, first.out)
    assert "resuming at step 2" in again.err
    assert Path("runs/tiny/model/model.safetensors").read_bytes() == weights
    assert Path("runs/tiny/metrics.jsonl").read_bytes() == metrics


def test_more_steps_go_on_and_fresh_begins_anew(there, command):
    command(*QUICK)
    more = command("train", "tiny.yaml", "--set", "training.max_steps=3")
    assert "resuming at step 2" in more.err
    assert "max_steps at step 3" in more.err
    fresh = command(*QUICK, "--fresh")
    assert "resuming" not in fresh.err
    assert "max_steps at step 2" in fresh.err
    rows = [json.loads(line) for line in Path("runs/tiny/metrics.jsonl").read_text().splitlines()]
    assert max(row["step"] for row in rows) == 2


def test_another_experiment_is_refused_and_the_run_is_untouched(there, command):
    command(*QUICK)
    before = {path: path.read_bytes() for path in Path("runs").rglob("*") if path.is_file()}
    done = command(*QUICK, "--set", "model.hidden=8")
    assert (done.code, done.last) == (
        2,
        "nmt: error: runs/tiny: is a run of another experiment: model.hidden: 16 -> 8 "
        "(--fresh starts anew, --out trains elsewhere)",
    )
    assert {path: path.read_bytes() for path in Path("runs").rglob("*") if path.is_file()} == before


def test_data_that_changed_is_refused(there, command):
    command(*QUICK)
    with Path("train.en").open("a", encoding="utf-8") as file:
        file.write("One more.\n")
    with Path("train.zh").open("a", encoding="utf-8") as file:
        file.write("再一个。\n")
    done = command("train", "tiny.yaml", "--set", "training.max_steps=3")
    assert (done.code, done.last) == (
        2,
        "nmt: error: train.en, train.zh: have changed since the run began (--fresh starts anew)",
    )


def test_a_signal_saves_and_says_how_to_go_on(there):
    command = [sys.executable, "-m", "nmt", "train", "tiny.yaml", "--set", "training.max_steps=100000"]
    command += ["--set", "training.save_every=1", "--set", "training.validate_every=100000", "--out", "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        while not Path("run/checkpoints/last").exists():
            assert program.poll() is None
        program.terminate()
        out, err = program.communicate(timeout=60)
    assert program.returncode == 128 + signal.SIGTERM
    assert out == ""
    resume = " ".join(["nmt", *command[3:]])
    said = re.fullmatch(r"stopped at step (\d+), saved; resume with: (.*)", err.splitlines()[-1])
    assert said is not None
    assert Path("run/checkpoints/last").read_text() == f"step-{int(said[1]):06d}\n"
    assert said[2] == resume


def test_a_dry_run_prints_a_table_and_leaves_nothing(there, command):
    before = sorted(there.rglob("*"))
    done = command(*QUICK, "--dry-run")
    assert done.code == 0
    names = [line[:12].strip() for line in done.out.splitlines() if line[:12].strip()]
    assert names == [
        "model", "parameters", "pieces", "pairs", "batches", "memory", "time", "disk", "machine", "run",
    ]  # fmt: skip
    assert "300 of 300 kept" in done.out
    assert done.out.endswith("run         runs/tiny: new\n")
    assert sorted(there.rglob("*")) == before


def test_what_is_frozen_is_said_and_stays_as_it_was(command, there):
    """Two trainings of one seed, of one update and of three: what is frozen is alike in both, all else is not."""
    given = ("--set", "training.freeze=[encoder.*]", "--set", "training.threads=1")
    runs = [
        command("train", "tiny.yaml", *given, "--set", f"training.max_steps={steps}", "--out", f"run{steps}")
        for steps in (1, 3)
    ]
    assert [done.code for done in runs] == [0, 0]
    assert all(
        re.search(r"^frozen: [\d,]+ of [\d,]+ parameters, in \d+ of \d+ tensors$", done.err, re.M)
        for done in runs
    )
    one, three = (load_file(f"run{steps}/checkpoints/step-{steps:06d}/model.safetensors") for steps in (1, 3))
    alike = {name for name in one if torch.equal(one[name], three[name])}
    assert alike == {name for name in one if name.startswith("encoder.")}


TRAIN = ("train", "tiny.yaml", "--out", "run")


def test_a_disk_that_is_full_ends_in_one_line_with_an_earlier_checkpoint(there, command):
    """No file may be larger than the weights: the optimiser's, which is twice as large, no longer fits."""
    assert command(*TRAIN, "--set", "training.max_steps=1").code == 0
    most = Path("run/checkpoints/step-000001/model.safetensors").stat().st_size + 1000
    done = subprocess.run(
        [sys.executable, "-m", "nmt", *TRAIN],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)),
        check=False,
    )
    assert done.returncode == 1
    assert re.fullmatch(
        r"nmt: error: run/checkpoints/\.step-000004\.\d+\.tmp/state/optimizer\.safetensors: cannot be written: .*",
        done.stderr.splitlines()[-1],
    )
    assert Path("run/checkpoints/last").read_text() == "step-000001\n"
    assert command("info", "run/checkpoints/step-000001").code == 0
    again = command(*TRAIN)
    assert again.code == 0
    assert "resuming at step 1" in again.err
    assert Path("run/checkpoints/last").read_text() == "step-000004\n"


SMALL_MACHINE = """
import sys
from nmt import machine
machine.free_memory = lambda: max(0, 2**30 - machine.held_memory())
from nmt.cli.main import main
main()
"""


@pytest.mark.system
def test_a_line_of_30000_tokens_is_named_and_the_run_goes_on(there):
    """Its attention would take tens of gigabytes, on a machine that has one."""
    for side, word in (("en", "music "), ("zh", "爱")):
        with Path(f"train.{side}").open("a", encoding="utf-8") as file:
            file.write(word * 30_000 + "\n")
    command = [sys.executable, "-c", SMALL_MACHINE, "train", "tiny.yaml", "--out", "run"]
    for change in ("data.filters.max_length=100000", "training.max_steps=11", "training.validate_every=1000"):
        command += ["--set", change]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in Path("run/metrics.jsonl").read_text().splitlines()]
    dropped = [row["dropped"] for row in rows if row["type"] == "split"]
    assert dropped
    assert all(lines == ["train.en:301"] for lines in dropped)
    assert re.search(r"step \d+  out of memory: .*without train\.en:301, too long even alone", done.stderr)
    assert "max_steps at step 11" in done.stderr


@pytest.mark.parametrize("side", ["en", "zh"])
def test_a_validation_line_beyond_the_table_of_places_is_named(there, command, side):
    path = Path(f"valid.{side}")
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([lines[0], lines[1] * 20, *lines[2:]]), encoding="utf-8")
    options = ("model.positions={type: learned, max_length: 65}", "data.filters.max_length=64")
    changes = [word for option in options for word in ("--set", option)]
    done = command("train", "tiny-transformer.yaml", "--out", "run", *changes)
    assert done.code == 1
    assert re.fullmatch(
        r"nmt: error: data\.validation: line 2: \d+ pieces, and the model has places for 64 \(shorten it, .*\)",
        done.last,
    )
