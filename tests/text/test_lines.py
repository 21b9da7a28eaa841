"""Lines are split on one byte, and what is odd is counted."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import NmtError
from nmt.text.lines import LONG_LINE, LineCounts, read_lines


def counted(content: bytes) -> tuple[list[str], LineCounts]:
    counts = LineCounts()
    return list(read_lines(io.BytesIO(content), counts)), counts


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\ufeff", exclude_categories=["Cs"]))))
def test_lines_that_are_written_are_read_back(lines: list[str]) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()
    assert counted(content)[0] == lines


def test_only_the_newline_byte_ends_a_line() -> None:
    lines, counts = counted("a\u2028b\x0bc\x0c\x1cd\re\x85f\n\ng\n".encode())
    assert lines == ["a\u2028b\x0bc\x0c\x1cd\re\x85f", "", "g"]
    assert counts == LineCounts(lines=3, separators=1)


def test_a_byte_order_mark_and_carriage_returns_are_stripped_and_counted() -> None:
    lines, counts = counted(b"\xef\xbb\xbfa\r\nb\r\r\nc\r")
    assert lines == ["a", "b\r", "c"]
    assert counts == LineCounts(lines=3, bom=1, crlf=3, no_final_newline=1)
    assert counts.sentence() == "a byte order mark, 3 lines with CRLF, no final newline"


def test_a_mark_alone_is_an_empty_file() -> None:
    assert counted(b"\xef\xbb\xbf") == ([], LineCounts(bom=1))


def test_nul_and_long_lines_are_kept_and_counted() -> None:
    lines, counts = counted(b"a\0b\n" + b"x" * 1_000_000 + b"\n")
    assert lines == ["a\0b", "x" * 1_000_000]
    assert counts == LineCounts(lines=2, nul=1, long=1)
    assert counts.sentence() == f"1 line with NUL, 1 line over {LONG_LINE:,} characters"


def test_an_ordinary_file_has_nothing_to_tell() -> None:
    assert counted(b"a\nb\n")[1].sentence() == ""


def test_gzip_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress("我\n爱\n".encode()))
    assert list(read_lines(path)) == ["我", "爱"]


def test_invalid_utf8_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("gut\nschön\n".encode("latin-1"))
    with pytest.raises(NmtError, match=r"latin.txt:2: not valid UTF-8: byte 0xf6 at byte 4"):
        list(read_lines(path))


@pytest.mark.parametrize("keep", [-9, 40], ids=["without its checksum", "cut in the middle"])
def test_a_damaged_gzip_is_an_error_with_its_line(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"one line\nand another\n" * 10)[:keep])
    with pytest.raises(NmtError, match=r"cut.gz:\d+: cannot be read"):
        list(read_lines(path))


def test_a_gzip_with_a_wrong_checksum_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "wrong.gz"
    path.write_bytes(gzip.compress(b"one line\n")[:-8] + b"\0" * 8)
    with pytest.raises(NmtError, match=r"wrong.gz:2: cannot be read"):
        list(read_lines(path))


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(NmtError, match="no such file"):
        list(read_lines(tmp_path / "nothing"))
    with pytest.raises(NmtError, match="is a folder"):
        list(read_lines(tmp_path))
