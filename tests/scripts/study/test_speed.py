"""Rows are timed by turns in one run, each on the same batches."""

import json
import time

import pytest
import torch
from study import speed
from study.rows import CORPORA, Places


class Some:
    """A batch of ten target tokens."""

    tokens = 10


def test_every_way_takes_every_batch_and_each_comes_first_in_turn():
    taken: list[tuple[str, int]] = []
    batches = [Some() for _ in range(4)]
    ways = {name: lambda batch, name=name: taken.append((name, batches.index(batch))) for name in ("a", "b")}
    speed.by_turns(ways, batches, say=lambda line: None)
    assert taken == [("a", 0), ("b", 0), ("b", 1), ("a", 1), ("a", 2), ("b", 2), ("b", 3), ("a", 3)]


def test_rates_are_of_all_rounds_but_the_first():
    slept = iter([0.2, 0.2, 0.02, 0.02, 0.06, 0.02])  # the first round warms up; b comes first in the second
    ways = {name: lambda batch: time.sleep(next(slept)) for name in ("a", "b")}
    rates = speed.by_turns(ways, [Some()] * 3, say=lambda line: None)
    assert rates["b"] / rates["a"] == pytest.approx(2.0, rel=0.15)
    assert rates["b"] == pytest.approx(20 / 0.04, rel=0.15)


def test_a_corpus_leaves_one_card_with_the_rates_of_all_its_rows(tiny: Places, monkeypatch):
    monkeypatch.setitem(
        CORPORA, "quickstart", CORPORA["quickstart"].__class__("", "test", ("additive", "none"))
    )
    threads, told = torch.get_num_threads(), []
    try:
        rates = speed.measure(tiny, "quickstart", rounds=2, threads=1, say=told.append)
    finally:
        torch.set_num_threads(threads)
    card = json.loads(tiny.speed("quickstart").read_text(encoding="utf-8"))
    assert card["rates"] == rates == speed.read(tiny, "quickstart")
    assert rates.keys() == {"additive", "none"}
    assert all(rate > 10 for rate in rates.values())
    assert (card["torch_threads"], card["rounds"]) == (1, 2)
    assert told[-1] == "quickstart: round 2 of 2"
    assert speed.read(tiny, "europarl") == {}
