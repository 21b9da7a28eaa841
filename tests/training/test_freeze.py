"""What is frozen by name stays as it is, whatever pulls at it."""

import copy
import re

import pytest
import torch

from nmt.config.attention import Additive, Attention
from nmt.config.optimizer import AdamW
from nmt.config.rnn import RnnModel
from nmt.errors import UsageError
from nmt.models.build import build_model
from nmt.text.special import PAD
from nmt.training.build import build_optimizer
from nmt.training.freeze import freeze, frozen_sentence
from nmt.training.objective import Objective


def build(tie: str = "none"):
    config = RnnModel(
        embedding=6, hidden=5, dropout=0.0, tie=tie, attention=Attention(score=Additive(size=4))
    )
    return build_model(config, source_size=12, target_size=12, padding=PAD)


def frozen(model) -> list[str]:
    return [name for name, one in model.named_parameters() if not one.requires_grad]


def trained(model, make_batch, steps: int = 3) -> set[str]:
    """The parameters that a few updates, with weight decay, changed."""
    before = copy.deepcopy(model.state_dict())
    objective = Objective(model)
    optimizer = build_optimizer(AdamW(lr=0.1, weight_decay=0.1), model)
    for seed in range(steps):
        objective(make_batch(seed=seed)).sums.backward()
        torch.nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return {name for name, one in model.named_parameters() if not torch.equal(one, before[name])}


@pytest.mark.parametrize(
    "patterns",
    [
        ["encoder.*"],
        ["decoder.*"],
        ["projection.*", "*.embedding.weight"],
        ["*.cell*.recurrent.weight"],
        ["decoder.attention.score.energy", "*.bias"],
    ],
)
def test_frozen_parameters_do_not_move_and_all_others_do(make_batch, patterns):
    model = build()
    freeze(model, patterns)
    names = {name for name, _ in model.named_parameters()}
    assert 0 < len(frozen(model)) < len(names)
    assert trained(model, make_batch) == names - set(frozen(model))


@pytest.mark.parametrize("half", [False, True])
def test_a_gradient_passes_through_what_is_frozen_as_if_it_were_not(make_batch, half):
    one, other = build(), build()
    other.load_state_dict(one.state_dict())
    freeze(other, ["decoder.cells.*", "projection.*"])
    for model in (one, other):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            loss = Objective(model)(make_batch(seed=1))
        loss.sums.backward()
    for name, parameter in other.named_parameters():
        if parameter.requires_grad:
            expected = one.get_parameter(name).grad
            tolerance = 0.02 * expected.norm() if half else 1e-4 * expected.norm() + 1e-6
            assert (parameter.grad - expected).norm() <= tolerance, name


def test_a_shared_table_is_frozen_by_any_of_its_names(make_batch):
    for pattern in ("encoder.embedding.weight", "decoder.embedding.weight", "projection.weight"):
        model = build(tie="all")
        freeze(model, [pattern])
        assert frozen(model) == ["encoder.embedding.weight"]
        assert "encoder.embedding.weight" not in trained(model, make_batch)


def test_no_pattern_freezes_nothing():
    model = build()
    freeze(model, [])
    assert frozen(model) == []
    assert frozen_sentence(model) == ""


def test_what_is_frozen_is_said_in_a_sentence():
    model = build()
    freeze(model, ["projection.*"])
    total = sum(parameter.numel() for parameter in model.parameters())
    count = len(list(model.parameters()))
    assert frozen_sentence(model) == f"frozen: 84 of {total:,} parameters, in 2 of {count} tensors"


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["encodr.*"], "training.freeze: no parameter is named 'encodr.*' (did you mean 'encoder.*'?)"),
        (
            ["encoder.*", "decoder.atention.*"],
            "training.freeze: no parameter is named 'decoder.atention.*' (did you mean 'decoder.attention.*'?)",
        ),
        (
            ["zzz"],
            "training.freeze: no parameter is named 'zzz' (there are decoder.*, encoder.*, projection.*; "
            "nmt info MODEL lists all)",
        ),
        (["*"], "training.freeze: leaves nothing to train"),
    ],
)
def test_a_pattern_that_does_not_suit_the_model_is_refused(patterns, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        freeze(build(), patterns)
