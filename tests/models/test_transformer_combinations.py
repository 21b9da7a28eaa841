"""Every score with every window and every alignment in a Transformer's attentions: it works, or is refused by line.

What may stand everywhere stands everywhere at once; what is rewarded, in the attention to the source alone. What works
builds, trains two steps, in which every parameter learns, and translates. Positions, norms, activations, merges and
places of the norm take turns.
"""

import itertools
import random
from pathlib import Path

import pytest
import torch

from models.combinations import (
    ALIGNS,
    DRAWN_TWICE,
    SCORES,
    TRIPLES,
    UNTAUGHT,
    WINDOWS,
    Triple,
    line_of,
    refusal,
    train,
    translate,
)
from nmt.config.reader import read
from nmt.data.batch import Batch, collate
from nmt.models.build import build_model

TEMPLATE = """\
languages: {{source: en, target: de}}
data:
  train: {{source: train.en, target: train.de}}
  validation: {{source: valid.en, target: valid.de}}
  filters: {{max_length: 8}}
training: {{max_steps: 2}}
model:
  type: transformer
  d_model: 8
  ffn: 12
  encoder_layers: 1
  decoder_layers: 2
  dropout: 0.0
  heads: {heads}
  positions: {positions}
  norm: {norm}
  pre_norm: {pre_norm}
  activation: {activation}
  encoder_attention: {encoder}
  decoder_attention: {decoder}
  cross_attention: {cross}
"""
TURNS = {
    "heads": ["{count: 2}", "{count: 1}", "{count: 3, size: 4, merge: average}"],
    "positions": [
        "{type: sinusoidal}",
        "{type: learned, max_length: 9}",
        "{type: rotary}",
        "{type: relative, reach: 2}",
    ],
    "norm": ["layer", "rms"],
    "pre_norm": ["true", "false"],
    "activation": ["relu", "gelu", "silu", "glu", "geglu", "swiglu"],
}
PLAIN = "{}"
SIDES = ("encoder", "decoder")
REWARDED = {
    (score, window, align)
    for score, window, align in TRIPLES
    if window == "sampled" or align.startswith("reinforce")
}
NOWHERE = DRAWN_TWICE | UNTAUGHT
EVERYWHERE = TRIPLES - NOWHERE - REWARDED
IN_CROSS = (TRIPLES - NOWHERE) & REWARDED


def attending(triple: Triple) -> str:
    score, window, align = triple
    return f"{{score: {SCORES[score]}, window: {WINDOWS[window]}, align: {ALIGNS[align]}}}"


def around(triple: Triple) -> dict[str, str]:
    """What stands around the three; it takes turns."""
    draw = random.Random(" ".join(triple))
    return {key: draw.choice(options) for key, options in TURNS.items()}


def write(folder: Path, triple: Triple, sites: tuple[str, ...]) -> Path:
    """The configuration of a combination at these sites."""
    given = {site: attending(triple) if site in sites else PLAIN for site in (*SIDES, "cross")}
    path = folder / "c.yaml"
    path.write_text(TEMPLATE.format(**around(triple), **given), encoding="utf-8")
    return path


def idle(name: str, triple: Triple) -> bool:
    """Whether a parameter may learn nothing: a bias that all keys share moves no softmax; and where every place weighs
    alike nobody asks for the scores, nor for what they alone are made of, but a predicted centre for the query."""
    _, window, align = triple
    if name.endswith(".key.bias"):
        return True
    if align != "uniform" or window == "sampled":
        return False
    return any(part in name for part in (".score.", ".key.", ".relation.")) or (
        window != "local-p" and (".query." in name or ".around_cross.norm." in name)
    )


@pytest.fixture
def batch() -> Batch:
    sources = [[5, 6, 7, 9], [8, 9], [4, 11, 10, 5, 8], [7]]
    return collate(sources, [[5, 6], [7, 8, 9, 4], [10, 4, 11, 6], [9, 8, 4]])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("score", SCORES)
def test_what_is_not_refused_trains_and_translates(tmp_path, batch, score, window):
    for align in ALIGNS:
        triple = (score, window, align)
        if triple in NOWHERE:
            continue
        sites = ("encoder", "decoder", "cross") if triple in EVERYWHERE else ("cross",)
        experiment = read(write(tmp_path, triple, sites))
        torch.manual_seed(0)
        model = build_model(experiment.model, source_size=12, target_size=12, padding=0, weights=True)
        still = train(model, experiment, batch)
        assert {name for name in still if not idle(name, triple)} == set(), triple
        translate(model, batch)


def test_choices_that_no_word_rewards_are_refused_in_either_side(tmp_path):
    for triple, side in itertools.product(sorted(IN_CROSS), SIDES):
        problem = refusal(write(tmp_path, triple, (side,)))
        key = "window.centre.estimator" if triple[1] == "sampled" else "align.estimator"
        assert problem.startswith(f"c.yaml:{line_of(side, TEMPLATE)}:"), triple
        assert problem.endswith(
            f"model.{side}_attention.{key}.type: reinforce has no reward in {side}_attention: it serves many target "
            "words (estimator: straight_through or gumbel, or a window and align that draw nothing)"
        )


def test_what_no_attention_can_do_no_attention_of_a_transformer_can(tmp_path):
    assert (len(EVERYWHERE), len(IN_CROSS), len(NOWHERE)) == (248, 104, 48)
    for triple in sorted(NOWHERE):
        problem = refusal(write(tmp_path, triple, ("cross",)))
        assert problem.startswith(f"c.yaml:{line_of('cross', TEMPLATE)}:"), triple
        assert "model.cross_attention.window.centre.type: " in problem


def test_all_that_takes_turns_meets_every_score_window_and_alignment():
    for place, parts in enumerate((SCORES, WINDOWS, ALIGNS)):
        for part in parts:
            met = [around(triple) for triple in EVERYWHERE | IN_CROSS if triple[place] == part]
            for key, options in TURNS.items():
                assert {one[key] for one in met} == set(options), (part, key)
