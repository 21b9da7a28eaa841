"""The coverage loss: what was attended to before costs again, no more than what it gets now."""

import numpy as np
import pytest
import torch

from nmt.config.attention import Additive, Attention, Coverage
from nmt.config.rnn import RnnModel
from nmt.config.training import Training
from nmt.data.batch import collate
from nmt.models.build import build_model
from nmt.models.seq2seq import Decoded
from nmt.training.build import build_objective
from nmt.training.coverage import CoverageTerm, repeated
from nmt.training.objective import Told

B, T, S = 3, 5, 4
BATCH = collate([[5, 6, 7]] * B, [[6] * 4, [6], []])  # 5, 2 and 1 target places


def told(weights: torch.Tensor, step: int = 0) -> Told:
    return Told(Decoded(torch.zeros(0), weights), BATCH, torch.zeros(B, T), lambda: torch.zeros(0), step)


def written_out(weights: np.ndarray) -> np.ndarray:
    """See, Liu and Manning 2017, eq. 10 and 12, one number at a time. Shape: ``[B, T, S]`` -> ``[B, T]``."""
    loss = np.zeros(weights.shape[:2])
    for b, t, s in np.ndindex(*weights.shape):
        covered = sum(weights[b, earlier, s] for earlier in range(t))
        loss[b, t] += min(weights[b, t, s], covered)
    return loss


@pytest.mark.parametrize("scale", [1.0, 0.6], ids=["rows of 1", "rows of less, as local-p's"])
def test_it_equals_its_formula(scale: float):
    weights = scale * torch.randn(B, T, S, dtype=torch.float64).softmax(-1)
    np.testing.assert_allclose(repeated(weights), written_out(weights.numpy()), rtol=0, atol=1e-9)


def test_hand_worked_numbers():
    looks_at_one_place = torch.tensor([[[1.0, 0.0]] * 3])
    goes_on = torch.eye(3).unsqueeze(0)
    hesitates = torch.tensor([[[0.5, 0.5], [0.75, 0.25]]])
    assert repeated(looks_at_one_place).tolist() == [[0, 1, 1]]
    assert repeated(goes_on).tolist() == [[0, 0, 0]]
    assert repeated(hesitates).tolist() == [[0, 0.75]]


def test_only_real_places_count_and_the_weight_only_in_what_is_minimised():
    weights = torch.randn(B, T, S).softmax(-1)
    mask = BATCH.target_mask.numpy()
    expected = written_out(weights.double().numpy())[mask].sum()
    part = CoverageTerm(weight=3.0, start=0)(told(weights))
    assert part.loss.item() == pytest.approx(3 * expected, rel=1e-5)
    assert part.report.item() == pytest.approx(expected, rel=1e-5)
    noise = torch.where(BATCH.target_mask.unsqueeze(-1), weights, torch.rand(B, T, S))
    assert CoverageTerm(weight=3.0, start=0)(told(noise)).loss.item() == pytest.approx(part.loss.item())


def test_it_counts_from_its_step_on_and_is_reported_before():
    weights, term = torch.randn(B, T, S).softmax(-1), CoverageTerm(weight=1.0, start=100)
    early, late = (term(told(weights, step)) for step in (99, 100))
    assert early.loss.item() == 0
    assert early.report.item() == late.report.item() == pytest.approx(late.loss.item())
    assert late.loss.item() > 0


def test_its_gradient_is_finite_and_reaches_the_weights():
    weights = torch.randn(B, T, S).softmax(-1).requires_grad_()
    CoverageTerm(weight=1.0, start=0)(told(weights)).loss.backward()
    assert weights.grad.isfinite().all()
    assert weights.grad.any()


def test_the_objective_adds_it_where_the_attention_has_it(make_batch):
    found = {}
    for loss in (0.0, 0.5):
        torch.manual_seed(0)
        attention = Attention(score=Additive(size=4), coverage=Coverage(loss=loss))
        config = RnnModel(embedding=6, hidden=5, dropout=0.0, attention=attention)
        model = build_model(config, source_size=12, target_size=12, padding=0)
        found[loss] = build_objective(Training(max_steps=1), config, model)(make_batch(seed=1))
    assert set(found[0.0].parts) == {"nll"}
    assert set(found[0.5].parts) == {"nll", "coverage"}
    extra = found[0.5].sums.item() - found[0.0].sums.item()
    assert extra == pytest.approx(0.5 * found[0.5].parts["coverage"].item(), rel=1e-4)
    assert extra > 0
