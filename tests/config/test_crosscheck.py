"""Contradictions between keys that are each right."""

import pytest

from nmt.config.reader import read
from nmt.errors import ConfigErrors

CASES = {
    "model.attention={score: {type: dot}}": (
        "model.attention.score.type: dot needs equal widths: decoder state 512, annotations 1024 "
        "(two directions) (choose general or additive, or encoder_hidden: 256)"
    ),
    "model={bidirectional: false, encoder_hidden: 100, attention: {score: {type: dot}}}": (
        "model.attention.score.type: dot needs equal widths: decoder state 512, annotations 100 "
        "(one direction) (choose general or additive, or encoder_hidden: 512)"
    ),
    "model={initial_state: last, encoder_hidden: 100}": (
        "model.initial_state: last needs equal widths: decoder state 512, encoder's last 200 "
        "(choose bridge or zero, or another encoder_hidden)"
    ),
    "model={initial_state: last, encoder_hidden: 1024, bidirectional: false}": (
        "model.initial_state: last needs equal widths: decoder state 512, encoder's last 1024 "
        "(choose bridge or zero, or another encoder_hidden)"
    ),
    "model.tie=all tokenizer.joint=false": (
        "model.tie: all needs one joint vocabulary: tokenizer.joint is false (choose decoder or none)"
    ),
    "model.tie=all tokenizer={source: {}, target: {}}": (
        "model.tie: all needs one joint vocabulary: the tokenizer has a source and a target "
        "(choose decoder or none)"
    ),
    "evaluation.metrics=[chrf] training.best=bleu": (
        "training.best: bleu is not computed: evaluation.metrics is chrf "
        "(add bleu there, or choose chrf or loss)"
    ),
    "evaluation.metrics=[bleu] training.best=ter": (
        "training.best: ter is not computed: evaluation.metrics is bleu "
        "(add ter there, or choose bleu or loss)"
    ),
    "training.schedule={type: cosine, warmup: 10}": (
        "training.schedule.warmup: the warm-up lasts 10 steps, but the fall ends at step 10 "
        "(training.max_steps) (a shorter warmup)"
    ),
    "training.schedule={type: linear, warmup: 7, steps: 5}": (
        "training.schedule.warmup: the warm-up lasts 7 steps, but the fall ends at step 5 "
        "(schedule.steps) (a shorter warmup)"
    ),
    "training.schedule={type: inverse_sqrt, warmup: 8, decay: 0.25}": (
        "training.schedule.warmup: the warm-up lasts 8 steps, but the fall of decay begins after step 7 "
        "(training.max_steps) (a shorter warmup)"
    ),
    "training.schedule={type: inverse_sqrt, warmup: 6, decay: 0.5, steps: 10} training.max_steps=99": (
        "training.schedule.warmup: the warm-up lasts 6 steps, but the fall of decay begins after step 5 "
        "(schedule.steps) (a shorter warmup)"
    ),
    "training.schedule={type: inverse_sqrt, min_factor: 0.1}": (
        "training.schedule.min_factor: has no effect: decay is 0 (decay: 0.25, or remove it)"
    ),
    "training.schedule={type: inverse_sqrt, steps: 9}": (
        "training.schedule.steps: has no effect: decay is 0 (decay: 0.25, or remove it)"
    ),
    "training.r_drop=2.5 model.dropout=0": (
        "training.r_drop: compares two passes under other dropout, and the model has none "
        "(model.dropout: 0.2, or r_drop: null)"
    ),
    "training.optimizer={type: sgd, nesterov: true}": (
        "training.optimizer.nesterov: nesterov has no effect without momentum "
        "(momentum: 0.9, or nesterov: false)"
    ),
    "training.optimizer={type: adam, decay: matrices}": (
        "training.optimizer.decay: matrices has no effect: weight_decay is 0 (a weight_decay, or decay: all)"
    ),
    "evaluation.metrics=[bleu,chrf,bleu]": "evaluation.metrics: bleu is given twice",
    "tokenizer={byte_fallback: true, vocab_size: 260}": (
        "tokenizer.vocab_size: byte_fallback takes 260 of the 260 pieces "
        "(a larger vocab_size, or byte_fallback: false)"
    ),
    "tokenizer={source: {}, target: {byte_fallback: true, vocab_size: 99}}": (
        "tokenizer.target.vocab_size: byte_fallback takes 260 of the 99 pieces "
        "(a larger vocab_size, or byte_fallback: false)"
    ),
    "tokenizer.sampling={dropout: 0.1}": (
        "tokenizer.sampling: does not fit type unigram (unigram samples with {alpha: 0.5})"
    ),
    "tokenizer={source: {}, target: {type: bpe, sampling: {alpha: 0.2}}}": (
        "tokenizer.target.sampling: does not fit type bpe (bpe samples with {dropout: 0.1})"
    ),
    "tokenizer={type: word, sampling: {dropout: 0.1}}": (
        "tokenizer.sampling: does not fit type word (unigram and bpe can, others cannot: sampling: null)"
    ),
    "data.validation.weight=2": ("data.validation.weight: has no effect here (weights are of data.train)"),
    "data.test={a/b: {tsv: x}}": (
        "data.test.a/b: a test set's name is made of letters, digits, '.', '_' and '-'"
    ),
}


def split(settings: str) -> list[str]:
    """``a=[x] b=y`` as two overrides; a space begins a new one only before ``section.key=``."""
    parts: list[str] = []
    for word in settings.split(" "):
        if "=" in word:
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    return parts


@pytest.mark.parametrize("settings", CASES)
def test_a_contradiction_names_the_key_to_change_and_the_way_out(problems, small, settings):
    (problem,) = problems(small, split(settings))
    assert problem.startswith("--set ")
    assert problem.split(": ", 1)[1].endswith(CASES[settings])


@pytest.mark.parametrize(
    "settings",
    [
        "model.attention={score: {type: dot}} model.bidirectional=false",
        "model.attention={score: {type: dot}} model.encoder_hidden=256 model.initial_state=last",
        "model.attention={score: {type: general}}",
        "model.tie=all",
        "model.tie=decoder tokenizer.joint=false",
        "training.best=loss evaluation.metrics=[ter]",
        "training.best=ter evaluation.metrics=[bleu,ter]",
        "training.schedule={type: cosine, warmup: 9}",
        "training.schedule={type: inverse_sqrt, warmup: 5, decay: 0.5, min_factor: 0.1}",
        "training.optimizer={type: sgd, nesterov: true, momentum: 0.9, weight_decay: 0.1, decay: layers}",
        "training.r_drop=2.5",
        "training.r_drop=2.5 model.dropout=0 model.attention={align: {type: soft, dropout: 0.1}}",
        "tokenizer={byte_fallback: true, vocab_size: 261}",
        "data.test={2016_flickr.v-2: {tsv: x}, 测试: {tsv: x}}",
    ],
)
def test_what_fits_together_is_accepted(write, small, settings):
    read(write(small), split(settings))


def test_a_contradiction_is_placed_in_the_file_at_the_value(problems, small):
    assert problems(small + "evaluation:\n  metrics: [chrf, chrf]\n", ["training.best=loss"]) == [
        "c.yaml:8:12: evaluation.metrics: chrf is given twice"
    ]


def test_a_contradiction_with_a_default_is_placed_at_the_mapping_above(problems, small):
    (problem,) = problems(small + "evaluation: {metrics: [chrf]}\n")
    assert problem.startswith("c.yaml:6:11: training.best: bleu is not computed")


def test_what_is_reset_is_of_a_model(write, small):
    path = write(small)
    with pytest.raises(ConfigErrors) as caught:
        read(path, ["training.reset=[data]"])
    assert "training.reset: has no effect without training.init_from (remove it)" in caught.value.problems[0]
    kept = ["training.init_from=m", "training.reset=[data, best]", "training.schedule={type: plateau}"]
    with pytest.raises(ConfigErrors) as caught:
        read(path, kept)
    assert "plateau goes by the validations of this run alone" in caught.value.problems[0]
    read(path, ["training.init_from=m", "training.reset=[]"])
