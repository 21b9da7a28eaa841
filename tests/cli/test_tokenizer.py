"""``nmt tokenizer`` trains, and is a well-behaved pipe."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nmt.cli.tokenizer import app
from nmt.errors import NmtError, UsageError

ENGLISH = "I love machine learning.\nThe cat sat on the mat.\n" * 5
CHINESE = "我爱机器学习。\n今天天气很好，我们去公园吧！\n" * 5


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path]:
    english, chinese = tmp_path / "t.en", tmp_path / "t.zh"
    english.write_text(ENGLISH, encoding="utf-8")
    chinese.write_text(CHINESE, encoding="utf-8")
    return english, chinese


@pytest.fixture
def model(texts: tuple[Path, Path], tmp_path: Path) -> Path:
    out = tmp_path / "zh.model"
    options = ["--language", "zh", "--type", "char", "--vocab-size", "400", "--byte-fallback", "-o", str(out)]
    result = run("train", "--input", texts[1], *options)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "vocab_size 400 is more than the corpus fills" in result.stderr
    assert f"{out}: {4 + 256 + 20} pieces" in result.stderr  # 19 characters and the space
    return out


def test_text_goes_to_pieces_and_back(model: Path) -> None:
    encoded = run("encode", model, "--language", "zh", stdin="我爱 你！\n\n你")
    assert encoded.stdout == "我 爱 ▁ <0xE4> <0xBD> <0xA0> ！\n\n<0xE4> <0xBD> <0xA0>\n"
    assert run("decode", model, "--language", "zh", stdin=encoded.stdout).stdout == "我爱 你！\n\n你\n"


def test_text_goes_to_ids_and_back(model: Path) -> None:
    encoded = run("encode", model, "--ids", stdin="我爱\n\n")
    assert all(word.isdigit() for word in encoded.stdout.split())
    assert run("decode", model, "--ids", stdin=encoded.stdout).stdout == "我爱\n\n"


def test_words_are_no_ids(model: Path) -> None:
    result = run("decode", model, "--ids", stdin="260 261\n我 爱\n")
    assert isinstance(result.exception, NmtError)
    assert str(result.exception).startswith("<stdin>:2: expected ids, found '我 爱'")


def test_invalid_utf8_on_stdin_names_its_line(model: Path) -> None:
    result = run("encode", model, stdin=b"good\n\xff\n")
    assert isinstance(result.exception, NmtError)
    assert ":2: not valid UTF-8" in str(result.exception)


def test_nothing_is_overwritten_without_force(model: Path, texts: tuple[Path, Path]) -> None:
    before = model.read_bytes()
    refused = run("train", "--input", texts[0], "--vocab-size", "40", "-o", model)
    assert isinstance(refused.exception, NmtError)
    assert "--force" in str(refused.exception)
    assert model.read_bytes() == before
    assert run("train", "--input", texts[0], "--vocab-size", "40", "-o", model, "--force").exit_code == 0
    assert model.read_bytes() != before


@pytest.mark.parametrize(
    ("joint", "names"),
    [("true", ["out.model"]), ("false", ["out.source.model", "out.target.model"])],
)
def test_a_config_trains_what_it_says(
    joint: str, names: list[str], texts: tuple[Path, Path], tmp_path: Path
) -> None:
    corpus = f"{{source: {texts[0]}, target: {texts[1]}}}"
    config = tmp_path / "c.yaml"
    config.write_text(
        f"""
languages: {{source: en, target: zh}}
data: {{train: {corpus}, validation: {corpus}}}
tokenizer: {{type: char, vocab_size: 100, joint: true}}
model: {{type: rnn, attention: none}}
training: {{max_steps: 1, optimizer: {{type: adam, lr: 1e-3}}, schedule: {{type: constant}}}}
""",
        encoding="utf-8",
    )
    result = run("train", config, "--set", f"tokenizer.joint={joint}", "-o", tmp_path / "out.model")
    assert result.exit_code == 0, result.exception
    assert sorted(path.name for path in tmp_path.glob("out*")) == names


def test_training_takes_a_config_or_text_and_not_both(texts: tuple[Path, Path], tmp_path: Path) -> None:
    for arguments in (["train"], ["train", tmp_path / "c.yaml", "--input", texts[0]]):
        assert isinstance(run(*arguments).exception, UsageError)


def test_a_missing_model_is_an_error(tmp_path: Path) -> None:
    result = run("encode", tmp_path / "nothing")
    assert isinstance(result.exception, NmtError)
    assert "nothing" in str(result.exception)


def test_encoding_does_not_load_torch(model: Path) -> None:
    code = f"""
import sys
from nmt.cli.tokenizer import app
assert not any(name.startswith("nmt.text") for name in sys.modules)
app(["encode", {str(model)!r}], standalone_mode=False)
assert "torch" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"\xe6\x88\x91\n", capture_output=True, check=True
    )
    assert done.stdout.decode() == "我\n"
    assert done.stderr == b""
