"""Parquet: columns by name, read a batch at a time."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nmt.data.corpus import Pair, digests
from nmt.data.readers import arrow
from nmt.data.readers.parquet import Parquet
from nmt.errors import NmtError


def write(path: Path, **columns: Any) -> str:
    pq.write_table(pa.table(columns), path)
    return str(path)


def test_columns_name_the_sides_and_null_is_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "c.parquet", id=[1, 2, 3], en=["one", None, "a\nb"], de=["eins", "zwei", ""])
    assert list(Parquet(path, "en", "de").pairs()) == [
        Pair("one", "eins", 1),
        Pair("", "zwei", 2),
        Pair("a b", "", 3),
    ]


def test_a_dotted_name_leads_into_a_struct_and_a_missing_struct_is_blank(tmp_path: Path) -> None:
    rows = [{"en": "one", "de": "eins"}, None, {"en": "three", "de": None}]
    path = write(tmp_path / "c.parquet", translation=rows)
    pairs = list(Parquet(path, "translation.en", "translation.de").pairs())
    assert pairs == [Pair("one", "eins", 1), Pair("", "", 2), Pair("three", "", 3)]


def test_a_dictionary_of_texts_is_text(tmp_path: Path) -> None:
    path = write(tmp_path / "c.parquet", a=pa.array(["x", "y", "x"]).dictionary_encode(), b=["1", "2", "3"])
    assert [pair.source for pair in Parquet(path, "a", "b").pairs()] == ["x", "y", "x"]


def test_all_files_of_a_pattern_are_read_in_order_and_rows_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "ROWS", 2)  # several batches a file
    last = write(tmp_path / "2.parquet", a=["6"], b=["f"])
    first = write(tmp_path / "1.parquet", a=list("12345"), b=list("abcde"))
    corpus = Parquet(str(tmp_path / "*.parquet"), "a", "b")
    assert corpus.paths == (first, last) == tuple(digests([corpus]))
    assert [pair.line for pair in corpus.pairs()] == [1, 2, 3, 4, 5, 6]
    assert "".join(pair.target for pair in corpus.pairs()) == "abcdef"
    assert [corpus.place(line) for line in (5, 6)] == [f"{first}:5", f"{last}:1"]


def test_a_wrong_column_is_named_with_those_there(tmp_path: Path) -> None:
    path = write(tmp_path / "c.parquet", translation=[{"en": "x"}], n=[1])
    with pytest.raises(NmtError, match=r"c\.parquet: has no column 'en', only translation\.en, n \("):
        list(Parquet(path, "en", "n").pairs())
    with pytest.raises(NmtError, match=r"c\.parquet: expected text in column 'n', found int64"):
        list(Parquet(path, "translation.en", "n").pairs())


def test_a_text_that_is_not_utf8_is_named_at_its_row(tmp_path: Path) -> None:
    bad = pa.array([b"good", b"caf\xe9"], pa.binary()).view(pa.string())
    path = write(tmp_path / "c.parquet", a=bad, b=["x", "y"])
    with pytest.raises(NmtError, match=r"c\.parquet:2: not valid UTF-8"):
        list(Parquet(path, "a", "b").pairs())


def test_what_is_no_parquet_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("hello")
    whole = Path(write(tmp_path / "c.parquet", a=["x"] * 1000, b=["y"] * 1000)).read_bytes()
    (tmp_path / "damaged.parquet").write_bytes(whole[:4] + b"\xff" * 60 + whole[64:])
    for name in ("text", "damaged"):
        with pytest.raises(NmtError, match=rf"{name}\.parquet: is not a readable Parquet file: .") as caught:
            list(Parquet(str(tmp_path / f"{name}.parquet"), "a", "b").pairs())
        assert "\n" not in str(caught.value)
    with pytest.raises(NmtError, match="no such file"):
        list(Parquet(str(tmp_path / "nothing.parquet"), "a", "b").pairs())
    with pytest.raises(NmtError, match="no file has such a name"):
        list(Parquet(str(tmp_path / "no*.parquet"), "a", "b").pairs())
