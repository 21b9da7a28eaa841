"""Rows are timed by turns in one run, each on the same batches."""

import json
from types import SimpleNamespace

import torch
from study import results, speed
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


def test_rates_are_of_all_rounds_but_the_first(monkeypatch):
    now = 0.0
    taken = iter([7.0, 7.0, 1.0, 1.0, 3.0, 1.0])  # the first round warms up; b comes first in the second
    monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=lambda: now))

    def way(batch: Some) -> None:
        nonlocal now
        now += next(taken)

    rates = speed.by_turns({"a": way, "b": way}, [Some()] * 3, say=lambda line: None)
    assert rates == {"a": 5.0, "b": 10.0}  # 20 tokens in 1 + 3 and in 1 + 1 seconds


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
    assert card["rates"] == rates == results.read(tiny).rates["quickstart"]
    assert rates.keys() == {"additive", "none"}
    assert all(rate > 10 for rate in rates.values())
    assert (card["torch_threads"], card["rounds"]) == (1, 2)
    assert told[-1] == "quickstart: round 2 of 2"
    assert results.read(tiny).rates["europarl"] == {}
