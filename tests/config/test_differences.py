"""Which changes a resumed run refuses."""

import pytest

from nmt.config.differences import identity_differences
from nmt.config.reader import read

IDENTITY = {
    "languages.source=fr": ["languages.source: en -> fr"],
    "data.train.source=x": ["data.train.source: train.en -> x"],
    "data.train={tsv: x}": ["data.train: {source, target} -> {tsv}"],
    "data.train.weight=2": ["data.train.weight: 1.0 -> 2.0"],
    "data.train={jsonl: x, source: en}": ["data.train: {source, target} -> {jsonl}"],
    "data.train=[{tsv: x}, {tsv: y}]": ["data.train: {source, target} -> [{tsv}, {tsv}]"],
    "data.filters.max_length=3": ["data.filters.max_length: 128 -> 3"],
    "tokenizer.vocab_size=300": ["tokenizer.vocab_size: 8000 -> 300"],
    "tokenizer={source: {}, target: {}}": ["tokenizer: unigram -> {source, target}"],
    "model.hidden=256": ["model.hidden: 512 -> 256"],
    "model.attention=none": [
        "model.attention: {score, window, align, fuse, heads, lexicon, coverage} -> none"
    ],
    "model.attention.score.type=general": ["model.attention.score.type: additive -> general"],
    "model.attention.score.size=3": ["model.attention.score.size: 512 -> 3"],
    "training.seed=2": ["training.seed: 1 -> 2"],
    "training.precision=fp32": ["training.precision: auto -> fp32"],
    "training.r_drop=2.5": ["training.r_drop: null -> 2.5"],
    "training.optimizer.betas=[0.9, 0.98]": ["training.optimizer.betas: [0.9, 0.999] -> [0.9, 0.98]"],
    "training.optimizer.type=adam": ["training.optimizer.type: adamw -> adam"],
    "training.freeze=[encoder.*]": ['training.freeze: [] -> ["encoder.*"]'],
    "training.schedule={type: noam, warmup: 3}": ["training.schedule.type: constant -> noam"],
}

FREE = [
    "data.validation={tsv: x}", "data.test={a: {tsv: x}}", "training.max_steps=99", "training.max_seconds=3",
    "training.validate_every=3", "training.save_every=3", "training.log_every=3", "training.keep_last=3",
    "training.threads=3", "training.early_stopping={patience: 3}", "decoding.beam=1",
    "decoding.length_penalty={type: none}", "evaluation.metrics=[ter, bleu]",
]  # fmt: skip


@pytest.mark.parametrize("override", IDENTITY)
def test_an_identity_key_is_named_with_both_values(write, small, override):
    path = write(small)
    assert identity_differences(read(path), read(path, [override])) == IDENTITY[override]


@pytest.mark.parametrize("schedule", ["cosine", "linear", "inverse_sqrt, warmup: 2, decay: 0.5"])
def test_the_last_step_makes_the_experiment_where_the_rate_falls_towards_it(write, small, schedule):
    path, change = write(small), "training.max_steps=99"
    for steps, expected in (("null", ["training.max_steps: 10 -> 99"]), ("50", [])):
        given = f"training.schedule={{type: {schedule}, steps: {steps}}}"
        assert identity_differences(read(path, [given]), read(path, [given, change])) == expected


def test_the_last_step_is_free_where_an_inverse_root_falls_for_ever(write, small):
    path, given = write(small), "training.schedule={type: inverse_sqrt, warmup: 2}"
    assert identity_differences(read(path, [given]), read(path, [given, "training.max_steps=99"])) == []


def test_what_a_plateau_goes_by_makes_the_experiment(write, small):
    path, given = write(small), "training.schedule={type: plateau}"
    changes = ["training.validate_every=7", "training.max_steps=99"]
    assert identity_differences(read(path, [given]), read(path, [given, *changes])) == [
        "training.validate_every: 500 -> 7"
    ]
    assert identity_differences(read(path), read(path, changes)) == []


def test_corpora_of_a_list_are_compared_one_by_one(write, small):
    path = write(small)
    old = read(path, ["data.train=[{tsv: x}, {tsv: y}]"])
    new = read(path, ["data.train=[{tsv: x}, {tsv: y, weight: 0.5}]"])
    assert identity_differences(old, new) == ["data.train[1].weight: 1.0 -> 0.5"]


@pytest.mark.parametrize("override", FREE)
def test_a_free_key_makes_no_difference(write, small, override):
    path = write(small)
    assert read(path) != read(path, [override])
    assert identity_differences(read(path), read(path, [override])) == []


def test_all_differences_are_listed_in_schema_order(write, small):
    path = write(small)
    changed = read(path, ["training.seed=3", "model.hidden=8", "languages.target=fr", "decoding.beam=2"])
    assert [line.split(":")[0] for line in identity_differences(read(path), changed)] == [
        "languages.target", "model.hidden", "training.seed",
    ]  # fmt: skip
