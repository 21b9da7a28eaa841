"""What weights begin as: the ranges, variances and orthogonality that each scheme promises."""

from math import sqrt

import pytest
import torch
from torch import Tensor, nn

from nmt.config.attention import (
    Additive,
    Attention,
    Concat,
    Coverage,
    Gate,
    General,
    Heads,
    Location,
    Luong,
    Predictive,
    Sum,
)
from nmt.config.initialisation import (
    BahdanauInit,
    DefaultInit,
    Init,
    OrthogonalInit,
    UniformInit,
    XavierInit,
)
from nmt.config.rnn import RnnModel
from nmt.config.transformer import Learned, Relative, TransformerModel
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.rnn.cell import Cell

E, H, V = 40, 48, 60
ATTENTIONS = (
    Attention(score=General()),
    Attention(score=Additive(size=44, bias=True)),
    Attention(score=Additive(size=44, normalised=True), coverage=Coverage()),
    Attention(score=Concat(size=44), coverage=Coverage(), fuse=Gate()),
    Attention(score=Location(max_source=40), window=Predictive(), fuse=Luong()),
    Attention(score=General(), heads=Heads(count=4), fuse=Sum(input_feeding=False)),
)
SCHEMES = (XavierInit(), OrthogonalInit(), UniformInit(), BahdanauInit())


def build(init: Init, *, seed: int = 1, **changes) -> EncoderDecoder:
    torch.manual_seed(seed)
    given = {
        "embedding": E,
        "hidden": H,
        "attention": Attention(score=Additive(size=44, bias=True)),
        **changes,
    }
    return build_model(RnnModel(init=init, **given), source_size=V, target_size=V, padding=0)


def recurrent_gates(model: nn.Module) -> list[Tensor]:
    cells = [module for module in model.modules() if isinstance(module, Cell)]
    return [gate for cell in cells for gate in cell.recurrent.weight.chunk(cell.gates)]


def maps(model: EncoderDecoder) -> list[Tensor]:
    """What is neither recurrent nor of the alignment model: each gate's share of the input, bridge, readout, output."""
    stacked = [direction.inputs.weight for layer in model.encoder.layers for direction in layer]
    stacked += [linear.weight for linear in model.decoder.input_maps]
    gates = [gate for weight in stacked for gate in weight.chunk(model.decoder.gates)]
    return [*gates, model.decoder.initial[0].linear.weight, model.decoder.fuse.linear.weight]


def biases(model: nn.Module) -> list[Tensor]:
    return [one for name, one in model.named_parameters() if name.endswith("bias") and "norm" not in name]


def is_orthogonal(matrix: Tensor, gain: float = 1.0) -> bool:
    return torch.allclose(matrix @ matrix.t(), gain**2 * torch.eye(len(matrix)), atol=1e-4)


def fills(values: Tensor, bound: float) -> bool:
    """Uniform within the bound: nothing outside, something near it, and a third of its square as the variance."""
    variance = values.square().mean().item()
    return bool(0.95 * bound < values.abs().max() <= bound) and variance == pytest.approx(
        bound**2 / 3, rel=0.15
    )


def bound_of(matrix: Tensor) -> float:
    return sqrt(6 / sum(matrix.shape))


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_default_is_what_the_modules_chose(cell):
    torch.manual_seed(1)
    without = build_model(RnnModel(cell=cell), source_size=V, target_size=V, padding=0)
    after = torch.rand(1)
    torch.manual_seed(1)
    model = build_model(RnnModel(cell=cell, init=DefaultInit()), source_size=V, target_size=V, padding=0)
    assert torch.equal(torch.rand(1), after)  # and nothing more was drawn
    one, other = without.state_dict(), model.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert all(is_orthogonal(gate) for gate in recurrent_gates(model))
    assert all(fills(gate, bound_of(gate)) for gate in maps(model))
    assert model.encoder.embedding.weight[1:].std().item() == pytest.approx(256**-0.5, rel=0.05)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_xavier_gives_every_gate_its_own_bound(cell):
    model, default = (build(init, cell=cell) for init in (XavierInit(gain=0.5), DefaultInit()))
    matrices = [*maps(model), *recurrent_gates(model), model.projection.weight]
    matrices += [model.decoder.attention.score.query.weight, model.decoder.attention.score.key.weight]
    assert all(fills(matrix, 0.5 * bound_of(matrix)) for matrix in matrices)
    # What is no map stays: a table is looked up, so it has no fan.
    for module in ("encoder.embedding", "decoder.embedding"):
        assert torch.equal(model.get_submodule(module).weight, default.get_submodule(module).weight)
    assert all(torch.equal(one, other) for one, other in zip(biases(model), biases(default), strict=True))


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_orthogonal_is_for_square_gates_and_xavier_for_the_others(cell):
    model = build(OrthogonalInit(gain=2.0), cell=cell)
    assert all(is_orthogonal(gate, 2.0) for gate in recurrent_gates(model))
    assert all(fills(one, 2 * bound_of(one)) for one in maps(model) if one.size(0) != one.size(1))
    square = build(OrthogonalInit(), cell=cell, embedding=H)
    (shares,) = [square.decoder.embedded_gates.weight.chunk(square.decoder.gates)]
    assert all(is_orthogonal(share) for share in shares)


@pytest.mark.parametrize("tie", ["none", "decoder", "all"])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_uniform_is_everything(cell, tie):
    model = build(UniformInit(scale=0.08), cell=cell, tie=tie)
    parameters = dict(model.named_parameters())
    tables = {name for name in parameters if "embedding" in name}
    assert all(
        fills(one, 0.08) for name, one in parameters.items() if name not in tables and one.numel() > 400
    )
    assert all(fills(parameters[name][1:], 0.08) for name in tables)
    assert all(one.abs().max() <= 0.08 and (one[1:] != 0).all() for one in parameters.values())


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_uniform_reaches_all_that_an_attention_has(attention):
    model, default = (build(init, attention=attention) for init in (UniformInit(scale=0.08), DefaultInit()))
    for (name, one), other in zip(
        model.decoder.named_parameters(), default.decoder.parameters(), strict=True
    ):
        if not name.endswith("gain"):
            assert one.abs().max() <= 0.08, name
            assert not torch.equal(one, other), name


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_bahdanaus_is_that_of_his_appendix(cell):
    model = build(BahdanauInit(), cell=cell)
    score = model.decoder.attention.score
    assert all(is_orthogonal(gate) for gate in recurrent_gates(model))
    for weight in (score.query.weight, score.key.weight):
        assert weight.std().item() == pytest.approx(0.001, rel=0.06)
    others = [*maps(model), model.projection.weight, model.encoder.embedding.weight[1:]]
    assert [weight.std().item() for weight in others] == pytest.approx([0.01] * len(others), rel=0.06)
    assert not score.energy.any()
    assert not any(bias.any() for bias in biases(model))


@pytest.mark.parametrize("tie", ["none", "decoder", "all"])
@pytest.mark.parametrize("init", SCHEMES)
def test_padding_is_zero_tables_stay_tied_and_the_seed_decides(init, tie):
    model, again, other = (build(init, tie=tie, seed=seed) for seed in (1, 1, 2))
    assert not model.encoder.embedding.weight[0].any()
    assert not model.decoder.embedding.weight[0].any()
    assert (model.decoder.embedding.weight is model.projection.weight) == (tie != "none")
    one, same, another = (dict(built.named_parameters()) for built in (model, again, other))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(
        one["decoder.cells.0.recurrent.weight"], another["decoder.cells.0.recurrent.weight"]
    )


@pytest.mark.parametrize("init", SCHEMES)
def test_what_a_scheme_does_not_fill_is_a_table_a_bias_or_a_norm(init):
    """A new module with parameters of its own must say what they are for."""
    given = {"layer_norm": True, "cell": "lstm", "encoder_layers": 2, "decoder_layers": 2}
    for attention in ("none", *ATTENTIONS):
        model, default = (build(one, attention=attention, **given) for one in (init, DefaultInit()))
        pairs = zip(model.named_parameters(), default.parameters(), strict=True)
        alike = {name for (name, one), other in pairs if torch.equal(one, other)}
        assert all(
            "norm" in name or "embedding" in name or name.endswith(("bias", "energy", "coverage", "gain"))
            for name in alike
        )
        assert all(name in alike for name, _ in model.named_parameters() if "norm" in name)


@pytest.mark.parametrize("init", SCHEMES)
@pytest.mark.parametrize("positions", [Learned(), Relative()], ids=lambda one: one.type)
def test_nor_does_a_transformer_have_another(init, positions):
    config = TransformerModel(d_model=16, ffn=24, encoder_layers=1, decoder_layers=1, positions=positions)
    models = []
    for scheme in (init, DefaultInit()):
        torch.manual_seed(1)
        changed = config.model_copy(update={"init": scheme})
        models.append(build_model(changed, source_size=V, target_size=V, padding=0))
    named, default = models[0].named_parameters(), models[1].parameters()
    alike = {name for (name, one), other in zip(named, default, strict=True) if torch.equal(one, other)}
    tables = ("embedding", "positions", "relation")
    assert all(
        "norm" in name or name.endswith("bias") or any(one in name for one in tables) for name in alike
    )
    if isinstance(init, UniformInit):
        assert not any(one in name for name in alike for one in tables)


@pytest.mark.parametrize("init", SCHEMES)
def test_a_model_of_every_scheme_can_learn(init):
    model = build(init)
    source, lengths = torch.tensor([[4, 5, 3]]), torch.tensor([3])
    losses = []
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        states = model(source, lengths, torch.tensor([[2, 6, 7]])).states
        loss = nn.functional.cross_entropy(model.projection(states)[0], torch.tensor([6, 7, 3]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
