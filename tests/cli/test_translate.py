"""``nmt translate`` is a well-behaved pipe."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SENTENCES = ["I love music.", "The cat sleeps.", "My sister bought three books yesterday.", "We sleep."]
NMT = [sys.executable, "-m", "nmt"]


@pytest.fixture(scope="module")
def alone(trained, command) -> list[str]:
    """What each sentence becomes when it is all there is."""
    return [command("translate", trained, stdin=f"{line}\n").out for line in SENTENCES]


def test_each_line_gives_one_line_in_order_and_a_blank_one_a_blank_one(trained, command, alone):
    given = [SENTENCES[2], "", SENTENCES[0], "  \t", SENTENCES[3], SENTENCES[2]]
    done = command("translate", trained, stdin="\n".join(given))
    assert done.out == "".join([alone[2], "\n", alone[0], "\n", alone[3], alone[2]])
    assert done.err.startswith("6 lines, 2 blank, ")
    assert len(set(alone)) > 1


def test_nothing_in_is_nothing_out(trained, command):
    done = command("translate", trained, "-q")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_files_are_read_and_written_like_pipes(trained, command, there, alone):
    Path("in.txt").write_text("\n".join(SENTENCES), encoding="utf-8")
    done = command("translate", trained, "-i", "in.txt", "-o", "out.txt", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert Path("out.txt").read_text(encoding="utf-8") == "".join(alone)
    assert command("translate", trained, "-i", "-", "-o", "-", stdin=SENTENCES[0]).out == alone[0]


def test_an_output_is_overwritten_only_by_force(trained, command, there, alone):
    Path("out.txt").write_text("mine\n", encoding="utf-8")
    assert command("translate", trained, "-o", "out.txt", stdin=SENTENCES[0]).code == 1
    assert Path("out.txt").read_text(encoding="utf-8") == "mine\n"
    assert command("translate", trained, "-o", "out.txt", "--force", stdin=SENTENCES[0]).code == 0
    assert Path("out.txt").read_text(encoding="utf-8") == alone[0]


def test_an_output_that_failed_halfway_leaves_nothing(trained, command, there):
    before = sorted(path.name for path in there.iterdir())
    assert command("translate", trained, "-o", "out.txt", stdin=b"good\n\xff\n").code == 1
    assert sorted(path.name for path in there.iterdir()) == before


def test_jsonl_says_all_that_is_known_of_each_line(trained, command, alone):
    done = command("translate", trained, "--jsonl", stdin="\n".join(SENTENCES) + "\n\n")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert len(records) == len(SENTENCES) + 1
    for record, source, translation in zip(records, SENTENCES, alone, strict=False):
        assert set(record) == {
            "source", "translation", "score", "tokens", "token_scores", "alignment", "nbest",
        }  # fmt: skip
        assert (record["source"], record["translation"] + "\n") == (source, translation)
        assert len(record["tokens"]) == len(record["token_scores"]) > 1
        penalty = ((5 + len(record["tokens"])) / 6) ** 0.6
        assert record["score"] == pytest.approx(sum(record["token_scores"]) / penalty, abs=1e-4)
        assert record["nbest"] == [{"translation": record["translation"], "score": record["score"]}]
        assert all(len(link) == 2 for link in record["alignment"])
        assert len(record["alignment"]) > 0
    blank = records[-1]
    assert (blank["source"], blank["translation"], blank["tokens"]) == ("", "", [])


def test_nbest_gives_as_many_lines_best_first(trained, command, alone):
    done = command("translate", trained, "--nbest", "3", "--beam", "2", stdin=SENTENCES[0])
    assert len(set(done.out.splitlines())) == 3
    record = json.loads(command("translate", trained, "--nbest", "3", "--jsonl", stdin=SENTENCES[0]).out)
    assert [one["translation"] for one in record["nbest"]] == done.out.splitlines()
    scores = [one["score"] for one in record["nbest"]]
    assert scores == sorted(scores, reverse=True)
    assert record["score"] == scores[0]


def test_the_beam_of_the_model_is_the_default(trained, command, alone):
    two = command("translate", trained, "--beam", "2", stdin="\n".join(SENTENCES)).out
    assert two == "".join(alone)


def test_small_batches_change_nothing(trained, command, alone):
    done = command("translate", trained, "--batch-tokens", "1", stdin="\n".join(SENTENCES))
    assert done.out == "".join(alone)


def test_a_run_its_bundle_and_its_checkpoint_are_all_a_model(trained, command, alone):
    for model in (trained / "model", trained / "checkpoints" / "step-000004"):
        assert command("translate", model, stdin=SENTENCES[0]).out == alone[0]


def test_a_person_gets_a_prompt_and_each_answer_at_once(trained, alone):
    keyboard, terminal = pty.openpty()
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with subprocess.Popen(
        [*NMT, "translate", str(trained)],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        for sentence, answer in zip(SENTENCES, alone, strict=True):
            os.write(keyboard, f"{sentence}\n".encode())
            assert program.stdout.readline().decode() == answer  # before the next is typed
        os.write(keyboard, b"\x04")
        said = program.stderr.read().decode()
        assert program.wait() == 0
    os.close(keyboard)
    os.close(terminal)
    assert said == "Type a sentence; end with Ctrl-D.\n" + "> " * (len(SENTENCES) + 1) + "\n"


def test_a_reader_that_goes_ends_it_in_silence(trained, tmp_path):
    (tmp_path / "in.txt").write_text("I love music.\n" * 40, encoding="utf-8")
    with subprocess.Popen(
        [*NMT, "translate", str(trained), "-i", str(tmp_path / "in.txt")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 128 + 13  # what a shell says of SIGPIPE
