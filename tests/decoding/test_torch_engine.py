"""The torch engine: what shares a batch, in which order results come back, and given translations."""

import pytest
import torch

from nmt.decoding.beam import MIN_ROWS
from nmt.decoding.engine import Options
from nmt.decoding.torch_engine import TorchEngine
from nmt.text.special import BOS, EOS, PAD

SENTENCES = [[4 + (n * k) % 5 for k in range(1 + n % 4)] for n in range(100)]


class Watched:
    """A model that notes what it was given to read, and can fail."""

    def __init__(self, model, *, fails: bool = False) -> None:
        self.model, self.fails = model, fails
        self.projection, self.max_target = model.projection, None
        self.read: list[torch.Tensor] = []
        self.threads: set[int] = set()

    def begin(self, source, lengths):
        assert torch.equal(lengths, torch.full((len(source),), source.size(1)))
        self.read.append(source)
        self.threads.add(torch.get_num_threads())
        if self.fails:
            raise RuntimeError("no more memory")
        return self.model.begin(source, lengths)

    def step(self, memory, state, tokens):
        return self.model.step(memory, state, tokens)


@pytest.mark.parametrize("batch_tokens", [1, 60, 4096])
def test_only_equal_lengths_share_a_batch_within_the_budget_and_no_batch_is_small(make_model, batch_tokens):
    model = Watched(make_model())
    TorchEngine(model).translate(SENTENCES, Options(beam=1, max_offset=2, batch_tokens=batch_tokens))
    for source in model.read:
        assert len(source) >= MIN_ROWS
        assert source.numel() <= batch_tokens or len(source) == MIN_ROWS
        assert not (source == PAD).any()
        assert (source[:, -1] == EOS).all()
    assert len(model.read) == {1: 100, 60: 8, 4096: 4}[batch_tokens]


def test_results_come_back_in_order(make_model):
    engine, options = TorchEngine(make_model(end=0.0), workers=2), Options(beam=2, nbest=2, max_offset=4)
    together = engine.translate(SENTENCES, options)
    assert len({hypotheses[0].ids for hypotheses in together}) > 3
    assert together == [engine.translate([sentence], options)[0] for sentence in SENTENCES]


@pytest.mark.parametrize(("ratio", "offset"), [(0.0, 3), (1.5, 0), (2.0, 1)])
def test_the_greatest_length_grows_with_the_source(make_model, ratio, offset):
    engine = TorchEngine(make_model(end=-50.0))  # which would never end
    for length in (1, 3, 4):
        ((best,),) = engine.translate([[4] * length], Options(beam=2, max_ratio=ratio, max_offset=offset))
        assert len(best.ids) == int(ratio * length) + offset


def test_nothing_and_an_empty_sentence_are_translated(make_model):
    engine = TorchEngine(make_model())
    assert engine.translate([], Options()) == []
    assert engine.force([], []) == []
    assert len(engine.translate([[]], Options(nbest=2))[0]) == 2


def test_workers_have_one_thread_and_the_callers_number_returns(make_model):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        model = Watched(make_model())
        TorchEngine(model, workers=2).translate(SENTENCES, Options(beam=1, max_offset=2))
        assert model.threads == {1}
        assert torch.get_num_threads() == 2
        with pytest.raises(RuntimeError, match="no more memory"):
            TorchEngine(Watched(make_model(), fails=True)).translate(SENTENCES, Options())
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("changes", [{}, {"cell": "lstm"}, {"attention": "none"}])
def test_a_forced_target_costs_what_teacher_forcing_says(make_model, changes):
    model = make_model(**changes)
    targets = [SENTENCES[-n] if n % 3 else [] for n in range(1, 101)]
    forced = TorchEngine(model, workers=2).force(SENTENCES, targets)
    for source, target, one in zip(SENTENCES, targets, forced, strict=True):
        given, length = torch.tensor([[*source, EOS]]), torch.tensor([len(source) + 1])
        decoded = model(given, length, torch.tensor([[BOS, *target]]))
        log_probs = model.projection(decoded.states[0]).log_softmax(-1)
        expected = [log_probs[t, token].item() for t, token in enumerate((*target, EOS))]
        assert one.ids == tuple(target)
        assert one.token_scores == pytest.approx(expected, abs=1e-5)
        assert one.score == pytest.approx(sum(expected), abs=1e-4)
        assert (one.weights is None) == (decoded.weights is None)
        if one.weights is not None:
            assert one.weights.shape == (len(target) + 1, len(source) + 1)
            torch.testing.assert_close(one.weights, decoded.weights[0].detach().numpy(), rtol=0, atol=1e-5)
