"""Every window and every alignment, fresh, in training and in evaluation: general laws are tested on all."""

from collections.abc import Callable

import pytest
import torch

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.centre import BestCentre, RealCentre, SampledCentre
from nmt.attention.hard import Gumbel, Reinforce, StraightThrough
from nmt.attention.sparse import Sparsemax, Threshold, TopK
from nmt.attention.window import Monotonic, NoWindow, Predictive, Window

QUERY = 6  # width of the queries that a window is asked with

ALIGNS: dict[str, Callable[[], Align]] = {
    "soft": Soft,
    "sharp": lambda: Soft(temperature=0.5),
    "uniform": Uniform,
    "threshold": lambda: Threshold(least=0.2),
    "top 2": lambda: TopK(k=2),
    "sparsemax": Sparsemax,
    "reinforce": lambda: Reinforce(expected=0.0),
    "reinforce, expected": lambda: Reinforce(expected=1.0),
    "straight-through": StraightThrough,
    "gumbel": Gumbel,
    "soft gumbel": lambda: Gumbel(straight_through=False),
}
WINDOWS: dict[str, Callable[[], Window]] = {
    "no window": NoWindow,
    "local-m": lambda: Monotonic(size=1),
    "local-p": lambda: Predictive(size=2, centre=RealCentre(query_size=QUERY)),
    "local-p, argmax": lambda: Predictive(size=1, centre=BestCentre()),
    "local-p, sampled": lambda: Predictive(size=1, centre=SampledCentre()),
}


@pytest.fixture(params=ALIGNS)
def align(request: pytest.FixtureRequest, mode: str) -> Align:
    """One of all alignments."""
    torch.manual_seed(0)
    return ALIGNS[request.param]().train(mode == "training")


@pytest.fixture(params=WINDOWS)
def window(request: pytest.FixtureRequest, mode: str) -> Window:
    """One of all windows."""
    torch.manual_seed(0)
    return WINDOWS[request.param]().train(mode == "training")


@pytest.fixture(params=["training", "evaluation"])
def mode(request: pytest.FixtureRequest) -> str:
    """Whether what samples does so."""
    return request.param
