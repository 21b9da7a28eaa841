"""What is minimised: sums over real target tokens, one small term each."""

import pytest
import torch
from torch.nn import functional as F

from nmt.text.special import PAD
from nmt.training.objective import Objective, Part, Term


def test_the_loss_is_a_sum_over_real_tokens(make_objective, make_batch):
    objective, batch = make_objective(), make_batch(seed=1)
    loss = objective(batch)

    decoded = objective.model(batch.source, batch.source_lengths, batch.target_in)
    logits = objective.model.projection(decoded.states)
    expected = F.cross_entropy(
        logits.flatten(0, 1), batch.target_out.flatten(), ignore_index=PAD, reduction="sum"
    )
    torch.testing.assert_close(loss.sums, expected)
    torch.testing.assert_close(loss.parts["nll"], expected.detach())
    assert loss.tokens == (batch.target_out != PAD).sum() == batch.target_lengths.sum()
    assert not loss.parts["nll"].requires_grad


def test_smoothing_changes_what_is_minimised_and_not_what_is_reported(make_objective, make_batch):
    batch = make_batch(seed=1)
    plain, smooth = (make_objective(smoothing=smoothing)(batch) for smoothing in (0.0, 0.1))
    assert smooth.sums.item() != pytest.approx(plain.sums.item())
    torch.testing.assert_close(smooth.parts["nll"], plain.parts["nll"])


def test_a_pair_costs_the_same_alone_and_padded(make_objective, make_batch):
    objective, batch = make_objective(), make_batch(seed=2, pairs=6)
    alone = 0.0
    for row in range(6):
        source, target = batch.source_lengths[row], batch.target_lengths[row]
        one = type(batch)(
            batch.source[row : row + 1, :source],
            batch.source_lengths[row : row + 1],
            batch.target_in[row : row + 1, :target],
            batch.target_out[row : row + 1, :target],
            batch.target_lengths[row : row + 1],
            batch.rows[row : row + 1],
        )
        alone += objective(one).sums.item()
    assert objective(batch).sums.item() == pytest.approx(alone, rel=1e-5)


def test_terms_are_added_and_reported_by_name(make_objective, make_batch):
    class Length(Term):
        name = "length"

        def forward(self, told):
            return Part(told.log_prob.new_tensor(2.0), told.batch.target_mask.sum())

    model, batch = make_objective().model, make_batch(seed=1)
    one = Objective(model)(batch)
    two = Objective(model, [Length()])(batch)
    assert two.sums.item() == pytest.approx(one.sums.item() + 2)
    assert two.parts["length"].item() == batch.tokens
    assert set(two.parts) == {"nll", "length"}
    assert two.tokens == one.tokens
