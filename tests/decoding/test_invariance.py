"""Same text whatever the batch: one at a time, together, in any order, to the last bit of every score."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nmt.config.attention import (
    Additive,
    Attention,
    BestCentre,
    Concat,
    Cosine,
    Coverage,
    Dot,
    Gate,
    General,
    Hard,
    Heads,
    Lexicon,
    Location,
    Luong,
    Monotonic,
    Predictive,
    ScaledDot,
    Sparsemax,
    StraightThrough,
    Sum,
    Threshold,
    TopK,
)
from nmt.config.mixed import MixedModel
from nmt.config.model import Model
from nmt.config.rnn import RnnDecoder, RnnEncoder, RnnModel
from nmt.config.transformer import (
    Attending,
    Learned,
    Relative,
    Rotary,
    TransformerDecoder,
    TransformerEncoder,
    TransformerModel,
)
from nmt.decoding.engine import Hypothesis, Options
from nmt.decoding.torch_engine import TorchEngine

VOCABULARY = 200
ATTENTIONS = {
    "additive": Attention(score=Additive(size=64)),
    "general": Attention(score=General()),
    "dot": Attention(score=Dot()),
}
MORE = {
    "normalised": Attention(score=Additive(size=50, bias=True, normalised=True)),
    "concat": Attention(score=Concat(size=50)),
    "scaled dot": Attention(score=ScaledDot()),
    "cosine": Attention(score=Cosine()),
    "location": Attention(score=Location(max_source=15)),
    "local-m": Attention(score=General(), window=Monotonic(size=2)),
    "local-p": Attention(score=General(), window=Predictive(size=2)),
    "local-p, best": Attention(score=General(), window=Predictive(size=2, centre=BestCentre())),
    "threshold": Attention(score=General(), align=Threshold()),
    "top-k": Attention(score=General(), align=TopK(k=3)),
    "sparsemax": Attention(score=General(), align=Sparsemax()),
    "hard": Attention(score=General(), align=Hard()),
    "heads": Attention(score=General(), heads=Heads(count=4)),
    "averaged heads": Attention(score=Additive(size=50), heads=Heads(count=3, size=10, merge="average")),
    "coverage": Attention(score=Additive(size=50), coverage=Coverage()),
    "lexicon": Attention(score=General(), lexicon=Lexicon(file="any")),
    "luong": Attention(score=General(), fuse=Luong()),
    "unfed": Attention(score=General(), fuse=Luong(input_feeding=False)),
    "gate": Attention(score=General(), fuse=Gate()),
    "sum": Attention(score=General(), fuse=Sum()),
}
CELLS: dict[str, dict[str, Any]] = {
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "normalised gru": {"cell": "gru", "layer_norm": True},
    "normalised lstm": {"cell": "lstm", "layer_norm": True},
}


def rnn(cell: str, attention: Attention, hidden: int) -> RnnModel:
    return RnnModel(
        **CELLS[cell],
        embedding=hidden,
        hidden=hidden,
        bidirectional=not isinstance(attention.score, Dot | ScaledDot | Cosine),
        attention=attention,
    )


ODD: dict[str, Any] = {"d_model": 50, "ffn": 77, "heads": Heads(count=5)}  # nothing fills its lines


def transformer(**changes: Any) -> TransformerModel:
    return TransformerModel(**{**ODD, "encoder_layers": 1, "decoder_layers": 1, **changes})


def everywhere(**parts: Any) -> TransformerModel:
    """The same parts in all three attentions."""
    return transformer(**{f"{one}_attention": Attending(**parts) for one in ("encoder", "decoder", "cross")})


PAIRED = (  # every two of cell, attention and width meet
    ("gru", "additive", 64), ("gru", "general", 50), ("gru", "dot", 50),
    ("lstm", "additive", 50), ("lstm", "general", 64), ("lstm", "dot", 64),
    ("normalised gru", "additive", 50), ("normalised lstm", "additive", 64),
)  # fmt: skip
KINDS: dict[str, Model] = {
    f"{cell} {attention} {hidden}": rnn(cell, ATTENTIONS[attention], hidden)
    for cell, attention, hidden in PAIRED
} | {
    "transformer 64": transformer(d_model=64, ffn=128, heads=Heads(count=4)),
    "transformer 50": transformer(),
}
OTHERS: dict[str, Model] = {attention: rnn("gru", MORE[attention], 50) for attention in MORE} | {
    "relative": transformer(positions=Relative(reach=3)),
    "swiglu": transformer(activation="swiglu", positions=Rotary(), norm="rms"),
    "post-norm": transformer(pre_norm=False, activation="gelu"),
    "learned": transformer(positions=Learned(max_length=31), activation="glu"),
    "rotary": transformer(positions=Rotary(), activation="geglu", tie="decoder"),
    "one head": transformer(heads=Heads(count=1), activation="silu"),
    "narrow averaged heads": transformer(heads=Heads(count=3, size=10, merge="average")),
    "wide averaged heads": transformer(heads=Heads(count=3, size=50, merge="average")),
    "additive everywhere": everywhere(score=Additive(size=7)),
    "concat everywhere": everywhere(score=Concat(size=13)),
    "general everywhere": everywhere(score=General()),
    "cosine everywhere": everywhere(score=Cosine()),
    "location everywhere": everywhere(score=Location(max_source=31)),
    "local-m everywhere": everywhere(window=Monotonic(size=2)),
    "local-p everywhere": everywhere(window=Predictive(size=2)),
    "local-p, best everywhere": everywhere(window=Predictive(size=2, centre=BestCentre())),
    "sparsemax everywhere": everywhere(align=Sparsemax()),
    "threshold everywhere": everywhere(align=Threshold()),
    "top-k everywhere": everywhere(align=TopK(k=3)),
    "hard everywhere": everywhere(align=Hard(estimator=StraightThrough())),
    "transformer reads": MixedModel(
        encoder=TransformerEncoder(**ODD, layers=1),
        decoder=RnnDecoder(embedding=50, hidden=50, attention=Attention(score=Additive(size=50))),
    ),
    "transformer says": MixedModel(
        encoder=RnnEncoder(embedding=50, hidden=37), decoder=TransformerDecoder(**ODD, layers=1)
    ),
}
ENDLESS = ("heads", "transformer reads", "transformer says")  # which never end by themselves
FREELY = {"deadline": None, "phases": (Phase.reuse, Phase.generate)}  # shrinking takes minutes
LONGEST = 14

Told = tuple[tuple[int, ...], float, tuple[float, ...], bytes]


@pytest.fixture(scope="module")
def engine_of(make) -> Callable[..., TorchEngine]:
    @cache
    def made(kind: str, workers: int = 1) -> TorchEngine:
        config = (KINDS | OTHERS)[kind]
        scale, end = (2.0, 5.0) if isinstance(config, TransformerModel) else (3.0, 7.5)
        model = make(config, vocabulary=VOCABULARY, scale=scale, end=end)
        if model.decoder.lexicon is not None:
            torch.manual_seed(1)
            table = torch.randint(VOCABULARY, model.decoder.lexicon.targets.shape)
            model.decoder.lexicon.fill(table, torch.rand(table.shape))
        return TorchEngine(model, workers=workers)

    return made


def told(found: list[list[Hypothesis]]) -> list[list[Told]]:
    """Everything an engine says, in a form that ``==`` compares to the last bit."""
    return [
        [
            (one.ids, one.score, one.token_scores, b"" if one.weights is None else one.weights.tobytes())
            for one in hypotheses
        ]
        for hypotheses in found
    ]


@st.composite
def corpora(draw: st.DrawFn, most: int) -> list[list[int]]:
    """Up to ``most`` sentences of few lengths, so that many share a batch: at most about 2,000 tokens in all."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 9999)))
    lengths = draw(st.lists(st.integers(1, LONGEST), min_size=1, max_size=3))
    count = draw(st.sampled_from([count for count in (2, 5, 17, 60, 150) if count <= most]))
    return [
        torch.randint(4, VOCABULARY, (lengths[n % len(lengths)],), generator=generator).tolist()
        for n in range(count)
    ]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=5, **FREELY)
def test_neither_company_nor_order_changes_a_bit(engine_of, kind, data):
    same_in_any_company(engine_of(kind), data, most=150)


@pytest.mark.parametrize("kind", OTHERS)
@given(data=st.data())
@settings(max_examples=2, **FREELY)
def test_nor_in_any_other_kind(engine_of, kind, data):
    same_in_any_company(engine_of(kind), data, most=60)


def same_in_any_company(engine: TorchEngine, data: st.DataObject, *, most: int) -> None:
    sentences = data.draw(corpora(most))
    beam = data.draw(st.sampled_from([1, 2, 5]), "beam")
    options = Options(
        beam=beam,
        nbest=data.draw(st.sampled_from([1, beam]), "nbest"),
        max_ratio=1.0,
        max_offset=3,
        batch_tokens=4000,
        weights=data.draw(st.booleans(), "weights"),
    )
    together = told(engine.translate(sentences, options))

    some = data.draw(st.lists(st.integers(0, len(sentences) - 1), min_size=1, max_size=5), "alone")
    for row in some:
        assert told(engine.translate([sentences[row]], options)) == [together[row]]

    order = data.draw(st.permutations(range(len(sentences))), "order")
    sizes = [50, 333, 4000, *([1] if len(sentences) <= 17 else [])]  # 1: a search a sentence
    smaller = replace(options, batch_tokens=data.draw(st.sampled_from(sizes), "batch_tokens"))
    shuffled = told(engine.translate([sentences[row] for row in order], smaller))
    assert shuffled == [together[row] for row in order]


@pytest.mark.parametrize("kind", KINDS | OTHERS)
def test_neither_changes_a_bit_of_what_is_forced(engine_of, kind):
    engine = engine_of(kind)
    generator = torch.Generator().manual_seed(1)
    sources, targets = (
        [torch.randint(4, VOCABULARY, (length,), generator=generator).tolist() for length in lengths]
        for lengths in ([5, 9] * 40, [3, 4, 5, 6] * 20)
    )
    together = told([engine.force(sources, targets)])[0]
    assert told([engine.force(sources[::-1], targets[::-1])])[0] == together[::-1]
    for row in (0, 1, 38, 79):
        assert told([engine.force([sources[row]], [targets[row]])])[0] == [together[row]]


def test_neither_does_the_number_of_workers(engine_of):
    generator = torch.Generator().manual_seed(2)
    sentences = [
        torch.randint(4, VOCABULARY, (1 + n % LONGEST,), generator=generator).tolist() for n in range(90)
    ]
    options = Options(beam=3, max_ratio=1.0, max_offset=3, batch_tokens=100)
    one, three = (
        engine_of("gru additive 64", workers=workers).translate(sentences, options) for workers in (1, 3)
    )
    assert told(one) == told(three)


def test_the_translations_that_are_compared_differ_among_themselves(engine_of):
    """Else the laws above would say little."""
    for kind in KINDS | OTHERS:
        generator = torch.Generator().manual_seed(3)
        sentences = torch.randint(4, VOCABULARY, (60, 9), generator=generator).tolist()
        found = engine_of(kind).translate(sentences, Options(beam=2, max_ratio=1.0, max_offset=3))
        assert len({one.ids for (one,) in found}) >= 10
        assert len({len(one.ids) for (one,) in found}) >= 4 or kind in ENDLESS
        assert len({one.score for (one,) in found}) > 55
