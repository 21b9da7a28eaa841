"""What one sentence's attention is made of."""

from dataclasses import replace

import numpy as np
import pytest

from nmt.errors import NmtError
from nmt.stages.attend import attend
from nmt.stages.translate_torch import load

SENTENCE, FORCED = "I love machine learning.", "我爱机器学习。"


@pytest.fixture(scope="module")
def translator(trained):
    return load(trained)


def test_each_row_and_what_lay_on_no_word_sum_to_one(translator):
    attention = attend(translator, SENTENCE, FORCED)
    (forced,) = translator.force([SENTENCE], [FORCED])
    spans = [*translator.tokenizers.source.spans(SENTENCE), (0, 0)]  # the end of the source
    nowhere = [column for column, (start, end) in enumerate(spans) if start == end]
    rest = forced.weights[:-1, nowhere].sum(axis=1)  # one row a character; the end of the target is no word
    assert attention.words.target == tuple(FORCED)
    np.testing.assert_allclose(attention.words.weights.sum(axis=1) + rest, 1, atol=1e-5)
    assert rest.min() > 0.01


def test_the_text_is_the_translator_s(translator):
    assert attend(translator, SENTENCE).translation == translator.translate([SENTENCE])[0]


def test_a_forced_target_is_shown_as_the_model_reads_it(translator):
    assert attend(translator, SENTENCE, "我  爱 ＮＭＴ。").translation == "我 爱 NMT。"


def test_a_sentence_that_was_cropped_is_said_and_shown_in_full(trained):
    short = load(trained)
    short.options = replace(short.options, max_source=3)
    attention = attend(short, SENTENCE)
    unread = len(short.tokenizers.source.encode(SENTENCE)) - 3
    assert attention.notices == (f"sentence: the last {unread} pieces were not read: too long",)
    assert attention.words.source == ("I", "love", "machine", "learning", ".")
    assert attention.words.weights[:, -1].max() == 0
    assert attention.words.weights[:, 0].min() > 0


def test_nothing_is_said_of_a_sentence_that_was_read(translator):
    assert attend(translator, SENTENCE).notices == ()


@pytest.mark.parametrize(
    ("sentence", "target", "place"),
    [("", None, "sentence"), (" \u3000", FORCED, "sentence"), ("a", "\t", "target")],
)
def test_blank_text_is_refused(sentence, target, place, translator):
    with pytest.raises(NmtError, match=f"^{place}: is blank$"):
        attend(translator, sentence, target)
