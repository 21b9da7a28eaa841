"""``nmt quickstart``: its arguments and what it prints, on a few lines of the corpus and two updates."""

import re
import shutil
from pathlib import Path

import pytest

from nmt.resources import shipped

LINES = {"train": 300, "valid": 20, "test": 20, "long": 20}
SMALL = (
    "training.max_steps=2",
    "training.threads=1",
    "training.schedule={type: constant}",
    "decoding.beam=1",
    "decoding.max_length={ratio: 0.5, offset: 3}",
)
NARROW = {
    "rnn": ("model.hidden=16", "model.embedding=16"),
    "transformer": ("model.d_model=16", "model.ffn=16"),
}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch, command):
    """Runs ``nmt quickstart`` where only a few lines ship, from a folder that has none of them."""
    for name, count in LINES.items():
        for file in shipped("data").glob(f"{name}.*"):
            lines = file.read_text(encoding="utf-8").split("\n")[:count]
            copy = tmp_path / "shipped" / "data" / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copytree(shipped("configs"), tmp_path / "shipped" / "configs")
    monkeypatch.setattr("nmt.stages.quickstart.shipped", lambda name: tmp_path / "shipped" / name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.argv", ["bin/nmt", "quickstart"])  # of an environment that was not activated

    def run(*arguments: str, model: str = "rnn"):
        overrides = [word for change in (*SMALL, *NARROW[model]) for word in ("--set", change)]
        return command("quickstart", *overrides, *arguments)

    return run


def test_it_shows_translations_attention_and_the_score_beside_the_one_to_expect(quick):
    done = quick("--out", "run")
    assert done.code == 0, done.err
    shown, rest = done.out.split("\n\n", 1)
    sources = Path("../shipped/data/test.en").read_text(encoding="utf-8").splitlines()
    references = Path("../shipped/data/test.zh").read_text(encoding="utf-8").splitlines()
    assert shown.split("\n")[::2] == sources[::2]
    for line, reference in zip(shown.split("\n")[1::2], references[::2], strict=True):
        assert line.startswith("  ")
        assert line.endswith(f"   (reference: {reference})")  # two updates translate nothing
    assert rest.split("\n")[0].split() == ["I", "love", "machine", "learning", "."]
    for pattern in (
        r"^I love machine learning\. -> .*   drawn in run/attention\.(png|svg)$",
        r"^alignment error rate \d\.\d{3} against gold links \(the diagonal: \d\.\d{3}\)$",
        r"^BLEU +\d+\.\d\d \[\d+\.\d, \d+\.\d\]  nrefs:1\|.*tok:zh",
        r"^expected: BLEU 90 or more$",
    ):
        assert re.search(pattern, rest, flags=re.MULTILINE), pattern
    assert done.err.startswith("training an English-Chinese RNN in run: BLEU 90 or more to expect\n")
    assert list(Path("run").glob("attention.*"))


def test_the_next_commands_work_and_the_same_one_shows_the_result_without_training(quick, command):
    done = quick("-q")
    assert done.code == 0, done.err
    commands = [line.strip() for line in done.err[done.err.index("next:\n") :].strip().split("\n")[1:]]
    assert commands == [
        'echo "My sister bought three books yesterday." | bin/nmt translate runs/quickstart-rnn',
        'bin/nmt attend runs/quickstart-rnn "I love music."',
        "bin/nmt evaluate runs/quickstart-rnn --test-set long",
    ]
    assert (
        command("translate", "runs/quickstart-rnn", stdin="My sister bought three books yesterday.").code == 0
    )
    assert command("attend", "runs/quickstart-rnn", "I love music.").code == 0
    assert command("evaluate", "runs/quickstart-rnn", "--test-set", "long").code == 0
    weights = Path("runs/quickstart-rnn/model/model.safetensors").read_bytes()
    again = quick()
    assert (again.code, again.out) == (0, done.out)
    assert "resuming at step 2" in again.err
    assert Path("runs/quickstart-rnn/model/model.safetensors").read_bytes() == weights


def test_a_transformer_does_the_same_job(quick):
    done = quick("--model", "transformer", model="transformer")
    assert done.code == 0, done.err
    assert done.err.startswith("training an English-Chinese Transformer in runs/quickstart-transformer: ")
    assert re.search(r"^BLEU +\d+\.\d\d \[", done.out, flags=re.MULTILINE)
    assert list(Path("runs/quickstart-transformer").glob("attention.*"))
