"""The attentions of a model have names, can be looked at, and can be done without, head by head."""

import pytest
import torch

from nmt.attention.heads import Heads as HeadsModule
from nmt.config.attention import Additive, Attention, Heads
from nmt.config.mixed import MixedModel
from nmt.config.rnn import RnnDecoder, RnnModel
from nmt.config.transformer import TransformerEncoder, TransformerModel
from nmt.errors import UsageError
from nmt.models.attentions import attentions, heads, silence, to_source, watched
from nmt.models.build import build_model

ADDITIVE = Attention(score=Additive(size=4))
TRANSFORMER = TransformerModel(
    d_model=8, ffn=12, heads=Heads(count=2), encoder_layers=2, decoder_layers=3, dropout=0.0
)
MODELS = {
    "rnn": RnnModel(embedding=6, hidden=5, attention=ADDITIVE),
    "rnn with heads": RnnModel(
        embedding=6, hidden=6, attention=Attention(score=Additive(size=4), heads=Heads(count=3))
    ),
    "none": RnnModel(embedding=6, hidden=5, attention="none"),
    "transformer": TRANSFORMER,
    "mixed": MixedModel(
        encoder=TransformerEncoder(d_model=8, ffn=12, heads=Heads(count=2), layers=1),
        decoder=RnnDecoder(embedding=6, hidden=5, attention=ADDITIVE),
    ),
}
SOURCE, LENGTHS = torch.tensor([[4, 5, 6, 3], [7, 8, 3, 0]]), torch.tensor([4, 3])
TARGET = torch.tensor([[2, 6, 7], [2, 9, 4]])


def build(name: str, *, weights: bool = True):
    torch.manual_seed(1)
    model = build_model(MODELS[name], source_size=11, target_size=11, padding=0, weights=weights)
    return model.double().eval()


def test_attentions_are_named_by_side_and_layer():
    assert list(attentions(build("transformer"))) == [
        *("encoder.0", "encoder.1", "decoder.0", "decoder.1", "decoder.2"),
        *("cross.0", "cross.1", "cross.2"),
    ]
    assert list(attentions(build("rnn"))) == ["decoder"]
    assert list(attentions(build("mixed"))) == ["encoder.0", "decoder"]


def test_heads_are_named_where_there_are_several():
    assert list(heads(build("rnn"))) == []
    assert list(heads(build("rnn with heads"))) == ["decoder.0", "decoder.1", "decoder.2"]
    assert list(heads(build("mixed"))) == ["encoder.0.0", "encoder.0.1"]
    assert len(list(heads(build("transformer")))) == 2 * (2 + 3 + 3)


@pytest.mark.parametrize("name", ["transformer", "rnn with heads", "rnn"])
def test_what_is_watched_is_what_is_reported_head_by_head(name):
    model = build(name)
    with watched(model) as seen, torch.no_grad():
        decoded = model(SOURCE, LENGTHS, TARGET)
    layers = {layer: torch.cat(calls, dim=-2) for layer, calls in seen.items()}
    assert list(layers) == list(to_source(model))
    reported = "cross.1" if name == "transformer" else "decoder"  # of three layers that before the last
    torch.testing.assert_close(layers[reported].mean(dim=1), decoded.weights)
    for weights in layers.values():
        torch.testing.assert_close(weights.sum(dim=-1), torch.ones_like(weights[..., 0]))
    assert not any(module._forward_hooks for module in model.modules())


def test_nothing_is_seen_where_there_is_nothing_to_see():
    for model in (build("none"), build("transformer", weights=False)):
        with watched(model) as seen, torch.no_grad():
            model(SOURCE, LENGTHS, TARGET)
        assert not any(seen.values())


@pytest.mark.parametrize("name", ["encoder.1.0", "decoder.0.1", "cross.2.1"])
def test_a_silent_head_is_one_whose_output_weights_are_zero(name):
    silent, zeroed = build("transformer"), build("transformer")
    silence(silent, [name])
    layer, _, head = name.rpartition(".")
    attention = attentions(zeroed)[layer]
    assert isinstance(attention, HeadsModule)
    width = 4 * int(head)
    with torch.no_grad():
        attention.merge.output.weight[:, width : width + 4] = 0
        ours, theirs, before = (
            model(SOURCE, LENGTHS, TARGET).states for model in (silent, zeroed, build("transformer"))
        )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    assert not torch.allclose(ours, before)


def test_all_heads_silent_leave_the_bias_alone():
    model = build("rnn with heads")
    silence(model, list(heads(model)))
    memory, _ = model.begin(SOURCE, LENGTHS)
    seen = model.decoder.attention(torch.randn(2, 1, 6).double(), memory, position=0)
    torch.testing.assert_close(
        seen.context, model.decoder.attention.merge.output.bias.expand_as(seen.context)
    )


@pytest.mark.parametrize(
    ("name", "head", "hint"),
    [
        ("transformer", "cross.3.0", "it has encoder.0.0 to cross.2.1"),
        ("transformer", "cross.0.2", "it has encoder.0.0 to cross.2.1"),
        ("transformer", "cross.0", "it has encoder.0.0 to cross.2.1"),
        ("rnn", "decoder.0", "it has no heads: nothing to mask"),
    ],
)
def test_a_head_that_is_not_there_is_refused(name, head, hint):
    with pytest.raises(UsageError, match=f"head '{head}': the model has none of that name \\({hint}\\)"):
        silence(build(name), [head])
