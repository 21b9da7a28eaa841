"""Centres of a predictive window: Luong's real number, the best place, a sampled one."""

import numpy as np
import pytest
import torch

from nmt.attention.centre import BestCentre, RealCentre, SampledCentre

Q, B, T, S = 4, 3, 2, 6
LENGTHS = torch.tensor([6, 3, 0])
MASK = (torch.arange(S) < LENGTHS.unsqueeze(-1)).unsqueeze(1)  # [B, 1, S]


def values(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_real_centre_is_a_share_of_the_true_length():
    """Luong et al. 2015, eq. 9."""
    centre = RealCentre(query_size=Q).double()
    torch.nn.init.normal_(centre.energy)
    query = values(B, T, Q)
    found = centre(query, values(B, T, S), MASK, LENGTHS.unsqueeze(-1)).place
    w_p, v_p = centre.hidden.weight.detach().numpy(), centre.energy.detach().numpy()
    for b, t in np.ndindex(B, T):
        energy = v_p @ np.tanh(w_p @ query.numpy()[b, t])
        expected = LENGTHS[b].item() / (1 + np.exp(-energy))
        assert found[b, t].item() == pytest.approx(expected, abs=1e-9)
    with torch.inference_mode():
        torch.testing.assert_close(centre(query, values(B, T, S), MASK, LENGTHS.unsqueeze(-1)).place, found)


def test_a_real_centre_does_not_see_padding():
    centre, query = RealCentre(query_size=Q).double(), values(B, T, Q)
    wide = torch.zeros(B, 1, 50, dtype=torch.bool)
    one = centre(query, values(B, T, S), MASK, LENGTHS.unsqueeze(-1)).place
    other = centre(query, values(B, T, 50), wide, LENGTHS.unsqueeze(-1)).place
    assert torch.equal(one, other)


def test_a_real_centre_of_a_long_sentence_is_exact_in_half_precision():
    centre = RealCentre(query_size=Q)
    with torch.no_grad():
        centre.energy.zero_()
    with torch.autocast("cpu", torch.bfloat16):
        found = centre(torch.randn(1, 1, Q), torch.randn(1, 1, 1001), None, torch.tensor([1001])).place
    assert found.item() == 500.5


def test_its_parameters_learn_through_the_place():
    centre, query = RealCentre(query_size=Q), torch.randn(B, T, Q, requires_grad=True)
    centre(query, torch.randn(B, T, S), MASK, LENGTHS.unsqueeze(-1)).place.sum().backward()
    for tensor in (query, centre.hidden.weight, centre.energy):
        assert tensor.grad is not None
        assert tensor.grad.abs().max() > 1e-6


@pytest.mark.parametrize("centre", [BestCentre(), SampledCentre().eval()])
def test_the_best_centre_is_the_place_of_the_highest_visible_score(centre):
    scores = torch.tensor([0.0, 1.0, 5.0, 7.0, 9.0, 2.0]).expand(B, T, S)
    found = centre(torch.zeros(B, T, Q), scores, MASK, LENGTHS.unsqueeze(-1))
    assert found.place.tolist() == [[4, 4], [2, 2], [0, 0]]
    assert found.log_prob is None
    assert found.entropy is None


def test_a_sampled_centre_is_drawn_from_the_softmax_and_says_how_likely_it_was():
    """Pearson's statistic over three places: above 13.82 once in a thousand (2 degrees of freedom)."""
    torch.manual_seed(0)
    scores, draws = values(1, 1, S).expand(B, 10_000, S), 10_000
    found = SampledCentre()(torch.zeros(B, draws, Q), scores, MASK, LENGTHS.unsqueeze(-1))
    probability = scores[1, 0, :3].softmax(-1)
    seen = torch.bincount(found.place[1])
    assert len(seen) == 3
    assert ((seen - draws * probability).square() / (draws * probability)).sum() < 13.82
    torch.testing.assert_close(found.log_prob[1], probability.log()[found.place[1]], rtol=0, atol=1e-9)
    expected = -(probability * probability.log()).sum()
    torch.testing.assert_close(found.entropy[1], expected.expand(draws), rtol=0, atol=1e-9)
    assert not found.log_prob[2].any()
    assert not found.entropy[2].any()


def test_what_is_expected_of_a_sampled_centre_is_the_mean_place():
    scores = values(B, T, S).requires_grad_()
    centre = SampledCentre(expected=0.25)
    assert centre.expected == 0.25
    found = centre.expect(values(B, T, Q), scores, MASK, LENGTHS.unsqueeze(-1))
    assert found.log_prob is None
    for b, t in np.ndindex(B, T):
        weights = scores[b, t, : LENGTHS[b]].softmax(-1)
        expected = sum(s * weight.item() for s, weight in enumerate(weights))
        assert found.place[b, t].item() == pytest.approx(expected, abs=1e-9)
    found.place.sum().backward()
    assert scores.grad.isfinite().all()
    assert scores.grad[0].abs().max() > 1e-6
    assert not scores.grad[2].any()
