"""Every cell with every attention learns thirty pairs by heart, and says them through the whole program.

A decoder that looks at the wrong place, is a step late or forgets its state cannot: the pairs turn words round, and
share their beginnings.
"""

import random
from pathlib import Path

import pytest

from nmt.decoding.translator import Translator
from nmt.stages.train import run

CONFIG = """\
languages: {{source: en, target: de}}
data:
  train: {{source: {folder}/pairs.en, target: {folder}/pairs.de}}
  validation: {{source: {folder}/pairs.en, target: {folder}/pairs.de}}
tokenizer: {{type: word, vocab_size: 40}}
model: {{type: rnn, embedding: 32, hidden: 48, dropout: 0.0}}
training:
  batch_tokens: 400
  max_steps: 500
  validate_every: 20
  save_every: 1000
  threads: 1
  precision: fp32
  label_smoothing: 0.0
  optimizer: {{type: adam, lr: 1e-2}}
  schedule: {{type: inverse_sqrt, warmup: 20}}
  best: bleu
  early_stopping: {{patience: 8}}
decoding: {{beam: 3, max_length: {{ratio: 1.0, offset: 5}}}}
"""
ATTENTIONS = {
    "additive": ("model.attention={score: {type: additive, size: 32}}",),
    "general": ("model.attention={score: {type: general}}",),
    "dot": ("model.attention={score: {type: dot}}", "model.bidirectional=false"),  # as wide as the decoder
    "none": ("model.attention=none",),
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    """Thirty sentences of three to six words, and their words in reverse."""
    folder, generator = tmp_path_factory.mktemp("pairs"), random.Random(5)
    rows = [generator.choices("abcdefgh", k=generator.randint(3, 6)) for _ in range(30)]
    source = ["red " + " ".join(row) for row in rows]
    target = [" ".join(word.upper() for word in reversed(row)) + " ROT" for row in rows]
    (folder / "pairs.en").write_text("\n".join(source) + "\n", encoding="utf-8")
    (folder / "pairs.de").write_text("\n".join(target) + "\n", encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    return folder


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_it_is_learnt_by_heart(pairs, tmp_path, cell, attention):
    overrides = [f"model.cell={cell}", *ATTENTIONS[attention]]
    run(pairs / "config.yaml", overrides, out=tmp_path / "run", say=lambda _: None, listen=lambda _: None)
    sources, targets = (
        (pairs / f"pairs.{side}").read_text(encoding="utf-8").splitlines() for side in ("en", "de")
    )
    assert Translator.load(tmp_path / "run").translate(sources) == targets
