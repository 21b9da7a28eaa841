"""A small whole experiment in a temporary folder, and the problems of a wrong one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nmt.config.reader import read
from nmt.errors import ConfigErrors

SMALL = """\
languages: {source: en, target: de}
data:
  train: {source: train.en, target: train.de}
  validation: {source: valid.en, target: valid.de}
model: {type: rnn}
training: {max_steps: 10}
"""

Write = Callable[..., Path]
Problems = Callable[..., list[str]]


@pytest.fixture
def small() -> str:
    """The shortest valid experiment."""
    return SMALL


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file into an own working folder; the path returned is relative, as a user would type it."""
    monkeypatch.chdir(tmp_path)

    def _write(text: str | bytes, name: str = "c.yaml") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return _write


@pytest.fixture
def problems(write: Write) -> Problems:
    """The problems of a text that must not read."""

    def _problems(text: str | bytes, overrides: Sequence[str] = ()) -> list[str]:
        with pytest.raises(ConfigErrors) as caught:
            read(write(text), overrides)
        assert caught.value.exit_code == 2
        return list(caught.value.problems)

    return _problems
