"""What whole-command tests share: the program run in this process, a small corpus, and one tiny trained run."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings

from nmt.cli.main import run
from nmt.pictures import curves
from nmt.resources import shipped

os.environ["HF_HUB_OFFLINE"] = "1"  # no test asks the network

settings.register_profile("nmt", deadline=None)  # other processes share the machine
settings.load_profile("nmt")

CONFIG = """\
languages: {source: en, target: zh}
data:
  train: {source: train.en, target: train.zh}
  validation: {source: valid.en, target: valid.zh}
  test:
    test: {source: test.en, target: test.zh}
tokenizer:
  source: {type: unigram, vocab_size: 300}
  target: {type: char, vocab_size: 1000}
model:
  type: rnn
  embedding: 16
  hidden: 16
  dropout: 0.0
  attention: {score: {type: additive, size: 16}}
training:
  threads: 1
  batch_tokens: 1000
  max_steps: 4
  optimizer: {type: adamw, lr: 1e-2}
  schedule: {type: constant}
decoding: {beam: 2, max_length: {ratio: 0.5, offset: 3}}
"""
TRANSFORMER = """\
base: tiny.yaml
model: {type: transformer, d_model: 16, ffn: 16, encoder_layers: 1, decoder_layers: 2, heads: {count: 2}, dropout: 0.0}
"""
SIZES = {"train": 300, "valid": 20, "test": 20}


@pytest.fixture(scope="session", autouse=True)
def real_curves() -> Iterator[Callable[..., object]]:
    """The function that draws a run's curves, for a test that wants more than the empty file that others are left with;
    nor do they wait for the disk: no test takes the power away."""
    drawn = patch.object(curves, "draw", lambda rows, path, title="": Path(path).touch())
    real = curves.draw
    with drawn, patch.object(os, "fsync", lambda _: None):
        yield real


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on stderr."""
        return self.err.rstrip("\n").split("\n")[-1]


class Pipe(io.BytesIO):
    """Bytes behind the name that the interpreter gives its standard input."""

    name = "<stdin>"


@pytest.fixture(scope="session")
def command() -> Callable[..., Outcome]:
    """Runs ``nmt`` with these arguments and this standard input, in this process."""

    def call(*arguments: str | Path, stdin: str | bytes = "") -> Outcome:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        source = io.TextIOWrapper(Pipe(given), encoding="utf-8")
        with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", source):
            code = run([str(argument) for argument in arguments])
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return Outcome(code, *texts)

    return call


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first lines of the shipped corpus and ``tiny.yaml``, which names them."""
    folder = tmp_path_factory.mktemp("small")
    for name, lines in SIZES.items():
        for side in ("en", "zh", "tok.en", "tok.zh", "align"):
            if name == "test" or side in ("en", "zh"):
                whole = shipped(f"data/{name}.{side}").read_text(encoding="utf-8").split("\n")
                (folder / f"{name}.{side}").write_text("\n".join(whole[:lines]) + "\n", encoding="utf-8")
    (folder / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "tiny-transformer.yaml").write_text(TRANSFORMER, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def trained(command: Callable[..., Outcome], small_corpus: Path) -> Path:
    """A run of four updates, made by ``nmt train`` in the folder of the small corpus; not to be changed."""
    return _train(command, small_corpus, "tiny.yaml", "run")


@pytest.fixture(scope="session")
def trained_transformer(command: Callable[..., Outcome], small_corpus: Path) -> Path:
    """The same of a Transformer with two layers in the decoder and two heads each; not to be changed."""
    return _train(command, small_corpus, "tiny-transformer.yaml", "transformer")


def _train(command: Callable[..., Outcome], folder: Path, config: str, run: str) -> Path:
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = command("train", config, "--out", run)
    finally:
        os.chdir(before)
    assert done.code == 0, done.err
    return folder / run


@pytest.fixture
def there(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder to work in that holds the files of the small corpus."""
    for file in small_corpus.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path
