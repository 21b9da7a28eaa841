"""What means nothing in a Transformer or in a mixed model is refused at its place, with the reason and the way out."""

import pytest

from nmt.config.reader import read

TEXT = """\
languages: {source: en, target: de}
data:
  train: {source: train.en, target: train.de}
  validation: {source: valid.en, target: valid.de}
  filters: {max_length: 100}
training: {max_steps: 10}
model:
"""
REFUSED = {  # the model, line by line from line 8, and the one problem
    "heads that do not divide": (
        ["type: transformer", "d_model: 50", "heads: {count: 4}"],
        "10:18: model.heads.count: 4 heads do not divide a d_model of 50 (another count, or give heads.size)",
    ),
    "heads of a mixed side": (
        ["type: mixed", "decoder: {type: transformer, d_model: 50}"],
        "9:12: model.decoder.heads.count: 4 heads do not divide a d_model of 50 "
        "(another count, or give heads.size)",
    ),
    "rotary in odd heads": (
        ["type: transformer", "d_model: 60", "positions: {type: rotary}"],
        "10:21: model.positions.type: rotary turns pairs, but a head is 15 wide (an even heads.size)",
    ),
    "rotary in heads of an odd size": (
        ["type: transformer", "heads: {count: 4, size: 7}", "positions:", "  type: rotary"],
        "11:11: model.positions.type: rotary turns pairs, but a head is 7 wide (an even heads.size)",
    ),
    "rotary in one side": (
        ["type: mixed", "encoder:", "  type: transformer", "  d_model: 60", "  positions: {type: rotary}"],
        "12:23: model.encoder.positions.type: rotary turns pairs, but a head is 15 wide (an even heads.size)",
    ),
    "waves of an odd width": (
        ["type: transformer", "d_model: 51", "heads: {count: 3}", "positions: {type: sinusoidal}"],
        "11:21: model.positions.type: sinusoidal positions need an even d_model, not 51 (an even d_model)",
    ),
    "a table that is too short": (
        ["type: transformer", "positions: {type: learned, max_length: 100}"],
        "9:42: model.positions.max_length: 100 places, but encoders read up to 100 pieces and an end symbol "
        "(data.filters.max_length) (a larger one, or shorter pairs)",
    ),
    "a table of the decoder that is too short": (
        ["type: mixed", "decoder:", "  type: transformer", "  positions: {type: learned, max_length: 9}"],
        "11:44: model.decoder.positions.max_length: 9 places, but decoders read up to 100 pieces and an end "
        "symbol (data.filters.max_length) (a larger one, or shorter pairs)",
    ),
    "rewards in the encoder": (
        ["type: transformer", "encoder_attention:", "  align: {type: hard}"],
        "10:12: model.encoder_attention.align.estimator.type: reinforce has no reward in encoder_attention: it "
        "serves many target words (estimator: straight_through or gumbel, or a window and align that draw "
        "nothing)",
    ),
    "rewards in the decoder": (
        [
            "type: transformer",
            "decoder_attention:",
            "  window: {type: predictive, centre: {type: sampled, estimator: {type: reinforce}}}",
        ],
        "10:74: model.decoder_attention.window.centre.estimator.type: reinforce has no reward in "
        "decoder_attention: it serves many target words (estimator: straight_through or gumbel, or a window "
        "and align that draw nothing)",
    ),
    "one table of two widths": (
        ["type: mixed", "encoder: {type: transformer, d_model: 64}", "tie: all"],
        "10:8: model.tie: all needs equal embeddings: 64 in the encoder, 256 in the decoder "
        "(choose decoder or none)",
    ),
    "the last state of a mixed model": (
        [
            "type: mixed",
            "encoder: {type: transformer, d_model: 64}",
            "decoder:",
            "  type: rnn",
            "  initial_state: last",
        ],
        "12:20: model.decoder.initial_state: last needs equal widths: decoder state 512, encoder's last 64 "
        "(choose bridge or zero, or another decoder.hidden)",
    ),
    "locations of the source": (
        ["type: transformer", "cross_attention: {score: {type: location, max_source: 100}}"],
        "9:57: model.cross_attention.score.max_source: 100 places, but sources have up to 100 pieces and an end "
        "symbol (data.filters.max_length) (a larger max_source, or shorter pairs)",
    ),
    "locations of the target": (
        ["type: transformer", "decoder_attention: {score: {type: location, max_source: 7}}"],
        "9:59: model.decoder_attention.score.max_source: 7 places, but targets have up to 100 pieces and an end "
        "symbol (data.filters.max_length) (a larger max_source, or shorter pairs)",
    ),
    "a single place": (
        ["type: transformer", "cross_attention: {align: {type: top_k, k: 1}}"],
        "9:45: model.cross_attention.align.k: 1 teaches the scores nothing: the weight of a single place is "
        "always 1 (align: hard, or a larger k)",
    ),
    "uniform weights round the best place": (
        [
            "type: transformer",
            "encoder_attention:",
            "  align: {type: uniform}",
            "  window: {type: predictive, centre: {type: argmax}}",
        ],
        "11:47: model.encoder_attention.window.centre.type: argmax goes by the scores, and uniform weights teach "
        "them nothing (centre: real or sampled)",
    ),
    "residuals of one layer": (
        ["type: mixed", "encoder: {type: rnn, residual: true}", "decoder: {type: transformer}"],
        "9:34: model.encoder.residual: has no effect: there is one layer (more layers, or false)",
    ),
    "dot products over a mixed model's widths": (
        ["type: mixed", "decoder:", "  type: rnn", "  attention: {score: {type: dot}}"],
        "11:31: model.decoder.attention.score.type: dot needs equal widths: decoder state 512, annotations 256 "
        "(choose general or additive)",
    ),
    "heads of an rnn over a transformer's width": (
        ["type: mixed", "decoder: {type: rnn, attention: {heads: {count: 7}}}"],
        "9:51: model.decoder.attention.heads.count: 7 heads do not divide the annotations' width of 256 "
        "(another count, or give heads.size)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_at_its_place(problems, case):
    lines, expected = REFUSED[case]
    assert problems(TEXT + "".join(f"  {line}\n" for line in lines)) == [f"c.yaml:{expected}"]


@pytest.mark.parametrize(
    "lines",
    [
        ["type: transformer", "positions: {type: learned, max_length: 101}"],
        ["type: transformer", "d_model: 50", "heads: {count: 4, size: 6}", "positions: {type: rotary}"],
        ["type: transformer", "d_model: 51", "heads: {count: 3}", "positions: {type: relative}"],
        ["type: transformer", "cross_attention: {align: {type: hard}}", "tie: all"],
        ["type: transformer", "encoder_attention: {align: {type: hard, estimator: {type: gumbel}}}"],
        [
            "type: mixed",
            "encoder: {type: transformer, d_model: 512}",
            "decoder: {type: rnn, initial_state: last}",
        ],
        ["type: mixed", "encoder: {type: rnn}", "decoder: {type: transformer}", "tie: all"],
        ["type: mixed", "decoder: {type: rnn, attention: none}"],
    ],
    ids=str,
)
def test_what_fits_is_accepted(write, lines):
    read(write(TEXT + "".join(f"  {line}\n" for line in lines)))
