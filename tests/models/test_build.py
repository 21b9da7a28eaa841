"""The ``model`` section becomes its modules; what does not fit is refused by name."""

from itertools import product
from typing import Any

import pytest
import torch

from nmt.config.attention import Additive, Attention, Dot
from nmt.config.rnn import RnnModel
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.rnn.bridge import Bridge, Last, Zero
from nmt.models.rnn.cell import GruCell, LstmCell
from nmt.models.rnn.fixed import FixedVector

ALL = list(
    product(("gru", "lstm"), (True, False), ("none", "decoder", "all"), ("bridge", "last", "zero"), (1, 2))
)


def build(*, source_size: int = 9, target_size: int = 9, **changes: Any) -> EncoderDecoder:
    given = {"embedding": 6, "hidden": 4, "attention": Attention(score=Additive(size=3)), **changes}
    return build_model(RnnModel(**given), source_size=source_size, target_size=target_size, padding=0)


@pytest.mark.parametrize(("cell", "bidirectional", "tie", "initial", "layers"), ALL)
def test_every_combination_builds_and_runs(cell, bidirectional, tie, initial, layers):
    model = build(
        cell=cell,
        bidirectional=bidirectional,
        tie=tie,
        initial_state=initial,
        encoder_layers=layers,
        decoder_layers=3 - layers,
    )
    decoded = model(torch.tensor([[4, 5, 3]]), torch.tensor([3]), torch.tensor([[2, 6]]))
    assert model.projection(decoded.states).shape == (1, 2, 9)
    assert decoded.states.isfinite().all()
    kinds = {type(module) for module in model.modules()}
    assert ({GruCell, LstmCell} & kinds) == {GruCell if cell == "gru" else LstmCell}
    assert ({Bridge, Last, Zero} & kinds) == {{"bridge": Bridge, "last": Last, "zero": Zero}[initial]}
    assert len(model.encoder.layers) == layers
    assert all(len(directions) == 1 + bidirectional for directions in model.encoder.layers)
    assert len(model.decoder.cells) == 3 - layers


def test_layer_normalisation_reaches_every_cell_and_nothing_else():
    for cell, norms in (("gru", 4), ("lstm", 3)):
        model = build(cell=cell, layer_norm=True, encoder_layers=2, decoder_layers=3)
        found = [name for name, one in model.named_modules() if isinstance(one, torch.nn.LayerNorm)]
        assert len(found) == norms * (2 * 2 + 3)
        assert all(".cell" in name for name in found)
    assert not any(isinstance(one, torch.nn.LayerNorm) for one in build().modules())


@pytest.mark.parametrize("layers", [1, 2])
def test_an_encoder_half_as_wide_gives_annotations_as_wide_as_the_state(layers):
    model = build(encoder_hidden=2, encoder_layers=layers, attention=Attention(score=Dot()))
    decoded = model(torch.tensor([[4, 5, 3]]), torch.tensor([3]), torch.tensor([[2, 6]]))
    assert model.encoder.output_size == model.decoder.attention.context_size == 4
    assert decoded.states.isfinite().all()


def test_no_attention_is_a_fixed_vector_as_wide_as_the_annotations():
    model = build(attention="none")
    assert isinstance(model.decoder.attention, FixedVector)
    assert model.decoder.attention.context_size == 8
    assert not any("attention" in name for name, _ in model.named_parameters())


def test_the_vocabularies_size_their_own_sides():
    model = build(source_size=9, target_size=13)
    assert model.encoder.embedding.weight.shape == (9, 6)
    assert model.decoder.embedding.weight.shape == (13, 6)
    assert model.projection.weight.shape == (13, 6)
    assert model.projection.bias.tolist() == [0] * 13


@pytest.mark.parametrize(("tie", "tables"), [("none", 3), ("decoder", 2), ("all", 1)])
def test_tied_embeddings_share_their_storage(tie: str, tables: int):
    model = build(tie=tie)
    weights = (model.encoder.embedding.weight, model.decoder.embedding.weight, model.projection.weight)
    assert len({weight.data_ptr() for weight in weights}) == tables
    assert (model.decoder.embedding.weight is model.projection.weight) == (tie != "none")
    assert (model.encoder.embedding.weight is model.projection.weight) == (tie == "all")


@pytest.mark.parametrize("tie", ["decoder", "all"])
def test_a_tied_table_still_shares_after_a_conversion_and_sums_its_gradients(tie: str):
    model = build(tie=tie).double()
    assert model.decoder.embedding.weight is model.projection.weight
    decoded = model(torch.tensor([[4, 3]]), torch.tensor([2]), torch.tensor([[2]]))
    model.projection(decoded.states)[0, 0, 8].backward()
    gradient = model.projection.weight.grad
    assert gradient is not None
    assert gradient[8].any()  # as an output
    assert gradient[2].any()  # as an input
    assert gradient[4].any() == (tie == "all")


def test_weights_come_from_torchs_generator():
    torch.manual_seed(3)
    one = build().state_dict()
    torch.manual_seed(3)
    two = build().state_dict()
    three = build().state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], three[name]) for name in one)


def test_dot_attention_over_two_directions_is_refused():
    with pytest.raises(ValueError, match=r"query 4 and key 8.*general or additive"):
        build(attention=Attention(score=Dot()))


def test_dropout_reaches_both_sides():
    model = build(dropout=0.25)
    assert (model.encoder.dropout.p, model.decoder.dropout.p) == (0.25, 0.25)
