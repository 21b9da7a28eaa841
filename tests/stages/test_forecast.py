"""The table of a dry run, from figures that were made up."""

from dataclasses import replace
from pathlib import Path

import pytest

from nmt.stages.forecast import Forecast, duration, size

MADE_UP = Forecast(
    model="rnn, en to de",
    parameters={"encoder.layers": 1_000_000, "projection": 6_000},
    source_pieces=6000,
    target_pieces=5000,
    pairs=29_000,
    sampled=29_000,
    kept=28_998,
    dropped="2 over max_ratio",
    batch_tokens=2048,
    automatic=False,
    largest=(34, 54, 59),
    memory=1.1e9,
    memory_per_row=1e7,
    free_memory=2e9,
    steps_per_epoch=259,
    seconds_per_step=0.5,
    max_steps=6500,
    max_seconds=None,
    validate_every=400,
    checkpoint=100_000_000,
    checkpoints=4,
    disk=450e6,
    free_disk=78_000_000_000,
    precision="bf16",
    threads=2,
    run=Path("runs/x"),
    step=None,
    elapsed=0.0,
)


def test_the_table_says_everything_once():
    assert MADE_UP.text() == (
        "model       rnn, en to de\n"
        "parameters      1,006,000\n"
        "                1,000,000  encoder.layers\n"
        "                    6,000  projection\n"
        "pieces      6,000 source, 5,000 target\n"
        "pairs       28,998 of 29,000 kept (dropped: 2 over max_ratio)\n"
        "batches     2,048 tokens, 259 steps an epoch; "
        "the largest 34 pairs of 54 source and 59 target pieces\n"
        "memory      1.1 GB at the largest batch, 760 MB and 10 MB a pair; 2 GB free\n"
        "time        0.5 s a step, 6,500 steps to max_steps (25.1 epochs): 54 min, with 17 validations beside\n"
        "disk        450 MB with 4 checkpoints of 100 MB; 78 GB free\n"
        "machine     bf16 on 2 threads\n"
        "run         runs/x: new\n"
    )


@pytest.mark.parametrize(
    ("changes", "steps", "line"),
    [
        ({"max_seconds": 60.0}, 120, "0.5 s a step, at most 120 steps to max_seconds (0.5 epochs): 60 s"),
        ({"max_seconds": 60.0, "step": 40, "elapsed": 50.0}, 20, "at most 20 steps to max_seconds"),
        ({"step": 6500}, 0, "0 steps to max_steps (0.0 epochs): 0 s"),
        ({"step": 6500, "max_seconds": 60.0, "elapsed": 99.0}, 0, "0 steps to max_steps"),
        ({"batch_tokens": 512, "automatic": True}, 6500, "512 tokens (auto), 259 steps"),
        ({"free_memory": 1e9}, 6500, "1 GB free: NOT ENOUGH, a smaller training.batch_tokens\n"),
        (
            {"memory": None, "memory_per_row": None},
            6500,
            "memory      not measured: this system does not tell\n",
        ),
        ({"free_disk": 400_000_000}, 6500, "400 MB free: NOT ENOUGH\n"),
        ({"sampled": 1000, "kept": 999}, 6500, "estimated from 1,000 of 29,000: 999 of 1,000 kept"),
        ({"threads": 1}, 6500, "bf16 on 1 thread\n"),
    ],
)
def test_what_is_special_is_said(changes, steps, line):
    forecast = replace(MADE_UP, **changes)
    assert forecast.steps_left == steps
    assert line in forecast.text()


def test_sizes_and_times_are_written_for_people():
    assert [size(count) for count in (999, 12_345, 24_400_000, 1.2e9, 3e12)] == [
        "0.999 kB",
        "12.3 kB",
        "24.4 MB",
        "1.2 GB",
        "3 TB",
    ]
    assert [duration(seconds) for seconds in (0.4, 119, 125, 7100, 7500)] == [
        "0 s",
        "119 s",
        "2 min",
        "118 min",
        "2 h 5 min",
    ]
