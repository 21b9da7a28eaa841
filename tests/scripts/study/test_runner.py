"""Many rows: one that fails stops no other, a study that is killed takes its rows along, only what is due is done."""

import signal
import subprocess
import sys
import time

import pytest
from study import cards
from study.rows import Row
from study.runner import Busy, due, only_one, run_rows, settle_signals

ROWS = [Row("quickstart", name) for name in ("additive", "general", "dot", "none")]


@pytest.fixture
def go(places):
    """Runs rows as small programs; returns what was said, and whether one was stopped."""

    def call(programs: dict[str, str], *, jobs: int = 2, say=None) -> tuple[list[str], bool]:
        said: list[str] = []
        with only_one(places.runs) as lock:
            stopped = run_rows(
                places,
                [row for row in ROWS if row.name in programs],
                lambda row: [sys.executable, "-S", "-c", programs[row.name]],
                jobs=jobs,
                lock=lock,
                failed=lambda row, why: cards.failed(places, row, f"nmt train {row.key}.yaml", why),
                say=say or said.append,
            )
        return said, stopped

    return call


def test_a_row_that_fails_has_a_card_that_says_why_and_the_rest_go_on(places, go):
    said, stopped = go(
        {
            "additive": "print('fine')",
            "general": "import sys; print('study_attention: error: no such key'); sys.exit(1)",
            "dot": "import os; os.kill(os.getpid(), 9)",
            "none": "raise SystemExit(3)",
        }
    )
    assert not stopped
    assert "quickstart-additive: done" in said
    assert "quickstart-general: failed: no such key" in said
    found = {row.name: cards.read(places.card(row)) for row in ROWS}
    assert found.pop("additive") is None  # its card is its own to write
    assert {name: card["why"] for name, card in found.items()} == {
        "general": "no such key",
        "dot": "killed by signal 9",
        "none": "it said nothing",
    }
    assert found["dot"]["state"] == "failed"
    assert found["dot"]["command"] == "nmt train quickstart-dot.yaml"
    assert found["dot"]["changed"] == "model: {attention: {score: {type: dot}}}"


def test_a_row_that_was_stopped_has_no_card_and_is_due_again(places, go):
    said, stopped = go({"additive": "raise SystemExit(143)", "dot": "import os; os.kill(os.getpid(), 15)"})
    assert stopped
    assert sum("stopped; the same command goes on" in line for line in said) == 2
    assert due(places, ROWS, retry=False) == ROWS


def test_what_has_a_card_is_not_due_unless_it_failed_and_is_to_be_retried(places, plant):
    plant(ROWS[0], 30.0)
    plant(ROWS[1], 0.0, state="failed", why="no memory")
    assert due(places, ROWS, retry=False) == ROWS[2:]
    assert due(places, ROWS, retry=True) == ROWS[1:]


def test_no_more_rows_than_jobs_run_at_once(places, go):
    said, _ = go(dict.fromkeys(("additive", "general", "dot"), "pass"), jobs=1)
    assert [line.split(": ")[1].split(";")[0] for line in said] == ["begins", "done"] * 3


def test_a_study_that_is_told_to_end_ends_its_rows_and_waits_for_them(places, go):
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.2), print('saved', flush=True), sys.exit(143)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    log = places.log(ROWS[0])

    def say(line: str) -> None:
        if "dot" in line:  # the second row begins, which is when the order comes
            while not log.is_file() or "ready" not in log.read_text():
                time.sleep(0.01)
            raise SystemExit(143)

    with pytest.raises(SystemExit):
        go({"additive": program, "dot": "pass"}, say=say)
    assert log.read_text().split() == ["ready", "saved"]
    assert cards.read(places.card(ROWS[0])) is None


def test_ctrl_c_reaches_the_study_alone_and_ends_it_by_its_exit_code(places, go, monkeypatch):
    go({"dot": "import os; print(os.getsid(0) == os.getpid())"})
    (said,) = [places.log(row).read_text().strip() for row in ROWS if row.name == "dot"]
    assert said == "True"
    handlers = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.update({number: handler}))
    settle_signals()
    for number in (signal.SIGINT, signal.SIGTERM):
        with pytest.raises(SystemExit) as ended:
            handlers[number](number, None)
        assert ended.value.code == 128 + number


def test_only_one_study_at_a_time_until_the_last_row_of_a_killed_one_has_ended(places):
    with only_one(places.runs) as lock:
        with pytest.raises(Busy, match="is at work here"), only_one(places.runs):
            pass
        left = subprocess.Popen(
            [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock]
        )
    with pytest.raises(Busy), only_one(places.runs):
        pass
    left.communicate(b"\n")
    with only_one(places.runs):
        pass
