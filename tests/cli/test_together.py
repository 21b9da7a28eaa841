"""``nmt train --processes``: several processes behind one command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TRAIN = ("train", "tiny.yaml", "--processes", "2")


@contextmanager
def begun(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, "-m", "nmt", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield program
    finally:
        program.kill()  # and its members with it
        program.wait()


def members(starter: int) -> list[int]:
    """The processes that another one has started."""
    return list(map(int, Path(f"/proc/{starter}/task/{starter}/children").read_text().split()))


def until(program: subprocess.Popen[str], text: str, *, seconds: float = 100) -> None:
    """Until the metrics have this text."""
    metrics, end = Path("runs/tiny/metrics.jsonl"), time.monotonic() + seconds
    while not (metrics.exists() and text in metrics.read_text(encoding="utf-8")):
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def test_one_command_trains_with_two_processes_and_prints_the_score_once(there):
    with begun(*TRAIN, "--set", "training.max_steps=2") as program:
        out, err = program.communicate(timeout=200)
    assert program.returncode == 0, err
    assert out.count("bleu\t") == 1
    assert err.count("done: max_steps at step 2") == 1


def test_what_is_wrong_for_all_is_said_once_with_its_own_code(there):
    with begun(*TRAIN, "--set", "model.hiden=2") as program:
        _, err = program.communicate(timeout=100)
    assert program.returncode == 2
    assert err.count("nmt: error: ") == 1


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks /proc for the members")
def test_sigterm_saves_once_and_a_killed_one_is_named(there):
    endless = (*TRAIN, "--set", "training.max_steps=100000", "--set", "training.log_every=1")
    with begun(*endless) as program:
        until(program, '"step": 3,')
        program.send_signal(signal.SIGTERM)
        _, err = program.communicate(timeout=60)
    assert program.returncode == 143, err
    (line,) = [line for line in err.splitlines() if line.startswith("stopped at step ")]
    again = "nmt train tiny.yaml --set training.max_steps=100000 --set training.log_every=1 --processes 2"
    assert line.endswith(f"resume with: {again}")
    step = int(line.removeprefix("stopped at step ").split(",")[0])
    assert (Path("runs/tiny/checkpoints/last").read_text().strip()) == f"step-{step:06d}"

    with begun(*endless) as program:
        until(program, f'"step": {step + 3},')
        os.kill(members(program.pid)[1], signal.SIGKILL)
        _, err = program.communicate(timeout=30)
    assert program.returncode == 1
    assert err.splitlines()[-1].startswith("nmt: error: process 1 of 2: was killed by SIGKILL (")
    assert "Traceback" not in err
