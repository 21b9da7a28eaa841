"""A table gives back what was written, and keeps it on disk."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nmt.data import table as module
from nmt.data.table import Part, Row, Table, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
IDS = st.lists(st.integers(0, 2**31 - 1), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.builds(Row, IDS, IDS, st.integers(1, 2**40), TEXT, TEXT), max_size=12))
def test_rows_that_are_written_are_read(
    rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", 5)  # so that a few rows already fill several record batches
    assert write(tmp_path / "t.arrow", iter(rows), texts=True) == len(rows)
    table = Table(tmp_path / "t.arrow")
    read = [
        Row(table.source(i).tolist(), table.target(i).tolist(), table.line(i), *table.texts(i))
        for i in range(len(table))
    ]
    assert read == rows
    assert table.source_lengths.tolist() == [len(row.source) for row in rows]
    assert table.target_lengths.tolist() == [len(row.target) for row in rows]


def test_texts_are_written_only_where_they_are_wanted(table: Table, tmp_path: Path) -> None:
    assert write(tmp_path / "t.arrow", [Row([1], [2], 3, "one", "two")]) == 1
    with pytest.raises(IndexError):
        Table(tmp_path / "t.arrow").texts(0)


def test_a_row_is_traced_to_the_line_of_its_corpus(tmp_path: Path) -> None:
    write(tmp_path / "t.arrow", [Row([1], [2], line) for line in (1, 4, 9, 2)])
    table = Table(
        tmp_path / "t.arrow",
        [Part(3, "a.en:{}".format), Part(0, "b.en:{}".format), Part(1, "c.en:{}".format)],
    )
    assert [table.place(row) for row in range(4)] == ["a.en:1", "a.en:4", "a.en:9", "c.en:2"]


def test_rows_are_views_of_the_file(table: Table) -> None:
    row = table.source(3)
    assert row.dtype == np.int32
    assert row.base is not None
    with pytest.raises(ValueError, match="read-only"):
        row[0] = 1


def test_memory_is_eight_bytes_a_pair(table: Table) -> None:
    held = table.source_lengths.nbytes + table.target_lengths.nbytes
    assert held == 8 * len(table)


def test_datasets_reads_the_file_too(table: Table) -> None:
    from datasets import Dataset

    dataset = Dataset.from_file(str(table.path))
    assert len(dataset) == len(table)
    assert dataset[17] == {
        "source": table.source(17).tolist(),
        "target": table.target(17).tolist(),
        "line": 18,
    }


def test_a_table_needs_neither_torch_nor_datasets() -> None:
    code = "import sys, nmt.data.build; assert not {'torch', 'datasets'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
