"""``nmt train --processes``: several processes behind one command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TRAIN = ("train", "tiny.yaml", "--processes", "2")


def begin(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nmt", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def members(starter: int) -> list[int]:
    """The processes that another one has started."""
    return list(map(int, Path(f"/proc/{starter}/task/{starter}/children").read_text().split()))


def until(true, *, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_one_command_trains_with_two_processes_and_prints_the_score_once(there):
    program = begin(*TRAIN, "--set", "training.max_steps=2")
    out, err = program.communicate(timeout=200)
    assert program.returncode == 0, err
    assert out.count("bleu\t") == 1
    assert err.count("done: max_steps at step 2") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")
def test_sigterm_saves_once_and_a_killed_one_is_named(there):
    endless = (*TRAIN, "--set", "training.max_steps=100000", "--set", "training.log_every=1")
    program = begin(*endless)
    until(lambda: '"step": 3,' in _told())
    program.send_signal(signal.SIGTERM)
    _, err = program.communicate(timeout=60)
    assert program.returncode == 143, err
    (line,) = [line for line in err.splitlines() if line.startswith("stopped at step ")]
    assert line.endswith(
        "resume with: nmt train tiny.yaml --set training.max_steps=100000 "
        "--set training.log_every=1 --processes 2"
    )
    step = int(line.removeprefix("stopped at step ").split(",")[0])
    assert (Path("runs/tiny/checkpoints/last").read_text().strip()) == f"step-{step:06d}"

    program = begin(*endless)
    until(lambda: f'"step": {step + 3},' in _told())
    os.kill(members(program.pid)[1], signal.SIGKILL)
    killed = time.monotonic()
    _, err = program.communicate(timeout=60)
    assert time.monotonic() - killed < 30
    assert program.returncode == 1
    assert err.splitlines()[-1].startswith("nmt: error: process 1 of 2: was killed by SIGKILL (")
    assert "Traceback" not in err


def _told() -> str:
    metrics = Path("runs/tiny/metrics.jsonl")
    return metrics.read_text(encoding="utf-8") if metrics.exists() else ""
