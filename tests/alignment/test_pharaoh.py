"""Links are read as written, and a bad one is named with its file and line."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.alignment.pharaoh import Links, format_line, format_links, parse_line, read_links
from nmt.errors import NmtError


def test_sure_links_are_possible_too() -> None:
    links = parse_line("0-0 1?2 3p4 ")
    assert links.sure == {(0, 0)}
    assert links.possible == {(0, 0), (1, 2), (3, 4)}


def test_an_empty_line_has_no_links() -> None:
    assert parse_line("\n") == Links(frozenset(), frozenset())


@given(
    st.sets(st.tuples(st.integers(0, 99), st.integers(0, 99))),
    st.sets(st.tuples(st.integers(0, 99), st.integers(0, 99))),
)
def test_what_is_formatted_reads_back_equal(
    sure: set[tuple[int, int]], possible: set[tuple[int, int]]
) -> None:
    links = Links(frozenset(sure), frozenset(sure | possible))
    assert parse_line(format_line(links)) == links
    assert parse_line(format_links(sure)).sure == sure


@pytest.mark.parametrize("item", ["0", "1-", "-1-2", "1–2", "a-b", "1-2-3", "１-2", "1=2"])
def test_anything_else_is_an_error_with_its_place(item: str) -> None:
    with pytest.raises(NmtError, match=r"gold.align:7: .*is not a word link"):
        parse_line(f"0-0 {item}", "gold.align:7")


def test_a_link_past_the_end_of_a_sentence_is_named() -> None:
    parse_line("1-2").check(2, 3, "gold:1")
    with pytest.raises(NmtError, match=r"gold:1: link 1-2 points outside 2 source and 2 target words"):
        parse_line("0-0 1?2").check(2, 2, "gold:1")


@pytest.mark.parametrize("name", ["gold.align", "gold.align.gz"])
def test_files_are_read_plain_and_gzipped_with_errors_by_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = b"\xef\xbb\xbf0-0 1?1\r\n\n2-2\nx\n"
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    lines = read_links(path)
    assert [next(lines).possible for _ in range(3)] == [{(0, 0), (1, 1)}, set(), {(2, 2)}]
    with pytest.raises(NmtError, match=rf"{name}:4: 'x'"):
        next(lines)


def test_a_missing_and_a_damaged_file_are_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(NmtError, match=r"nowhere.align: cannot be read: No such file"):
        list(read_links(tmp_path / "nowhere.align"))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"0-0\n" * 1000)[:20])
    with pytest.raises(NmtError, match=r"cut.gz: cannot be read"):
        list(read_links(tmp_path / "cut.gz"))
