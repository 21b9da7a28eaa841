"""A small corpus, a tiny experiment on it, and trainings in processes that may be killed."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

WORDS = {
    "red": "rot", "blue": "blau", "green": "grün", "old": "alt", "new": "neu", "dog": "Hund", "cat": "Katze",
    "house": "Haus", "tree": "Baum", "sees": "sieht", "likes": "mag", "has": "hat",
}  # fmt: skip

CONFIG = """\
languages: {{source: en, target: de}}
data:
  train: {{source: {folder}/train.en, target: {folder}/train.de}}
  validation: {{source: {folder}/valid.en, target: {folder}/valid.de}}
tokenizer: {{type: bpe, vocab_size: 80}}
model: {{type: rnn, embedding: 16, hidden: 16, dropout: 0.2, attention: {{score: {{type: additive, size: 16}}}}}}
training:
  batch_tokens: 256
  max_steps: 20
  save_every: 3
  validate_every: 7
  log_every: 2
  seed: 3
  threads: 1
  precision: fp32
decoding: {{max_length: {{ratio: 1.0, offset: 5}}}}
"""

Train = Callable[..., Any]


def write_corpus(folder: Path, name: str, pairs: int, seed: int) -> None:
    """Sentences of three to seven words, and their words one by one, turned round."""
    generator = random.Random(seed)
    rows = [generator.choices(list(WORDS), k=generator.randint(3, 7)) for _ in range(pairs)]
    source = "".join(" ".join(row) + "\n" for row in rows)
    target = "".join(" ".join(WORDS[word] for word in reversed(row)) + "\n" for row in rows)
    (folder / f"{name}.en").write_text(source, encoding="utf-8")
    (folder / f"{name}.de").write_text(target, encoding="utf-8")


def write_experiment(folder: Path) -> Path:
    """200 pairs to train on, 16 to validate with, and the config; returns the config's path."""
    write_corpus(folder, "train", 200, seed=1)
    write_corpus(folder, "valid", 16, seed=2)
    config = folder / "tiny.yaml"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    return config


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """The config of a tiny experiment whose corpus a test may spoil."""
    return write_experiment(tmp_path)


@pytest.fixture(scope="session")
def shared_experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for tests that only read it."""
    return write_experiment(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def train() -> Iterator[Train]:
    """Trains in a process of its own; see trainer.py."""
    command = [sys.executable, str(Path(__file__).with_name("trainer.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None

        def ask(
            config: Path,
            out: Path,
            *,
            end: str = "never",
            count: int = 0,
            overrides: Sequence[str] = (),
            processes: int = 1,
            of: int = 0,
        ) -> Any:
            request = {"config": str(config), "out": str(out), "overrides": list(overrides)}
            request |= {"end": end, "count": count, "processes": processes, "of": of}
            server.stdin.write(json.dumps(request) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        yield ask
        server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:  # a child hangs
            os.killpg(server.pid, signal.SIGKILL)
