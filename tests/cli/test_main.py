"""``nmt``: help, version, and what becomes of failures that no command foresees."""

import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from nmt.cli import main as program

COMMANDS = [
    "quickstart",
    "train",
    "translate",
    "evaluate",
    "compare",
    "attend",
    "align",
    "average",
    "info",
    "doctor",
    "tokenizer",
    "config",
]


def test_nothing_at_all_is_help(command):
    assert command().out == command("--help").out == command("-h").out
    assert command().code == 0


def test_help_leads_with_examples_and_names_every_command(command):
    text = command("--help").out
    assert text.index("Examples:") < text.index("Options:") < text.index("Commands:")
    listed = re.findall(r"^  (\w+)  ", text[text.index("Commands:") :], flags=re.MULTILINE)
    assert listed == COMMANDS


@pytest.mark.parametrize("name", [*COMMANDS[:-2], "tokenizer train", "tokenizer encode", "config check"])
def test_help_of_a_command_begins_with_an_example(name, command):
    text = command(*name.split(), "--help").out
    assert re.search(r"Examples?:", text[: text.index("Options:")])
    assert f"nmt {name}" in text[text.index("Example") : text.index("Options:")]


def test_the_version_is_the_package_s(command):
    done = command("--version")
    assert (done.code, done.out, done.err) == (0, f"nmt {version('nmt')}\n", "")


@pytest.fixture
def failing(command, monkeypatch):
    """Runs ``nmt boom``, a command that raises this."""

    def run(error: BaseException, *options: str):
        app = typer.Typer()
        app.callback()(program.options)

        @app.command("boom")
        def boom() -> None:
            raise error

        monkeypatch.setattr(program, "app", app)
        monkeypatch.setenv("NMT_DEBUG", "")  # as --debug sets it, here alone
        return command(*options, "boom")

    return run


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, ""),
        (MemoryError(), 1, "nmt: error: machine: out of memory (smaller batch_tokens, or shorter lines)\n"),
        (
            RuntimeError(
                "DefaultCPUAllocator: can't allocate memory: you tried to allocate 131072000000 bytes."
            ),
            1,
            "nmt: error: machine: out of memory (smaller batch_tokens, or shorter lines)\n",
        ),
        (
            OSError(28, "No space left on device", "runs/x"),
            1,
            "nmt: error: runs/x: no space left on device\n",
        ),
        (OSError(28, "No space left on device"), 1, "nmt: error: system: no space left on device\n"),
        (
            KeyError("a\nb"),
            1,
            "nmt: error: internal: KeyError: 'a\\nb' (please report it, with what nmt --debug prints)\n",
        ),
        (
            ValueError("first\nsecond"),
            1,
            "nmt: error: internal: ValueError: first (please report it, with what nmt --debug prints)\n",
        ),
    ],
)
def test_a_failure_that_nobody_foresaw_is_one_line(error, code, line, failing):
    done = failing(error)
    assert (done.code, done.out, done.err) == (code, "", line)


def test_debug_shows_the_traceback_above_the_same_line(failing):
    done = failing(ValueError("first"), "--debug")
    assert done.code == 1
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert "in boom\n" in done.err
    assert done.last.startswith("nmt: error: internal: ValueError: first (")


def test_streams_that_the_caller_closed_are_empty_ones(tmp_path):
    script = f'"{sys.executable}" -m nmt config check none.yaml <&- >&- 2>&-'
    assert subprocess.run(script, shell=True, cwd=tmp_path).returncode == 2


def test_stdout_is_utf8_whatever_the_locale(trained):
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "nmt", "tokenizer", "decode", str(trained)],
        input="我 爱\n".encode(),
        capture_output=True,
        check=True,
        env=environment,
    )
    assert (done.stdout.decode(), done.stderr) == ("我爱\n", b"")
