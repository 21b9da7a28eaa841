"""Beam search against all that could be found, against the same rules as plain loops, and by hand."""

from itertools import product
from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.decoding.beam import beam_search
from nmt.decoding.engine import Hypothesis
from nmt.decoding.penalty import gnmt
from nmt.decoding.torch_engine import TorchEngine
from nmt.text.special import BOS, EOS, PAD, UNK

Found = list[list[Hypothesis]]


def search(model, source: list[list[int]], **changes) -> Found:
    options = {"beam": 3, "nbest": 1, "alpha": 0.0, "limit": 4, "weights": False, **changes}
    tensor = torch.tensor(source)
    return beam_search(model, tensor, torch.full((len(tensor),), tensor.size(1)), **options)


# Against everything that could be found.

LIMIT = 3  # and the end symbol
SENTENCES = [[4, 5, EOS], [5, 5, EOS], [1, 4, EOS], [4, 4, EOS]]
EVERY = [ids for length in range(LIMIT + 1) for ids in product((UNK, 4, 5), repeat=length)]


def everything(model, sentence: list[int], alpha: float) -> list[tuple[float, tuple[int, ...]]]:
    """Every target of up to LIMIT pieces with its score, the best first."""
    forced = TorchEngine(model).force([sentence[:-1]] * len(EVERY), EVERY)
    scores = [one.score / gnmt(len(one.token_scores), alpha) for one in forced]
    return sorted(zip(scores, EVERY, strict=True), reverse=True)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.5])
@pytest.mark.parametrize("beam", [len(EVERY), 100])
def test_a_wide_beam_finds_every_target_in_the_order_of_its_penalised_score(make_model, cell, alpha, beam):
    model = make_model(vocabulary=6, cell=cell)
    found = search(model, SENTENCES, beam=beam, nbest=len(EVERY), alpha=alpha, limit=LIMIT)
    for sentence, hypotheses in zip(SENTENCES, found, strict=True):
        expected = everything(model, sentence, alpha)
        assert [one.ids for one in hypotheses] == [ids for _, ids in expected]
        assert [one.score for one in hypotheses] == pytest.approx([score for score, _ in expected], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beam", [36, 60])
def test_a_wide_beam_finds_the_most_probable_target(make_model, seed, beam):
    model = make_model(vocabulary=6, seed=seed)
    for sentence, (best,) in zip(SENTENCES, search(model, SENTENCES, beam=beam, limit=LIMIT), strict=True):
        score, ids = everything(model, sentence, 0.0)[0]
        assert best.ids == ids
        assert best.score == pytest.approx(score, abs=1e-5)


# Against the rules of the module's docstring as plain loops over one sentence.


def plain(model, first: int, *, beam: int, nbest: int, alpha: float, limit: int):
    """(score, ids) of the ``nbest`` best, best first."""
    going, finished = [(0.0, (), model.next(first, BOS))], []
    for length in range(1, limit + 2):
        ranked = sorted(
            (
                (score + log_prob, (*ids, token), model.next(key, token))
                for score, ids, key in going
                for token, log_prob in enumerate(model.table[key].tolist())
                if token not in (PAD, BOS) and (length <= limit or token == EOS)
            ),
            reverse=True,
        )[: 2 * beam]
        penalty = gnmt(length, alpha)
        finished += [(score / penalty, ids[:-1]) for score, ids, _ in ranked[:beam] if ids[-1] == EOS]
        finished.sort(reverse=True)
        going = [one for one in ranked if one[1][-1] != EOS][:beam]
        if not going or (len(finished) >= nbest and finished[nbest - 1][0] >= going[0][0] / penalty):
            break
    return finished[:nbest]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_it_equals_plain_loops_over_each_sentence(chance, data):
    draw = data.draw
    model = chance(seed=draw(st.integers(0, 9999), "seed"), end=draw(st.floats(-1, 3), "end"))
    beam = draw(st.integers(1, 9), "beam")
    options = {
        "beam": beam,
        "nbest": draw(st.integers(1, beam), "nbest"),
        "alpha": draw(st.sampled_from([0.0, 0.6, 1.0, 2.0]), "alpha"),
        "limit": draw(st.integers(0, 9), "limit"),
    }
    firsts = draw(st.lists(st.integers(0, 900), min_size=1, max_size=40), "sentences")
    found = search(model, [[first, EOS] for first in firsts], **options)
    for first, hypotheses in zip(firsts, found, strict=True):
        expected = plain(model, first, **options)
        assert [one.ids for one in hypotheses] == [ids for _, ids in expected]
        assert [one.score for one in hypotheses] == pytest.approx([score for score, _ in expected], rel=1e-5)


@pytest.mark.parametrize("beam", [1, 4])
def test_what_a_hypothesis_carries_is_its_own_history(chance, beam):
    """Token scores and weights follow their hypothesis through every reordering, and the batch's shrinking."""
    model = chance(seed=3, end=-1.0)
    firsts = list(range(40))
    found = search(
        model, [[n, 0, 0, 0, EOS] for n in firsts], beam=beam, nbest=beam, limit=12, alpha=1.0, weights=True
    )
    assert len({len(hypotheses[0].ids) for hypotheses in found}) > 4
    for first, hypotheses in zip(firsts, found, strict=True):
        for one in hypotheses:
            key, keys = first, []
            for token in (BOS, *one.ids):
                key = model.next(key, token)
                keys.append(key)
            expected = [
                model.table[key, token].item() for key, token in zip(keys, (*one.ids, EOS), strict=True)
            ]
            assert one.token_scores == pytest.approx(expected, abs=1e-5)
            assert one.score == pytest.approx(sum(expected) / gnmt(len(expected), 1.0), abs=1e-5)
            assert one.weights.shape == (len(expected), 5)
            assert one.weights.argmax(axis=1).tolist() == [key % 5 for key in keys]


# Greedy.


@pytest.mark.parametrize("changes", [{}, {"cell": "lstm"}, {"attention": "none"}])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_beam_of_one_is_greedy(make_model, changes, alpha):
    model = make_model(scale=3.0, end=0.0, **changes)
    sentences = [[4 + n % 5, 4 + n % 3, 4 + n % 2, EOS] for n in range(30)]
    found = search(model, sentences, beam=1, limit=6, alpha=alpha)
    assert len({one.ids for (one,) in found}) > 3
    for sentence, (one,) in zip(sentences, found, strict=True):
        source, lengths = torch.tensor([sentence]), torch.tensor([4])
        ids: list[int] = []
        while len(ids) < 6:
            states = model(source, lengths, torch.tensor([[BOS, *ids]])).states
            logits = model.projection(states[0, -1]).index_fill(0, torch.tensor([PAD, BOS]), -torch.inf)
            if (token := int(logits.argmax())) == EOS:
                break
            ids.append(token)
        assert list(one.ids) == ids


# By hand.


def test_a_beam_finds_what_greed_misses(scripted):
    model = scripted(
        {
            (): {4: 0.6, 5: 0.4},
            (4,): {EOS: 0.4, 4: 0.3, 5: 0.3},
            (5,): {EOS: 0.9, 4: 0.1},
            (4, 4): {EOS: 1.0},
            (4, 5): {EOS: 1.0},
        }
    )
    ((greedy,),) = search(model, [[4, EOS]], beam=1)
    ((wide,),) = search(model, [[4, EOS]], beam=2)
    assert (greedy.ids, wide.ids) == ((4,), (5,))
    assert greedy.score == pytest.approx(log(0.6 * 0.4), abs=1e-6)
    assert wide.token_scores == pytest.approx([log(0.4), log(0.9)], abs=1e-6)


LONG_OR_SHORT = {(): {EOS: 0.3, 4: 0.7}, (4,): {4: 0.9, EOS: 0.1}, (4, 4): {EOS: 0.4, 5: 0.6}}


def test_the_penalty_counts_the_end_symbol(scripted):
    """0.3 alone against 0.7 * 0.9 * 0.4 = 0.252 in three: the penalty of 3 is (8/6) ** alpha, of 1 it is 1."""
    for alpha, ids in ((0.0, ()), (0.45, ()), (0.5, (4, 4)), (1.0, (4, 4))):
        ((best, other),) = search(scripted(LONG_OR_SHORT), [[4, EOS]], beam=3, nbest=2, alpha=alpha, limit=2)
        assert best.ids == ids
        long = best if best.ids else other
        assert long.score == pytest.approx(log(0.252) / (8 / 6) ** alpha, abs=1e-6)


def test_a_sentence_is_done_when_what_goes_on_is_no_better_at_its_present_length(scripted):
    """Going on with 0.45 cannot win without a penalty, and is not waited for though later it would."""
    model = scripted({(): {EOS: 0.5, 4: 0.45}, (4,): {4: 1.0}, (4, 4): {EOS: 1.0}})
    ((best,),) = search(model, [[4, EOS]], beam=4, alpha=1.0)
    assert best.ids == ()
    ((best, _),) = search(model, [[4, EOS]], beam=4, nbest=2, alpha=1.0)
    assert best.ids == (4, 4)


def test_nothing_begins_or_pads_a_target_in_its_middle(scripted):
    model = scripted({(): {PAD: 0.5, BOS: 0.4, 4: 0.1}, (4,): {BOS: 0.5, PAD: 0.3, EOS: 0.2}})
    ((best, *others),) = search(model, [[4, EOS]], beam=4, nbest=4)
    assert best.ids == (4,)
    assert not {PAD, BOS} & {token for one in others for token in one.ids}


def test_at_the_greatest_length_it_must_end(scripted):
    endless = scripted({(4,) * n: {4: 0.99, EOS: 0.01} for n in range(9)})
    for limit in (0, 1, 5):
        ((best,),) = search(endless, [[4, EOS]], beam=1, limit=limit)
        assert best.ids == (4,) * limit
        assert best.token_scores == pytest.approx([log(0.99)] * limit + [log(0.01)], abs=1e-5)


# What is handed out.


@pytest.mark.parametrize("nbest", [1, 3, 8])
def test_the_n_best_are_sorted_and_distinct_and_as_many_as_asked_for(chance, nbest):
    found = search(chance(seed=1), [[n, EOS] for n in range(30)], beam=8, nbest=nbest, alpha=0.6, limit=8)
    for hypotheses in found:
        assert len(hypotheses) == nbest
        assert len({one.ids for one in hypotheses}) == nbest
        scores = [one.score for one in hypotheses]
        assert scores == sorted(scores, reverse=True)


def test_no_more_are_found_than_there_are(make_model):
    ((only,),) = search(make_model(vocabulary=6), [[4, EOS]], beam=5, nbest=5, limit=0)
    assert only.ids == ()
    (four,) = search(make_model(vocabulary=6), [[4, EOS]], beam=5, nbest=5, limit=1)
    assert sorted(one.ids for one in four) == [(), (UNK,), (4,), (5,)]


@pytest.mark.parametrize("count", [1, 7, 29])
def test_only_the_first_count_sentences_are_wanted(chance, count):
    sentences = [[n, EOS] for n in range(30)]
    options = {"beam": 3, "nbest": 2, "alpha": 0.6, "limit": 8}
    model = chance(seed=2, end=1.0)
    assert search(model, sentences, count=count, **options) == search(model, sentences, **options)[:count]


@pytest.mark.parametrize("changes", [{}, {"cell": "lstm", "decoder_layers": 2}, {"attention": "none"}])
@pytest.mark.parametrize("beam", [1, 4])
def test_scores_and_weights_are_those_of_the_forced_translation(make_model, changes, beam):
    model = make_model(**changes)
    sentences = [[4 + n % 5, 4 + n % 3, EOS] for n in range(20)]
    found = search(model, sentences, beam=beam, nbest=beam, alpha=0.6, limit=7, weights=True)
    flat = [
        (sentence[:-1], one) for sentence, several in zip(sentences, found, strict=True) for one in several
    ]
    forced = TorchEngine(model).force([pieces for pieces, _ in flat], [one.ids for _, one in flat])
    for (_, one), same in zip(flat, forced, strict=True):
        assert one.token_scores == pytest.approx(same.token_scores, abs=1e-5)
        assert one.score == pytest.approx(same.score / gnmt(len(same.token_scores), 0.6), abs=1e-5)
        assert (one.weights is None) == (same.weights is None) == (changes.get("attention") == "none")
        if one.weights is not None:
            torch.testing.assert_close(one.weights, same.weights, rtol=0, atol=1e-6)


def test_weights_are_kept_only_where_asked_for(make_model):
    assert search(make_model(), [[4, EOS]])[0][0].weights is None
