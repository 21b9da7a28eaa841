"""The Europarl text of the study is tokenised as its gold is, and its parts share nothing."""

import doctest

from study import europarl
from study.europarl import split, tokens


def test_the_example():
    assert doctest.testmod(europarl).attempted == 1
    assert doctest.testmod(europarl).failed == 0


def test_what_is_tokenised_stays():
    gold = "lassen sie uns über die einnahmeseite des eu-haushalts reden : 1,5 % , ken 's ( so ) ."
    assert tokens(gold) == gold


def test_the_parts_share_no_side_and_training_has_no_gold_sentence():
    pairs = [(f"Satz {k % 20}.", f"Sentence {k % 21}.") for k in range(30)] + [
        (f"Neu {k}", f"New {k}") for k in range(9)
    ]
    parts = split(pairs, ["satz 3 ."], train=20, valid=4)
    assert [len(part) for part in parts.values()] == [19, 4, 5]
    assert ("satz 3 .", "sentence 3 .") not in parts["train"]
    learnt = {side for pair in parts["train"] for side in pair}
    assert not learnt & {side for part in ("valid", "test") for pair in parts[part] for side in pair} - {
        "satz 3 ."
    }


def test_a_pair_without_a_token_is_nowhere():
    parts = split([("a", "b"), (" ", "c"), ("d", "e"), ("f", "")], [], train=2, valid=1)
    assert parts == {"train": [("a", "b")], "valid": [("d", "e")], "test": []}
