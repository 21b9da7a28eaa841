"""The loss of a validation: per token, unsmoothed, without dropout."""

import pytest
import torch

from nmt.training.validation import Validation, validation_loss


def test_it_is_the_mean_over_all_tokens_without_dropout_or_smoothing(make_objective, make_batch):
    batches = [make_batch(seed=seed, pairs=pairs) for seed, pairs in ((1, 3), (2, 5))]
    objective = make_objective(dropout=0.5, smoothing=0.1)
    plain = make_objective(dropout=0.0, smoothing=0.0)
    losses = [plain(batch) for batch in batches]
    expected = sum(loss.sums.item() for loss in losses) / sum(loss.tokens for loss in losses)
    assert validation_loss(objective, iter(batches)) == pytest.approx(expected, rel=1e-6)


def test_it_leaves_the_model_training_and_the_random_numbers_alone(make_objective, make_batch):
    objective = make_objective(dropout=0.5)
    before = torch.get_rng_state()
    validation_loss(objective, iter([make_batch(seed=1)]))
    assert all(module.training for module in objective.modules())
    assert all(parameter.grad is None for parameter in objective.parameters())
    assert torch.equal(torch.get_rng_state(), before)


def test_the_figure_that_chooses_the_best_is_greater_where_it_is_better():
    validation = Validation(loss=2.5, scores={"bleu": 30.0, "chrf": 50.0, "ter": 60.0})
    found = [validation.figure(name) for name in ("bleu", "chrf", "ter", "loss")]
    assert found == [30.0, 50.0, -60.0, -2.5]
