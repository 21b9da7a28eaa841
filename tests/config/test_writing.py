"""What is written reads back equal."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nmt.config.attention import Additive, Attention, Dot, General, Soft, Uniform
from nmt.config.data import Corpus, Data, Files, Hub, Jsonl, Parquet, Tsv
from nmt.config.decoding import Decoding, Gnmt, MaxLength, NoPenalty
from nmt.config.document import parse
from nmt.config.experiment import Experiment
from nmt.config.initialisation import DefaultInit, UniformInit
from nmt.config.languages import Languages
from nmt.config.optimizer import Adafactor, Adagrad, Adam, AdamW, Sgd
from nmt.config.reader import dump, read
from nmt.config.rnn import RnnModel
from nmt.config.schedule import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    Luong,
    Noam,
    Plateau,
)
from nmt.config.section import Section
from nmt.config.tokenizer import BpeDropout, Sided, SideTokenizer, Tokenizer, UnigramSampling
from nmt.config.training import EarlyStopping, Training
from nmt.config.writing import render, scalar

probability = st.floats(0, 1, exclude_max=True)
positive = st.floats(0, exclude_min=True, allow_infinity=False)
count = st.integers(1, 10**9)
name = st.text(min_size=1, max_size=12)
corpus: st.SearchStrategy[Corpus] = st.one_of(
    st.builds(Files, source=name, target=name, first=st.none() | count),
    st.builds(Tsv, tsv=name),
    st.builds(Jsonl, jsonl=name, source=name),
    st.builds(Parquet, parquet=name, target=name),
    st.builds(Hub, hub=name, config=st.none() | name),
)
weighted = st.builds(Tsv, tsv=name, weight=st.floats(0.1, 10)) | st.builds(
    Jsonl, jsonl=name, weight=st.just(2)
)
size = st.integers(300, 10**6)
side = st.one_of(
    st.builds(SideTokenizer, type=st.sampled_from(["bpe", "char"]), vocab_size=size),
    st.builds(SideTokenizer, type=st.just("bpe"), vocab_size=size, sampling=st.just(BpeDropout())),
    st.builds(SideTokenizer, vocab_size=size, sampling=st.builds(UnigramSampling, alpha=probability)),
)
adam = {"lr": positive, "betas": st.tuples(probability, probability), "eps": positive}

experiments = st.builds(
    Experiment,
    languages=st.builds(Languages, source=st.sampled_from(["no", "en", "zh-CN"]), target=st.just("zho_Hans")),
    data=st.builds(
        Data,
        train=corpus | st.lists(corpus | weighted, min_size=1, max_size=3).map(tuple),
        validation=corpus,
        test=st.dictionaries(st.sampled_from(["null", "2016", "1e3", "a.b", "测试"]), corpus),
    ),
    tokenizer=st.one_of(
        st.builds(Tokenizer, joint=st.just(True)), st.builds(Sided, source=side, target=side)
    ),
    model=st.builds(
        RnnModel,
        hidden=count,
        bidirectional=st.just(False),
        tie=st.sampled_from(["none", "decoder"]),
        init=st.one_of(st.just(DefaultInit()), st.builds(UniformInit, scale=positive)),
        attention=st.one_of(
            st.just("none"),
            st.builds(
                Attention,
                score=st.one_of(st.builds(Additive, size=count), st.just(General()), st.just(Dot())),
                align=st.one_of(st.builds(Soft, dropout=probability), st.just(Uniform())),
            ),
        ),
    ),
    training=st.builds(
        Training,
        max_steps=count,
        max_seconds=st.none() | positive,
        seed=st.integers(0, 2**63 - 1),
        freeze=st.lists(name).map(tuple),
        optimizer=st.one_of(
            st.builds(Adam, **adam),
            st.builds(AdamW, **adam),
            st.builds(Sgd, momentum=probability),
            st.builds(Adagrad, lr=positive),
            st.builds(Adafactor, lr=positive),
        ),
        schedule=st.one_of(
            st.just(Constant()),
            st.builds(Noam, warmup=count),
            st.just(InverseSqrt()),
            st.builds(InverseSqrt, warmup=st.just(1), decay=st.just(0.25), steps=st.integers(2)),
            st.builds(Cosine, steps=st.none() | count),
            st.builds(Linear, min_factor=probability),
            st.builds(Exponential, every=count),
            st.builds(Luong, start=count, every=count),
            st.builds(Plateau, patience=count),
        ),
        best=st.just("loss"),
        early_stopping=st.none() | st.builds(EarlyStopping, patience=count),
    ),
    decoding=st.builds(
        Decoding,
        length_penalty=st.one_of(st.builds(Gnmt, alpha=positive), st.just(NoPenalty())),
        max_length=st.builds(MaxLength, offset=count),
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(experiment=experiments, comments=st.booleans())
def test_every_experiment_reads_back_equal(tmp_path: Path, experiment: Experiment, comments: bool):
    path = tmp_path / "c.yaml"
    path.write_text(render(experiment, comments=comments), encoding="utf-8")
    assert read(path) == experiment


@given(
    st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans() | st.none()
)
def test_every_scalar_reads_back_equal_in_value_and_type(value):
    plain = parse(f"a: {scalar(value)}\n", "f")[0].plain()["a"]
    assert (plain, type(plain)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "null",
        "~",
        "true",
        "1e-3",
        "12",
        "a: b",
        "#x",
        "- a",
        "*a",
        "<<",
        "=",
        "é\u2028\x85",
        "\U0001f600",
    ],
)
def test_text_that_reads_as_something_else_is_quoted(text):
    assert scalar(text).startswith('"')
    assert parse(f"a: {scalar(text)}\n", "f")[0].plain() == {"a": text}


@pytest.mark.parametrize("text", ["en", "data/train.en", "no", "zh-CN", "corpora/a_b/train.en.gz"])
def test_ordinary_text_stays_bare(text):
    assert scalar(text) == text


def test_every_key_is_written_in_schema_order(write, small):
    lines = dump(read(write(small))).splitlines()
    sections = [line.rstrip(":") for line in lines if not line.startswith(" ")]
    assert sections == list(Experiment.model_fields)
    assert "  hidden: 512" in lines
    assert "    betas: [0.9, 0.999]" in lines


def test_a_section_is_written_whole(write, small):
    text = dump(read(write(small)))

    def keys(section: Section) -> int:
        values = [getattr(section, key) for key in type(section).model_fields]
        return len(values) + sum(keys(value) for value in values if isinstance(value, Section))

    experiment = read(write(small))
    assert len(text.splitlines()) == keys(experiment)
