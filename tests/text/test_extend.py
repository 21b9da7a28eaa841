"""A vocabulary that grows: old pieces keep their ids, and new text is cut into fewer pieces."""

import pytest

from nmt.text.extend import extend
from nmt.text.tokenizer import Tokenizer
from nmt.text.train import train

OLD = ["the old house sees the new tree", "a house and a tree", "new trees and old trees"] * 20
NEW = ["der Hund bellt und der Hund schläft", "zwei Hunde bellen", "der Hund sieht zwei Bäume"] * 20


def trained(lines: list[str], kind: str) -> Tokenizer:
    return train(lines, type=kind, vocab_size=60, language="en")[0]


@pytest.mark.parametrize("kind", ["unigram", "bpe", "char", "word"])
def test_old_pieces_keep_their_ids_and_new_ones_follow(kind):
    old, new = trained(OLD, kind), trained(NEW, kind)
    grown = Tokenizer(extend(old.model, new.model, 1000), language="en")
    assert [grown.piece(i) for i in range(old.size)] == [old.piece(i) for i in range(old.size)]
    assert grown.size > old.size
    assert len({grown.piece(i) for i in range(grown.size)}) == grown.size
    assert {new.piece(i) for i in range(new.size)} <= {grown.piece(i) for i in range(grown.size)}
    for line in (*OLD[:3], *NEW[:3]):
        assert grown.decode(grown.encode(line)) == line


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_the_new_pieces_are_used(kind):
    old, new = trained(OLD, kind), trained(NEW, kind)
    grown = Tokenizer(extend(old.model, new.model, 1000), language="en")
    line = NEW[0]
    assert len(grown.encode(line)) < len(old.encode(line))
    assert max(grown.encode(line)) >= old.size
    assert OLD[0] in [old.decode(old.encode(OLD[0])), grown.decode(grown.encode(OLD[0]))]


def test_no_more_are_added_than_there_is_room_for():
    old, new = trained(OLD, "unigram"), trained(NEW, "unigram")
    assert extend(old.model, new.model, old.size) == old.model
    assert extend(old.model, new.model, old.size - 5) == old.model
    grown = Tokenizer(extend(old.model, new.model, old.size + 3), language="en")
    assert grown.size == old.size + 3


def test_the_characters_of_new_text_come_first():
    old, new = trained(OLD, "unigram"), trained(NEW, "unigram")
    unknown = {character for line in NEW for character in line.replace(" ", "")} - {
        old.piece(i) for i in range(old.size)
    }
    assert len(unknown) > 3
    grown = Tokenizer(extend(old.model, new.model, old.size + len(unknown)), language="en")
    assert unknown == {grown.piece(i) for i in range(old.size, grown.size)}


def test_a_vocabulary_has_all_of_itself():
    old = trained(OLD, "unigram")
    assert extend(old.model, old.model, 1000) == old.model
