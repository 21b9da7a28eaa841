"""Every command of README.md runs, in order, on a few lines of the corpus; only its trainings are cut short."""

import json
import re
import shlex
import shutil
from glob import glob
from pathlib import Path

import pytest

from nmt.resources import shipped

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_RUN = ("make ", "git clone ")
LINES = {"train": 300, "valid": 20, "test": 20, "long": 10}
SHORT = (
    "training.max_steps=2",
    "training.threads=1",
    "training.schedule={type: constant}",
    "decoding.max_length={ratio: 0.5, offset: 3}",  # what is hardly trained never ends by itself
)
SMALL = {
    "rnn": ("model.hidden=16", "model.embedding=16"),
    "transformer": ("model.d_model=16", "model.ffn=16"),
}


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The lines of the shell blocks that are to be run."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(NOT_RUN)]


def words(line: str) -> list[str]:
    """A line as a shell cuts it, signs apart, comments away and names expanded."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    lexer.whitespace_split = True
    return [found for word in lexer for found in (sorted(glob(word)) or [word])]


def run(line: str, command):
    """Runs one line; a training with a tiny model and for two updates. What is no such line fails the test."""
    stdin = ""
    match words(line):
        case ["echo", text, "|", "nmt", *arguments]:
            stdin = f"{text}\n"
        case ["nmt", *arguments, "<", file]:
            stdin = Path(file).read_text(encoding="utf-8")
        case ["nmt", *arguments]:
            pass
        case _:
            arguments = ["|"]
    if any(sign in word for word in arguments for sign in "|<>;&"):
        pytest.fail(f"README.md has a command that its test cannot run: {line}")
    if arguments[0] in ("train", "quickstart"):
        model = "transformer" if "transformer" in line else "rnn"
        arguments += [word for change in (*SHORT, *SMALL[model]) for word in ("--set", change)]
    return command(*arguments, stdin=stdin)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with the recipes and the first lines of the corpus, where README.md's clone has all of it."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(shipped("configs"), folder / "configs")
    (folder / "data").mkdir()
    for name, count in LINES.items():
        for file in shipped("data").glob(f"{name}.*"):
            lines = file.read_text(encoding="utf-8").split("\n")[:count]
            (folder / "data" / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.timeout(900)
def test_every_command_runs_and_the_python_example_too(place, command, monkeypatch, capsys):
    monkeypatch.chdir(place)
    assert len(commands()) > 10
    printed = {}
    for line in commands():
        done = run(line, command)
        assert done.code == 0, f"{line}\n{done.err}"
        printed[line] = done.out
    assert len(Path("test.hyp.zh").read_text(encoding="utf-8").splitlines()) == LINES["test"]
    records = Path("test.jsonl").read_text(encoding="utf-8").splitlines()
    assert [len(json.loads(record)["nbest"]) for record in records] == [3] * LINES["test"]
    (drawn,) = Path().glob("attention.*")
    assert drawn.suffix in (".png", ".svg")  # an SVG where no font of this machine has the characters
    assert len(Path("links.txt").read_text(encoding="utf-8").splitlines()) == LINES["test"]
    assert (Path("runs/general/config.yaml").read_text(encoding="utf-8")).count("type: general") == 1
    (example,) = blocks("python")
    exec(example, {})
    (translation,) = [out for line, out in printed.items() if line.startswith("echo ")]
    assert capsys.readouterr().out == f"{[translation.removesuffix(chr(10))]}\n"


@pytest.mark.parametrize(
    "line",
    [
        "rm -rf runs",
        "nmt translate run | head",
        "nmt train c.yaml && nmt attend r a",
        "python x.py",
        "ls > x",
    ],
)
def test_a_command_that_is_not_understood_fails(line, command):
    with pytest.raises(pytest.fail.Exception, match="cannot run"):
        run(line, command)


def test_every_command_in_the_text_exists(command):
    text = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`nmt ([a-z]+)", text))
    listed = re.findall(r"^  (\w+)  ", command("--help").out.split("Commands:")[1], flags=re.MULTILINE)
    assert len(named) > 2
    assert named <= set(listed)


def test_every_path_in_the_text_exists():
    named = re.findall(r"`((?:nmt|configs|data|docs|scripts|tests)/[\w./-]*)`", README)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
