"""Windows against their definitions, one query and one place at a time."""

import numpy as np
import pytest
import torch

from nmt.attention.centre import BestCentre, Centre, RealCentre, SampledCentre
from nmt.attention.window import Asked, Monotonic, NoWindow, Predictive, View, Window

Q, B, T, S = 6, 4, 3, 8
LENGTHS = torch.tensor([8, 5, 1, 0])
MASK = (torch.arange(S) < LENGTHS.unsqueeze(-1)).unsqueeze(1)  # [B, 1, S]


def values(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def asked(position: int | torch.Tensor = 0, *, expected: bool = False) -> Asked:
    return Asked(values(B, T, Q), values(B, T, S, seed=1), MASK, LENGTHS.unsqueeze(-1), position, expected)


def test_no_window_hides_nothing():
    assert NoWindow()(asked()) == View()


@pytest.mark.parametrize("size", [1, 2, 20])
@pytest.mark.parametrize(
    "position", [0, 3, 30, torch.tensor([0, 4, 9])], ids=["start", "middle", "end", "each"]
)
def test_local_m_sees_the_places_around_the_targets_own(size: int, position: int | torch.Tensor):
    """Luong et al. 2015, section 3.2; past the end of the source it stays on the last place."""
    view = Monotonic(size=size)(asked(position))
    assert view.prior is None
    mask = view.mask.expand(B, T, S)
    for b, t, s in np.ndindex(B, T, S):
        place = position if isinstance(position, int) else position[t].item()
        centre = min(place, LENGTHS[b].item() - 1)
        assert mask[b, t, s] == (centre - size <= s <= centre + size)
    assert (mask & MASK)[:3].any(-1).all()  # never empty where there is a source


def test_local_m_of_all_places_is_that_of_each():
    window = Monotonic(size=1)
    together = window(asked(torch.arange(T))).mask
    for t in range(T):
        assert torch.equal(together[:, t], window(asked(t)).mask[:, 0])


def gaussian(place: float, size: int) -> tuple[list[bool], list[float]]:
    """Luong et al. 2015, eq. 10, with sigma = D/2."""
    sigma = size / 2
    return [abs(s - place) <= size for s in range(S)], [
        np.exp(-((s - place) ** 2) / (2 * sigma**2)) for s in range(S)
    ]


CENTRES = [
    pytest.param(lambda: RealCentre(query_size=Q).double(), id="real"),
    pytest.param(BestCentre, id="argmax"),
    pytest.param(SampledCentre, id="sampled"),
]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("make", CENTRES)
@pytest.mark.parametrize("expected", [False, True], ids=["choice", "expectation"])
def test_local_p_sees_a_gaussian_around_its_centre(make, size: int, expected: bool):
    centre: Centre = make()
    given = asked(expected=expected)
    torch.manual_seed(1)
    view = Predictive(size=size, centre=centre)(given)
    torch.manual_seed(1)
    find = centre.expect if expected else centre
    found = find(given.query, given.scores, given.mask, given.lengths)
    for b, t in np.ndindex(B, T):
        mask, prior = gaussian(found.place[b, t].item(), size)
        assert view.mask[b, t].tolist() == mask
        np.testing.assert_allclose(view.prior[b, t].detach(), prior, rtol=0, atol=1e-9)
    for one, other in zip(view[2:], found[1:], strict=True):
        assert (one is None) == (other is None)
        assert one is None or torch.equal(one, other)


@pytest.mark.parametrize("make", CENTRES)
def test_local_p_sees_something_wherever_there_is_a_source(make):
    for seed in range(20):
        given = asked()._replace(query=3 * values(B, T, Q, seed=seed))
        view = Predictive(size=1, centre=make())(given)
        assert (view.mask & MASK)[:3].any(-1).all()


def test_the_share_of_expectation_batches_is_the_centres():
    assert Predictive(size=1, centre=SampledCentre(expected=0.25)).expected == 0.25
    assert Predictive(size=1, centre=BestCentre()).expected == 0
    assert Monotonic(size=1).expected == NoWindow().expected == 0


def test_leading_dimensions_are_independent(window: Window):
    """Two heads that ask the same see the same."""
    query, scores = torch.randn(B, 1, T, Q), torch.randn(B, 1, T, S)
    two = Asked(
        query.expand(B, 2, T, Q),
        scores.expand(B, 2, T, S),
        MASK.unsqueeze(1),
        LENGTHS.view(-1, 1, 1),
        torch.arange(T),
    )
    one = Asked(query[:, 0], scores[:, 0], MASK, LENGTHS.unsqueeze(-1), torch.arange(T))
    torch.manual_seed(1)
    mask, prior, log_prob, _ = window.eval()(two)
    torch.manual_seed(1)
    expected_mask, expected_prior, expected_log_prob, _ = window(one)
    assert log_prob is expected_log_prob is None
    for found, expected in ((mask, expected_mask), (prior, expected_prior)):
        assert (found is None) == (expected is None)
        if found is not None:
            for head in range(2):
                both = torch.broadcast_tensors(found, torch.zeros(B, 2, T, S))[0][:, head]
                # Close, not equal: the product in a real centre rounds by its number of rows.
                torch.testing.assert_close(both, expected.expand(B, T, S))
