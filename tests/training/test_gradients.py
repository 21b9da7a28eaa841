"""Norms by part, and clipping that is torch's own."""

import copy
import math

import pytest
import torch
from torch import nn

from nmt.config.attention import Heads
from nmt.config.transformer import TransformerModel
from nmt.models.build import build_model
from nmt.training.gradients import clip_and_measure, parts_of


@pytest.mark.parametrize("max_norm", [1e-3, 0.7, 1e9])
def test_it_clips_as_torch_does_to_the_last_bit(make_objective, make_batch, max_norm):
    ours, theirs = make_objective(), make_objective()
    for objective in (ours, theirs):
        objective(make_batch(seed=3)).sums.backward()
    total, parts = clip_and_measure(parts_of(ours), max_norm)
    expected = nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
    assert torch.equal(total, expected)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)
    assert math.hypot(*(norm.item() for norm in parts.values())) == pytest.approx(total.item(), rel=1e-6)


def test_a_parts_norm_is_that_of_all_its_gradients_before_they_were_clipped(make_objective, make_batch):
    objective = make_objective()
    objective(make_batch(seed=3)).sums.backward()
    whole = copy.deepcopy(objective)
    for one, other in zip(whole.parameters(), objective.parameters(), strict=True):
        one.grad = other.grad.clone()
    _, found = clip_and_measure(parts_of(objective), 1e-3)
    for name, parameters in parts_of(whole).items():
        together = torch.cat([parameter.grad.flatten() for parameter in parameters])
        torch.testing.assert_close(found[name], together.norm())


def test_the_parts_are_the_models_and_hold_every_parameter_once(make_objective):
    objective = make_objective()
    parts = parts_of(objective)
    assert list(parts) == [
        "encoder.embedding", "encoder", "decoder.embedding", "decoder.attention", "decoder", "projection",
    ]  # fmt: skip
    flat = [id(parameter) for parameters in parts.values() for parameter in parameters]
    assert flat == [id(parameter) for parameter in objective.parameters()]
    assert parts_of(objective.model).keys() == parts.keys()


def test_attention_is_told_apart_in_a_transformer_too():
    config = TransformerModel(d_model=8, ffn=8, encoder_layers=2, decoder_layers=2, heads=Heads(count=2))
    parts = parts_of(build_model(config, source_size=9, target_size=9, padding=0))
    assert set(parts) == {
        "encoder.embedding", "encoder.attention", "encoder",
        "decoder.embedding", "decoder.attention", "decoder.cross", "decoder", "projection",
    }  # fmt: skip


def test_a_shared_table_counts_once_and_what_is_frozen_not_at_all(make_objective):
    model = make_objective().model
    model.projection.weight = model.decoder.embedding.weight
    model.encoder.requires_grad_(False)
    parts = parts_of(model)
    assert list(parts) == ["decoder.embedding", "decoder.attention", "decoder", "projection"]
    assert [tuple(one.shape) for one in parts["projection"]] == [(12,)]


def test_a_part_without_a_gradient_has_none():
    parts = {"a": [nn.Parameter(torch.ones(2))], "b": [nn.Parameter(torch.ones(2))]}
    parts["b"][0].grad = torch.tensor([3.0, 4.0])
    total, norms = clip_and_measure(parts, 1e9)
    assert (total.item(), norms["a"].item(), norms["b"].item()) == (5.0, 0.0, 5.0)


def test_what_is_not_finite_is_told(make_objective, make_batch):
    objective = make_objective()
    objective(make_batch(seed=3)).sums.backward()
    objective.model.projection.bias.grad[0] = math.nan
    total, norms = clip_and_measure(parts_of(objective), 1.0)
    assert total.isnan()
    assert [name for name, norm in norms.items() if norm.isnan()] == ["projection"]


def test_a_model_without_gradients_has_norm_zero():
    layer = nn.Linear(2, 2)
    norms = clip_and_measure({"layer": list(layer.parameters())}, 1.0)
    assert (norms.total.item(), norms.parts["layer"].item()) == (0.0, 0.0)
