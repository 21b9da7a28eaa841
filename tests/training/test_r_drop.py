"""R-Drop against its formula: the fused loss, and what an objective makes of a batch that is passed twice."""

import math
from contextlib import suppress

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from nmt.config.attention import Attention, Coverage, Hard, Reinforce
from nmt.config.model import RnnModel
from nmt.config.training import Training
from nmt.models.build import build_model
from nmt.text.special import PAD
from nmt.training import budget
from nmt.training import linear_loss as fused
from nmt.training.build import build_objective
from nmt.training.cross_entropy import CrossEntropy
from nmt.training.linear_loss import linear_loss
from nmt.training.objective import Objective, Part, Term
from nmt.training.r_drop import RDrop
from nmt.training.validation import validation_loss

Inputs = tuple[Tensor, Tensor, Tensor, Tensor]
VOCABULARY = 12  # of the batches


def inputs(places: int, dtype: torch.dtype = torch.float64) -> Inputs:
    """states [2 N, 7], the passes of a place side by side, weight [11, 7], bias [11], targets [2 N]."""
    generator = torch.Generator().manual_seed(places)
    shapes = (2 * places, 7), (11, 7), (11,)
    states, weight, bias = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)
    targets = torch.randint(0, 11, (places,), generator=generator).repeat_interleave(2)
    return *(one.to(dtype).requires_grad_() for one in (states, weight, bias)), targets  # type: ignore[return-value]


def divergence(log_p: Tensor, log_q: Tensor) -> Tensor:
    """KL(p||q). Shape: ``[N, V]`` -> ``[N]``."""
    return F.kl_div(log_q, log_p, log_target=True, reduction="none").sum(-1)


def formula(given: Inputs, weight: float, smoothing: float) -> tuple[Tensor, Tensor]:
    """Liang et al. 2021, eq. 3 and 4, with alpha = 2 weight, and eq. 2 place by place."""
    states, matrix, bias, targets = given
    first, second = F.linear(states, matrix, bias).log_softmax(-1).view(-1, 2, len(bias)).unbind(1)
    apart = (divergence(first, second) + divergence(second, first)) / 2
    costs = (
        F.cross_entropy(one, targets[::2], reduction="sum", label_smoothing=smoothing)
        for one in (first, second)
    )
    return sum(costs, start=2 * weight * apart.sum()), apart


@pytest.mark.parametrize(("weight", "smoothing"), [(2.5, 0.0), (2.5, 0.1), (0.3, 0.1)])
@pytest.mark.parametrize("places", [1, 3, 4, 11])
def test_it_equals_the_formula_in_value_and_gradients_over_chunk_borders(
    monkeypatch, places, weight, smoothing
):
    monkeypatch.setattr(fused, "CHUNK", 7)  # of which 6 rows are whole places
    given, same = inputs(places), inputs(places)
    loss, (nll, kl) = linear_loss(*given, RDrop(weight=weight, label_smoothing=smoothing))
    expected, apart = formula(same, weight, smoothing)
    (3 * loss).backward()  # the gradient of what follows is passed on
    (3 * expected).backward()

    torch.testing.assert_close(loss, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(kl.view(-1, 2).mean(1), apart, rtol=1e-9, atol=1e-9)
    plain = linear_loss(*given, CrossEntropy())[1]
    torch.testing.assert_close(nll, plain[0], rtol=1e-9, atol=1e-9)
    for ours, theirs in zip(given[:3], same[:3], strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-9, atol=1e-9)


def test_its_gradient_is_that_of_finite_differences():
    *given, targets = inputs(3)
    criterion = RDrop(weight=2.5, label_smoothing=0.1)
    assert torch.autograd.gradcheck(lambda *one: linear_loss(*one, targets, criterion)[0], given)


def test_two_passes_of_one_place_by_hand():
    """(1/2, 1/2) and (3/4, 1/4): KL is ln 2 - ln 3 / 2 one way and 3/4 ln 3 - ln 2 the other."""
    states = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    weight = torch.tensor([[3.0], [1.0]], dtype=torch.float64).log()
    bias, targets = torch.zeros(2, dtype=torch.float64), torch.tensor([0, 0])
    loss, (_, kl) = linear_loss(states, weight, bias, targets, RDrop(weight=10.0))
    one, other = math.log(2) - math.log(3) / 2, 0.75 * math.log(3) - math.log(2)
    assert kl.tolist() == pytest.approx([one, other])
    assert loss.item() == pytest.approx(math.log(2) + math.log(4 / 3) + 10 * (one + other))


def test_passes_that_say_the_same_do_not_diverge_and_are_not_pulled():
    states, *others = inputs(4)
    alike = states.detach()[::2].repeat_interleave(2, dim=0).requires_grad_()
    loss, (_, kl) = linear_loss(alike, *others, RDrop(weight=5.0))
    (gradient,) = torch.autograd.grad(loss, alike)
    (plain,) = torch.autograd.grad(linear_loss(alike, *others, CrossEntropy())[0], alike)
    assert kl.abs().max() < 1e-14
    torch.testing.assert_close(gradient, plain)


def test_in_half_precision_it_is_right_within_rounding():
    given, same = inputs(40, torch.float32), inputs(40, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss, _ = linear_loss(*given, RDrop(weight=2.5, label_smoothing=0.1))
    expected, _ = formula(same, 2.5, 0.1)
    loss.backward()
    expected.backward()

    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=1e-2, atol=0.0)
    for ours, theirs in zip(given[:3], same[:3], strict=True):
        assert ours.grad.dtype == torch.float32
        assert (ours.grad - theirs.grad).norm() < 0.02 * theirs.grad.norm()


def test_no_places_cost_nothing_and_no_gradient_that_nobody_wants_is_made():
    given = inputs(0)
    loss, figures = linear_loss(*given, RDrop(weight=2.5))
    loss.backward()
    assert (loss.item(), figures.shape) == (0.0, (2, 0))
    with torch.no_grad():
        assert linear_loss(*inputs(2), RDrop(weight=2.5))[0].grad_fn is None


def build(*, weight: float | None, dropout: float, attention: Attention | None = None) -> Objective:
    """An objective over a tiny RNN whose weights depend on nothing else."""
    torch.manual_seed(1)
    config = RnnModel(embedding=6, hidden=5, dropout=dropout, attention=attention or Attention())
    model = build_model(config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD)
    return build_objective(Training(max_steps=1, label_smoothing=0.1, r_drop=weight), config, model)


def gradients(objective: Objective) -> list[Tensor]:
    return [one.grad for one in objective.parameters() if one.grad is not None]


def test_the_objective_is_half_the_paper_s_loss_over_real_places_alone(make_batch):
    objective, batch = build(weight=2.5, dropout=0.3), make_batch(seed=1)
    torch.manual_seed(5)
    loss = objective(batch)
    torch.manual_seed(5)
    both = batch.twice()
    decoded = objective.model(both.source, both.source_lengths, both.target_in)
    passes = decoded.states.view(2, -1, decoded.states.size(-1))[:, batch.target_mask.flatten()]
    targets = batch.target_out[batch.target_mask]
    projection = objective.model.projection
    given = passes.transpose(0, 1).flatten(0, 1), projection.weight, projection.bias
    expected, apart = formula((*given, targets.repeat_interleave(2)), 2.5, 0.1)

    torch.testing.assert_close(loss.sums, expected / 2)
    torch.testing.assert_close(loss.parts["r_drop"], apart.sum().detach())
    assert loss.tokens == batch.tokens
    assert set(loss.parts) == {"nll", "r_drop"}
    assert not loss.parts["r_drop"].requires_grad


def test_the_two_passes_differ(make_batch):
    objective, batch = build(weight=2.5, dropout=0.3), make_batch(seed=1)
    both = batch.twice()
    states = objective.model(both.source, both.source_lengths, both.target_in).states
    first, second = states.view(2, *batch.target_in.shape, -1)
    assert not torch.isclose(first, second)[batch.target_mask].any(-1).all()
    assert objective(batch).parts["r_drop"] > 1e-4


def test_without_dropout_it_costs_what_one_pass_costs(make_batch):
    batch = make_batch(seed=1)
    once, twice = build(weight=None, dropout=0.0), build(weight=2.5, dropout=0.0)
    losses = [objective(batch) for objective in (once, twice)]
    for loss in losses:
        loss.sums.backward()
    assert losses[1].parts["r_drop"] == pytest.approx(0.0, abs=1e-9)
    torch.testing.assert_close(losses[0].sums, losses[1].sums)
    torch.testing.assert_close(losses[0].parts["nll"], losses[1].parts["nll"])
    for one, other in zip(gradients(once), gradients(twice), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_halves_of_a_batch_cost_what_it_costs(make_batch):
    objective, batch = build(weight=2.5, dropout=0.0), make_batch(seed=1)
    whole, halves = objective(batch), [objective(half) for half in batch.halves()]
    assert whole.sums.item() == pytest.approx(sum(half.sums.item() for half in halves))
    assert whole.tokens == sum(half.tokens for half in halves)


def test_memory_for_both_passes_is_watched(make_batch, monkeypatch):
    batch = make_batch(seed=1, pairs=40)
    once, twice = (build(weight=weight, dropout=0.3) for weight in (None, 1.0))

    def needed(objective: Objective) -> int:
        """The least free memory, by fifths, in which a batch is let through."""
        free = 100_000
        while True:
            free = free * 6 // 5
            monkeypatch.setattr(budget, "free_memory", lambda free=free: free)
            with suppress(MemoryError), budget.Budget(objective.parameters()).watching(batch):
                objective(batch)
                return free

    assert 1.4 < needed(twice) / needed(once) < 2.5


def test_validation_passes_once_and_says_the_same(make_batch):
    batches = [make_batch(seed=seed) for seed in (1, 2)]
    once, twice = build(weight=None, dropout=0.3), build(weight=2.5, dropout=0.3)
    assert validation_loss(twice, iter(batches)) == validation_loss(once, iter(batches))
    twice.eval()
    assert set(twice(batches[0]).parts) == {"nll"}


def test_what_a_term_sums_over_both_passes_is_halved(make_batch):
    class Rows(Term):
        name = "rows"

        def forward(self, told):
            assert told.log_prob.shape == told.batch.target_out.shape
            rows = told.log_prob.new_tensor(float(len(told.batch.rows)))
            return Part(rows, rows)

    batch = make_batch(seed=1, pairs=3)
    model = build(weight=None, dropout=0.0).model
    plain, more = (Objective(model, terms, r_drop=1.0)(batch) for terms in ([], [Rows()]))
    assert more.parts["rows"].item() == 3
    assert more.sums.item() == pytest.approx(plain.sums.item() + 3)


def test_coverage_and_reinforce_go_along(make_batch):
    batch = make_batch(seed=1)
    for attention, name in (
        (Attention(coverage=Coverage(loss=1.0)), "coverage"),
        (Attention(align=Hard(estimator=Reinforce(baseline="expectation", expected=0.0))), "reinforce"),
    ):
        objective = build(weight=1.0, dropout=0.2, attention=attention)
        loss = objective(batch)
        loss.sums.backward()
        assert set(loss.parts) == {"nll", "r_drop", name}
        assert all(one.isfinite().all() for one in gradients(objective))


def test_a_batch_twice_is_itself_behind_itself(make_batch):
    batch = make_batch(seed=1, pairs=3)
    both = batch.twice()
    assert (both.tokens, both.rows.tolist()) == (2 * batch.tokens, [0, 1, 2, 0, 1, 2])
    for name in ("source", "source_lengths", "target_in", "target_out", "target_lengths"):
        one = getattr(batch, name)
        assert torch.equal(getattr(both, name), torch.cat([one, one]))
