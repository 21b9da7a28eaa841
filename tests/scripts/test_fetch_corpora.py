"""corpora/ is filled from a folder or the network: checked, whole or absent, and left alone when complete."""

import gzip
import hashlib
import importlib.util
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType

import pytest


def _script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "fetch_corpora.py"
    spec = importlib.util.spec_from_file_location("fetch_corpora", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fetch_corpora"] = module
    spec.loader.exec_module(module)
    return module


fetch = _script()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in the shared layout: two corpora of one file each, a README, and their digests."""
    root = tmp_path / "shared"
    lines = []
    for name, text in (
        ("README.md", "read me"),
        ("multi30k/val.de.gz", "hallo\n"),
        ("en-zh-3am/val.zh.gz", "你好\n"),
    ):
        content = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    (root / "SHA256SUMS").write_text("".join(lines))
    return root


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder_is_copied_and_a_second_call_writes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "corpora"
    assert fetch.main(["--from", str(folder), "--out", str(out)]) == 0
    assert files(out) == ["README.md", "en-zh-3am/val.zh.gz", "multi30k/val.de.gz"]
    assert gzip.decompress((out / "multi30k/val.de.gz").read_bytes()) == b"hallo\n"
    assert "multi30k: licence: none named; for non-commercial" in capsys.readouterr().err
    before = (out / "multi30k/val.de.gz").stat().st_mtime_ns
    assert fetch.main(["--from", str(folder), "--out", str(out)]) == 0
    assert "multi30k: complete" in capsys.readouterr().err
    assert (out / "multi30k/val.de.gz").stat().st_mtime_ns == before


def test_only_the_named_corpus_is_copied_and_a_damaged_copy_is_replaced(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpora"
    (out / "multi30k").mkdir(parents=True)
    (out / "multi30k/val.de.gz").write_bytes(b"cut")
    assert fetch.main(["multi30k", "--from", str(folder), "--out", str(out)]) == 0
    assert files(out) == ["README.md", "multi30k/val.de.gz"]
    assert (out / "multi30k/val.de.gz").read_bytes() == (folder / "multi30k/val.de.gz").read_bytes()


def test_a_file_that_differs_from_its_digest_is_refused_and_not_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "multi30k/val.de.gz").write_bytes(b"other")
    assert fetch.main(["multi30k", "--from", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].endswith("val.de.gz: differs from its line in SHA256SUMS")
    assert files(tmp_path / "out") == ["README.md"]


@pytest.mark.parametrize("name", ["../out.gz", "/tmp/out.gz", "a/../../out.gz", ""])
def test_a_name_that_leaves_the_folder_is_refused(
    folder: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  {name}\n")
    assert fetch.main(["--from", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "SHA256SUMS:1: not a digest and a name inside the folder" in capsys.readouterr().err


def test_no_such_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch.main(["--from", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    assert "fetch_corpora: error: " in capsys.readouterr().err.splitlines()[-1]


def test_no_network_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(url: str, timeout: float) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    assert fetch.main(["--out", str(tmp_path / "out")]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("fetch_corpora: error: https://")
    assert last.endswith("no route")
    assert not (tmp_path / "out").exists()


def test_text_from_the_network_is_checked_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetch, "download", lambda url: b"not what was published\n")
    assert fetch.main(["en-zh-3am", "--out", str(tmp_path / "out")]) == 1
    assert "the text is not the one that was expected" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_network_fills_a_corpus_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def download(url: str) -> bytes:
        asked.append(url)
        return b"text\n"

    monkeypatch.setattr(fetch, "download", download)
    for name in fetch.THREE_AM:
        monkeypatch.setitem(fetch.THREE_AM, name, fetch.text_digest(b"text\n"))
    for _ in range(2):
        assert fetch.main(["en-zh-3am", "--out", str(tmp_path)]) == 0
    assert len(asked) == len(fetch.THREE_AM) == 4
    assert gzip.decompress((tmp_path / "en-zh-3am/val.zh.gz").read_bytes()) == b"text\n"
    assert "4 files written" in capsys.readouterr().err


def test_a_corpus_that_the_network_does_not_have_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch.main(["alignment-gold", "--out", str(tmp_path)]) == 1
    assert "only from a folder (--from)" in capsys.readouterr().err


def test_an_unknown_corpus_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as caught:
        fetch.main(["multi30"])
    assert caught.value.code == 2


def test_the_list_names_every_corpus_and_its_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch.main(["--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in fetch.CORPORA)
    assert out.count("licence: ") == len(fetch.CORPORA) == 6


def test_sentences_that_share_either_side_stay_in_one_part() -> None:
    pairs = [(f"Sentence {k // 2}.", f"句子{(k + 1) // 2 % 500}") for k in range(1000)]
    assert len(set(fetch.split(pairs))) == 1  # one long chain
    apart = fetch.split([(f"Sentence {k}.", f"句子{k}") for k in range(4000)])
    shares = {part: apart.count(part) / len(apart) for part in (None, "test", "val", "train")}
    expected = {None: 0.036, "test": 0.036, "val": 0.036, "train": 0.892}
    assert shares == pytest.approx(expected, abs=0.015)


def test_a_sentence_is_known_by_its_letters_and_digits() -> None:
    assert fetch.sentence_key("Ｈello, World 2!") == fetch.sentence_key("hello world2") == "helloworld2"
