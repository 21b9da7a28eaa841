"""A stream of lines to a stream of translations: in order, as soon as it can be, and counted."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nmt.decoding.translator import Translator
from nmt.stages.translate_torch import Tally, load, record, translate

LINES = ["I love music.", "", "The cat sleeps.", "We sleep.", "\t"]


@pytest.fixture(scope="module")
def translator(trained) -> Translator:
    return load(trained)


def test_lines_are_read_a_chunk_at_a_time_and_no_further(translator):
    read = []

    def source() -> Iterator[str]:
        for line in LINES:
            read.append(line)
            yield line

    found = translate(translator, source(), Tally(), chunk=2)
    for expected in (2, 2, 4, 4, 5):
        next(found)
        assert len(read) == expected


@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_chunks_change_nothing(chunk, translator):
    found = translate(translator, iter(LINES), Tally(), chunk=chunk)
    assert [best[0].text for best in found] == translator.translate(LINES)


def test_the_tally_counts_and_says_when_to_flush(translator):
    tally = Tally()
    due = [tally.due for _ in translate(translator, iter(LINES), tally, chunk=2)]
    assert due == [False, True, False, True, True]
    assert (tally.lines, tally.blank, tally.cropped) == (5, 2, [])
    assert tally.seconds > 0


def test_cropped_lines_are_named_by_their_number_in_the_whole_stream(trained):
    short = load(trained)
    short.options = replace(short.options, max_source=4)
    tally = Tally()
    lengths = [len(short.tokenizers.source.encode(line)) for line in LINES]
    list(translate(short, iter(LINES), tally, chunk=2))
    assert tally.cropped == [
        f"line {number}: the last {length - 4} pieces were not read: too long"
        for number, length in enumerate(lengths, start=1)
        if length > 4
    ]
    assert len(tally.cropped) > 1


def test_the_record_of_a_cropped_line_aligns_what_was_read(trained):
    short = load(trained)
    short.options = replace(short.options, max_source=2)
    (best,) = short.search([LINES[0]], weights=True)
    words = {source for source, _ in record(best, short)["alignment"]}
    assert words
    assert max(words) < 2


def test_without_weights_there_is_no_alignment(translator):
    (best,) = translator.search([LINES[0]], weights=False)
    assert record(best, translator)["alignment"] is None
