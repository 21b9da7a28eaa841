"""How far a gradient reaches: known by hand for a linear recurrence, and what attention changes."""

import pytest
import torch
from torch import Tensor, nn

from nmt.config.attention import Additive, Attention
from nmt.config.rnn import RnnModel
from nmt.data.batch import collate
from nmt.models.build import build_model
from nmt.models.seq2seq import Decoded, Projection
from nmt.text.special import PAD
from nmt.training.reach import gradient_by_distance

SOURCE = [4, 5, 6, 7, 8, 9]


class Linear(nn.Module):
    """``h_t = w h_{t-1} + x_t`` over the real places; each target word is predicted from the last h alone."""

    def __init__(self, w: float) -> None:
        super().__init__()
        self.w = w
        self.encoder = nn.Module()
        self.encoder.embedding = nn.Embedding(10, 3)
        self.projection = Projection(nn.Parameter(torch.randn(10, 3)))

    def forward(self, source: Tensor, lengths: Tensor, target_in: Tensor) -> Decoded:
        state = torch.zeros(len(source), 3)
        for place, x in enumerate(self.encoder.embedding(source).unbind(dim=1)):
            state = torch.where((place < lengths).unsqueeze(1), self.w * state + x, state)
        return Decoded(state.unsqueeze(1).expand(-1, target_in.size(1), -1))


@pytest.mark.parametrize("w", [0.5, -0.9, 1.0, 1.5])
def test_it_falls_or_grows_with_the_power_of_a_linear_recurrence(w):
    torch.manual_seed(0)
    found = gradient_by_distance(Linear(w), collate([SOURCE], [[4, 5]]))
    assert found.counts == (1,) * 7
    assert [norm / found.norms[0] for norm in found.norms] == pytest.approx(
        [abs(w) ** k for k in range(7)], rel=1e-4
    )


def test_it_is_the_mean_over_the_sentences_that_are_long_enough_whatever_their_padding():
    torch.manual_seed(0)
    model = Linear(0.5)
    pairs = [(SOURCE, [4, 5]), (SOURCE[:2], [6]), (SOURCE[:4], [7, 8, 9])]
    apart = [gradient_by_distance(model, collate([source], [target])).norms for source, target in pairs]
    found = gradient_by_distance(model, collate(*zip(*pairs, strict=True)))
    assert found.counts == (3, 3, 3, 2, 2, 1, 1)
    for k, norm in enumerate(found.norms):
        long_enough = [norms[k] for norms in apart if k < len(norms)]
        assert norm == pytest.approx(sum(long_enough) / len(long_enough), rel=1e-4)


def build(attention, tie: str = "none"):
    torch.manual_seed(0)
    config = RnnModel(embedding=16, hidden=16, dropout=0.5, bidirectional=False, tie=tie, attention=attention)
    return build_model(config, source_size=12, target_size=12, padding=PAD)


ADDITIVE = Attention(score=Additive(size=16))


def test_attention_reaches_what_a_fixed_vector_has_forgotten():
    """Thirty places back in a forward reader, at the very beginning of training."""
    generator = torch.Generator().manual_seed(1)
    text = torch.randint(4, 12, (8, 30), generator=generator).tolist()
    fixed, attentive = (
        gradient_by_distance(build(kind), collate(text, text)).norms for kind in ("none", ADDITIVE)
    )
    assert fixed[30] < 1e-3 * fixed[0]
    assert attentive[30] > 0.1 * attentive[0]


@pytest.mark.parametrize("tie", ["none", "all"])
def test_it_leaves_the_model_as_it_was(tie):
    model, batch = build(ADDITIVE, tie).train(), collate([SOURCE, SOURCE[:3]], [[4, 5], [6]])
    random = torch.get_rng_state()
    one, two = gradient_by_distance(model, batch), gradient_by_distance(model, batch)
    assert one == two  # dropout rests
    assert torch.equal(torch.get_rng_state(), random)
    assert all(module.training for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not model.encoder.embedding._forward_hooks


def test_it_does_not_mind_frozen_parameters_or_inference():
    model, batch = build(ADDITIVE), collate([SOURCE], [[4, 5]])
    expected = gradient_by_distance(model, batch)
    model.requires_grad_(False)
    with torch.no_grad():
        assert gradient_by_distance(model, batch).norms == pytest.approx(expected.norms, rel=1e-4)
