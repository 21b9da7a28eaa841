"""Whatever the attention, a model learns thirty pairs by heart, and says them through the whole program.

A decoder that looks at the wrong place, is a step late or forgets its state cannot: the pairs turn words round, and
share their beginnings. (One that looks nowhere can, here: its encoder is recurrent. That attention is what carries the
order is shown in ``tests/acceptance``.)
"""

import random
from pathlib import Path

import pytest

from nmt.decoding.translator import Translator
from nmt.stages.train import run
from nmt.training.events import Event, Validated
from nmt.training.validation import Validation

CONFIG = """\
languages: {source: en, target: de}
data:
  train: {source: pairs.en, target: pairs.de}
  validation: {source: pairs.en, target: pairs.de}
  filters: {max_length: 10}
tokenizer: {type: word, vocab_size: 40}
model: {type: rnn, embedding: 32, hidden: 48, dropout: 0.0}
training:
  batch_tokens: 400
  max_steps: 120
  validate_every: 120
  save_every: 120
  threads: 1
  precision: fp32
  label_smoothing: 0.0
  optimizer: {type: adam, lr: 1e-2}
  schedule: {type: inverse_sqrt, warmup: 20}
decoding: {beam: 3, max_length: {ratio: 1.0, offset: 5}}
"""
NARROW = "model.bidirectional=false"  # annotations as wide as the decoder's state
MECHANISMS: dict[str, tuple[str, ...]] = {
    "none": ("model.attention=none",),
    "none, lstm": ("model.attention=none", "model.cell=lstm"),
    "additive": (),
    "additive, lstm": ("model.cell=lstm",),
    "additive, bias and length": ("model.attention.score={type: additive, bias: true, normalised: true}",),
    "concat": ("model.attention.score={type: concat}",),
    "general": ("model.attention.score={type: general}",),
    "dot": ("model.attention.score={type: dot}", NARROW),
    "scaled_dot": ("model.attention.score={type: scaled_dot}", NARROW),
    "cosine": ("model.attention.score={type: cosine}", NARROW),
    "location": ("model.attention.score={type: location, max_source: 11}",),
    "local-m": ("model.attention.window={type: monotonic, size: 2}",),
    "local-p": ("model.attention.window={type: predictive, size: 2}",),
    "local-p, best": ("model.attention.window={type: predictive, size: 2, centre: {type: argmax}}",),
    "local-p, sampled": ("model.attention.window={type: predictive, size: 2, centre: {type: sampled}}",),
    "uniform": ("model.attention.align={type: uniform}",),
    "threshold": ("model.attention.align={type: threshold}",),
    "top_k": ("model.attention.align={type: top_k}",),
    "sparsemax": ("model.attention.align={type: sparsemax}",),
    "reinforce": ("model.attention.align={type: hard}",),
    "reinforce, sentence": (
        "model.attention.align={type: hard, estimator: {type: reinforce, reward: sentence}}",
    ),
    "reinforce alone": (
        "model.attention.align={type: hard, estimator: {type: reinforce, expected: 0.0, baseline: expectation}}",
    ),
    "straight_through": ("model.attention.align={type: hard, estimator: {type: straight_through}}",),
    "gumbel": ("model.attention.align={type: hard, estimator: {type: gumbel}}",),
    "luong": ("model.attention.fuse={type: luong}",),
    "luong, lstm": ("model.attention.fuse={type: luong}", "model.cell=lstm"),
    "luong without feeding": ("model.attention.fuse={type: luong, input_feeding: false}",),
    "gate": ("model.attention.fuse={type: gate}",),
    "sum": ("model.attention.fuse={type: sum}",),
    "heads": ("model.attention.heads={count: 4}",),
    "heads, averaged": ("model.attention.heads={count: 2, merge: average}",),
    "coverage": ("model.attention.coverage={}",),
    "coverage, luong without feeding": (
        "model.attention={coverage: {}, fuse: {type: luong, input_feeding: false}}",
    ),
    "lexicon": ("model.attention.lexicon={file: words.tsv}",),
    "layers": ("model.encoder_layers=2", "model.decoder_layers=2", "model.residual=true"),
    "luong, layers": (
        "model.attention.fuse={type: luong}",
        "model.encoder_layers=2",
        "model.decoder_layers=2",
        "model.residual=true",
    ),
    "layer normalisation": ("model.layer_norm=true",),
    "layer normalisation, lstm": ("model.layer_norm=true", "model.cell=lstm"),
}
ATTENDING = {  # what stands in the attentions of a Transformer that are named
    "local-m": ("{window: {type: monotonic, size: 3}}", ("encoder", "decoder")),
    "local-p": ("{window: {type: predictive, size: 3}}", ("encoder", "decoder", "cross")),
    "additive": ("{score: {type: additive, size: 16}}", ("encoder", "decoder", "cross")),
    "general": ("{score: {type: general}}", ("encoder", "decoder", "cross")),
    "cosine": ("{score: {type: cosine}}", ("encoder", "decoder", "cross")),
    "location": ("{score: {type: location, max_source: 11}}", ("encoder", "decoder", "cross")),
    "sparsemax": ("{align: {type: sparsemax}}", ("encoder", "decoder", "cross")),
    "straight-through": ("{align: {type: hard, estimator: {type: straight_through}}}", ("encoder",)),
    "reinforce": ("{align: {type: hard}}", ("cross",)),
}
TRANSFORMER = (
    "model={type: transformer, d_model: 32, ffn: 64, encoder_layers: 1, decoder_layers: 1, dropout: 0.0}",
    "training.optimizer.lr=5e-3",
)
MECHANISMS |= {
    "transformer": TRANSFORMER,
    "transformer, learned": (*TRANSFORMER, "model.positions={type: learned, max_length: 11}"),
    "transformer, rotary": (*TRANSFORMER, "model.positions={type: rotary}", "model.activation=swiglu"),
    "transformer, relative": (*TRANSFORMER, "model.positions={type: relative}", "model.norm=rms"),
    "transformer, post-norm": (*TRANSFORMER, "model.pre_norm=false", "model.tie=all"),
    "transformer, averaged heads": (*TRANSFORMER, "model.heads={count: 2, size: 32, merge: average}"),
    "transformer reads": (
        "model={type: mixed, encoder: {type: transformer, d_model: 32, ffn: 64, layers: 1, dropout: 0.0}, "
        "decoder: {type: rnn, embedding: 32, hidden: 48, dropout: 0.0}}",
    ),
    "transformer says": (
        "model={type: mixed, encoder: {type: rnn, embedding: 32, hidden: 32, dropout: 0.0}, "
        "decoder: {type: transformer, d_model: 32, ffn: 64, layers: 1, dropout: 0.0}}",
        TRANSFORMER[1],
    ),
} | {
    f"transformer, {name}": (*TRANSFORMER, *(f"model.{site}_attention={parts}" for site in sites))
    for name, (parts, sites) in ATTENDING.items()
}
STEPS = (120, 240, 480)
LOSS, BLEU = 0.05, 95
WORDS = {"red": "ROT"} | {word: word.upper() for word in "abcdefgh"}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    """A folder with thirty sentences of three to six words, and their words in reverse."""
    folder, generator = tmp_path_factory.mktemp("pairs"), random.Random(5)
    rows = [["red", *generator.choices("abcdefgh", k=generator.randint(3, 6))] for _ in range(30)]
    files = {
        "pairs.en": [" ".join(row) for row in rows],
        "pairs.de": [" ".join(WORDS[word] for word in reversed(row)) for row in rows],
        "words.tsv": ["\t".join(entry) for entry in WORDS.items()],
        "config.yaml": [CONFIG],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_it_is_learnt_by_heart(pairs, tmp_path, monkeypatch, mechanism):
    monkeypatch.chdir(pairs)
    sources, targets = (
        Path(f"pairs.{side}").read_text(encoding="utf-8").splitlines() for side in ("en", "de")
    )
    for steps in STEPS:  # what draws places may need more of them
        found = learn(tmp_path / "run", [*MECHANISMS[mechanism], f"training.max_steps={steps}"])
        said = Translator.load(tmp_path / "run").translate(sources)
        if found.loss < LOSS and found.scores["bleu"] > BLEU and said == targets:
            break
    assert found.loss < LOSS
    assert found.scores["bleu"] > BLEU
    assert said == targets


def learn(out: Path, changes: list[str]) -> Validation:
    """Trains, or goes on; what the last validation found."""
    told = list[Event]()
    run("config.yaml", changes, out=out, say=lambda _: None, listen=told.append)
    return next(event.validation for event in reversed(told) if isinstance(event, Validated))
