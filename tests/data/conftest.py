"""A small tokenized corpus."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nmt.data.table import Row, Table, write
from nmt.text.files import Tokenizers
from nmt.text.train import train


@pytest.fixture(scope="session")
def tokenizers() -> Tokenizers:
    """One vocabulary of characters for both sides."""
    alphabet = ["the quick brown fox jumps over the lazy dog", "我爱机器学习。"]
    tokenizer, _ = train(alphabet, type="char", vocab_size=100, language="zh")
    return Tokenizers(tokenizer, tokenizer, joint=True)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """1,000 pairs of random ids and lengths."""
    generator = np.random.default_rng(1)

    def ids() -> list[int]:
        return [int(i) for i in generator.integers(4, 50, size=generator.integers(1, 30))]

    write(tmp_path / "pairs.arrow", [Row(ids(), ids(), line) for line in range(1, 1001)])
    return Table(tmp_path / "pairs.arrow")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Writes a file and returns its path."""

    def make(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return make
