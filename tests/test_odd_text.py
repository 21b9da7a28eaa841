"""Text that is odd but not wrong: it is read by the rules, and what was odd is counted in the log."""

from pathlib import Path

import pytest

MEGABYTE = 1_000_000


def lines(name: str) -> list[bytes]:
    return Path(name).read_bytes().split(b"\n")


@pytest.fixture
def odd(there: Path) -> Path:
    """The small corpus with one oddity of each kind and two of some; returns the folder."""
    source, target = lines("train.en"), lines("train.zh")
    source[0] = b"\xef\xbb\xbf" + source[0] + b"\r"
    source[1] += b"\r"
    source[2] = source[2].replace(b" ", "\u2028".encode(), 1)
    source[3] = source[3].replace(b" ", b" \0", 1)
    source[4] = b"word " * (MEGABYTE // 5)
    source[5] = b""
    target[6] = "\u3000".encode()
    Path("train.en").write_bytes(b"\n".join(source[:300]))
    Path("train.zh").write_bytes(b"\n".join(target[:300]) + b"\n")
    return there


def excerpt(line: int) -> str:
    """What the log shows of a source line."""
    text = lines("train.en")[line].decode()
    return text if len(text) <= 30 else text[:30] + "..."


def test_a_training_counts_what_is_odd_in_its_log_and_leaves_out_what_is_no_pair(odd, command):
    done = command("train", "tiny.yaml", "--out", "run")
    assert done.code == 0, done.err
    counted = [
        "297 of 300 pairs kept (dropped: 2 with a blank side, 1 over max_length)",
        f"dropped with a blank side: train.en:6 '{lines('train.zh')[5].decode()}', train.en:7 {excerpt(6)!r}",
        f"dropped over max_length: train.en:5 {'word ' * 6 + '...'!r}",
        "train.en: a byte order mark, 2 lines with CRLF, 1 line with U+2028, U+2029 or U+0085, 1 line with NUL, "
        "1 line over 10,000 characters, no final newline",
    ]
    assert Path("run/train.log").read_text(encoding="utf-8").split("\n")[1:5] == counted
    assert done.err.split("\n")[1:5] == counted


def test_an_ordinary_corpus_has_nothing_to_tell(trained):
    log = (trained / "train.log").read_text(encoding="utf-8")
    assert "300 of 300 pairs kept\n" in log
    assert "lines with" not in log
    assert "final newline" not in log


def test_odd_lines_are_translated_like_the_plain_ones_that_they_stand_for(trained, command):
    plain = command("translate", trained, stdin="I love music.\nWe sleep.\nHe reads a book.\n")
    odd = b"\xef\xbb\xbfI love music.\r\nWe\xe2\x80\xa8sleep.\r\nHe \0reads a\tbook."
    assert command("translate", trained, stdin=odd).out == plain.out
    assert plain.out.count("\n") == 3


def test_an_over_long_line_is_cropped_and_its_number_said(trained, command):
    given = "I love music.\n" + "a " * (MEGABYTE // 2) + "\nWe sleep.\n"
    done = command("translate", trained, "--quiet", stdin=given)
    alone = command("translate", trained, stdin="I love music.\nWe sleep.\n").out.split("\n")
    got = done.out.split("\n")
    assert [got[0], *got[2:]] == alone
    (notice,) = done.err.splitlines()
    assert notice.startswith("notice: line 2: the last 4")
    assert notice.endswith(" pieces were not read: too long")


def test_an_over_long_line_of_a_test_set_is_said_too(there, trained, command):
    Path("long.en").write_text("I love music.\n" + "a " * 3000 + "\n", encoding="utf-8")
    Path("long.zh").write_text("我爱音乐。\n一\n", encoding="utf-8")
    done = command("evaluate", trained, "--source", "long.en", "--reference", "long.zh")
    assert done.code == 0
    assert "notice: line 2: the last " in done.err
    assert "notice: line 1" not in done.err
