"""Text to text: blank for blank, spans, cropping, and options, over an engine that echoes."""

from dataclasses import replace

import pytest

from nmt.config.decoding import Decoding, Gnmt, MaxLength, NoPenalty
from nmt.decoding.engine import Hypothesis, Options
from nmt.decoding.translator import Translation, Translator, options_of
from nmt.errors import NmtError
from nmt.text.files import Tokenizers
from nmt.text.train import train

LINES = ["I love machine learning.", "The cat sat on the mat.", "Where did you put my hat?"]


class Echo:
    """Says each source again, and then a piece less for every further hypothesis; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[list[int]], Options]] = []
        self.max_source = self.max_target = None

    def translate(self, pieces, options: Options) -> list[list[Hypothesis]]:
        self.asked.append(([list(one) for one in pieces], options))
        return [[said(one[: len(one) - n]) for n in range(options.nbest)] for one in pieces]

    def force(self, pieces, targets) -> list[Hypothesis]:
        return [said(target) for target in targets]


def said(ids) -> Hypothesis:
    scores = tuple(-float(n) for n in range(len(ids) + 1))
    return Hypothesis(tuple(ids), sum(scores), scores)


@pytest.fixture(scope="module")
def tokenizers() -> Tokenizers:
    tokenizer, _ = train(LINES * 4, type="bpe", vocab_size=60, language="en")
    return Tokenizers(tokenizer, tokenizer, joint=True)


@pytest.fixture
def translator(tokenizers: Tokenizers) -> Translator:
    return Translator(Echo(), tokenizers, Options(beam=2))


def test_each_line_comes_back_in_order(translator):
    assert translator.translate(LINES) == LINES
    assert translator.translate(LINES[::-1]) == LINES[::-1]
    assert translator.translate([]) == []


@pytest.mark.parametrize("blank", ["", "   ", "\t", "\u3000"])
def test_blank_for_blank_and_the_engine_is_not_asked(translator, blank):
    found = translator.search([blank, LINES[0], blank], nbest=2)
    assert found[0] == found[2] == [Translation(blank, "", 0.0)]
    assert len(found[1]) == 2
    ((pieces, _),) = translator.engine.asked
    assert len(pieces) == 1


def test_a_source_beyond_the_models_table_is_named_by_its_line(translator):
    length = len(translator.tokenizers.source.encode(LINES[0]))
    translator.engine.max_source = length + 1  # the end symbol's place
    assert translator.translate(LINES[:1]) == LINES[:1]
    translator.engine.max_source = length
    with pytest.raises(NmtError, match=f"{length} pieces, and the model has places for {length - 1}"):
        translator.search(["", LINES[0]])
    with pytest.raises(NmtError, match=f"{length} pieces"):  # all that it has, not what would be read of it
        translator.search(LINES[:1], max_source=length)
    with pytest.raises(NmtError) as caught:
        translator.search(["", LINES[0]], first=41)
    assert caught.value.place == "line 42"
    with pytest.raises(NmtError) as caught:
        translator.force(LINES[:1], LINES[:1])
    assert caught.value.place == "line 1"


def test_a_translation_says_all_that_the_hypothesis_holds(translator):
    ((best,),) = translator.search(LINES[:1])
    ids = translator.tokenizers.source.encode(LINES[0])
    assert best.source == best.text == LINES[0]
    assert best.tokens == (*translator.tokenizers.target.pieces(LINES[0]), "</s>")
    assert best.token_scores == tuple(-float(n) for n in range(len(ids) + 1))
    assert best.score == sum(best.token_scores)
    assert (best.weights, best.cropped) == (None, 0)


def test_spans_find_every_token_in_the_text(translator):
    for (best,) in translator.search(LINES):
        assert len(best.spans) == len(best.tokens)
        for token, (start, end) in zip(best.tokens[:-1], best.spans, strict=False):
            assert best.text[start:end] == token.replace("▁", "")
        assert best.spans[-1] == (len(best.text), len(best.text))


def test_a_source_that_is_too_long_is_read_up_to_its_limit(translator):
    lengths = [len(translator.tokenizers.source.encode(line)) for line in LINES]
    limit = min(lengths)
    found = translator.search(LINES, max_source=limit)
    assert [best.cropped for (best,) in found] == [max(length - limit, 0) for length in lengths]
    assert max(best.cropped for (best,) in found) > 0
    ((pieces, _),) = translator.engine.asked
    assert [len(one) for one in pieces] == [min(length, limit) for length in lengths]
    assert all(best.source == line for (best,), line in zip(found, LINES, strict=True))


def test_the_n_best_keep_their_order_and_widen_the_beam(translator):
    (found,) = translator.search(LINES[:1], nbest=4)
    assert [len(one.tokens) for one in found] == sorted({len(one.tokens) for one in found}, reverse=True)
    assert len(found) == 4
    translator.search(LINES[:1], nbest=2, beam=5)
    assert [options.beam for _, options in translator.engine.asked] == [4, 5]


def test_changes_override_the_options_of_one_call(translator):
    translator.search(LINES[:1], alpha=1.5, max_offset=3)
    translator.search(LINES[:1])
    assert translator.engine.asked[0][1] == replace(translator.options, alpha=1.5, max_offset=3)
    assert translator.engine.asked[1][1] == translator.options


def test_a_forced_target_is_shown_as_normalised(translator):
    (one,) = translator.force(LINES[:1], ["The   cat sat on Ξ. "])
    assert (one.source, one.text) == (LINES[0], "The cat sat on Ξ.")
    shown = "".join(one.text[start:end] for start, end in one.spans)
    assert shown == one.text.replace(" ", "")
    assert len(one.spans) == len(one.tokens) == len(one.token_scores)


def test_the_options_of_a_config():
    given = Decoding(
        beam=7, length_penalty=Gnmt(alpha=0.9), max_length=MaxLength(ratio=1.5, offset=4), batch_tokens=99
    )
    expected = Options(beam=7, alpha=0.9, max_ratio=1.5, max_offset=4, batch_tokens=99)
    assert options_of(given) == expected
    assert options_of(Decoding(length_penalty=NoPenalty())).alpha == 0.0


def test_the_defaults_of_config_and_engine_agree():
    assert options_of(Decoding()) == Options()


def test_a_target_longer_than_the_model_can_say_is_refused_by_its_line(translator):
    length = len(translator.tokenizers.target.encode(LINES[0]))
    translator.engine.max_target = length + 1  # the end symbol's place
    translator.force(LINES[:1], LINES[:1])
    translator.engine.max_target = length
    with pytest.raises(NmtError, match=f"target line 1: {length} pieces, and the model has places for"):
        translator.force(LINES[:1], LINES[:1])


def test_a_translation_is_looked_at_by_its_own_pieces(translator):
    (found,) = translator.search(LINES[:1])[0]
    assert found.ids == tuple(translator.tokenizers.source.encode(LINES[0]))
    asked = []
    translator.engine.look = lambda pieces, target: asked.append((list(pieces), tuple(target))) or {}
    cropped = replace(found, cropped=2)
    assert translator.look(cropped) == {}
    assert asked == [(translator.tokenizers.source.encode(LINES[0])[:-2], found.ids)]
