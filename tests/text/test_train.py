"""Vocabularies are made the same every time, and as large as the text allows."""

import random

import pytest

from nmt.errors import NmtError
from nmt.text import train as module
from nmt.text.special import BOS, EOS, PAD, UNK
from nmt.text.train import Kind, train, train_model

WORDS = ["kala", "mute", "sike", "tomo", "nasin", "pakala", "lipu", "wile"]


def corpus(lines: int = 300) -> list[str]:
    generator = random.Random(1)
    return [" ".join(generator.choices(WORDS, k=generator.randint(3, 9))) + "." for _ in range(lines)]


def test_the_same_lines_give_the_same_bytes(kind: Kind) -> None:
    one, two = (train(corpus(), type=kind, vocab_size=40, language="en")[0].model for _ in range(2))
    assert one == two


def test_special_ids_are_the_first_four(kind: Kind) -> None:
    tokenizer, _ = train(corpus(), type=kind, vocab_size=40, language="en")
    assert [tokenizer.piece(i) for i in (PAD, UNK, BOS, EOS)] == ["<pad>", "<unk>", "<s>", "</s>"]


def test_a_vocabulary_larger_than_the_text_shrinks_with_a_notice(kind: Kind) -> None:
    tokenizer, notices = train(corpus(), type=kind, vocab_size=5000, language="en")
    assert 10 < tokenizer.size < 200
    assert len(notices) == 1
    assert "5000" in notices[0]
    assert f"{tokenizer.size} pieces" in notices[0]


def test_an_exact_size_fails_with_the_maximum_that_then_works(kind: Kind) -> None:
    size = train(corpus(), type=kind, vocab_size=5000, language="en")[0].size
    with pytest.raises(NmtError, match=f"at most {size} pieces, not 5000"):
        train(corpus(), type=kind, vocab_size=5000, exact_size=True, language="en")
    tokenizer, notices = train(corpus(), type=kind, vocab_size=size, exact_size=True, language="en")
    assert tokenizer.size == size
    assert not notices


@pytest.mark.parametrize("type", ["unigram", "bpe", "char"])
def test_too_few_pieces_for_the_characters_fails_with_the_minimum_that_then_works(type: Kind) -> None:
    characters = len(set("".join(corpus())) - {" "}) + 1  # the space is a piece of its own
    least = 4 + characters
    with pytest.raises(NmtError, match=f"{least - 1} is too small.* are {least}"):
        train(corpus(), type=type, vocab_size=least - 1, language="en")
    assert train(corpus(), type=type, vocab_size=least, language="en")[0].size == least


def test_bytes_need_room(kind: Kind) -> None:
    with pytest.raises(NmtError, match="100 is too small"):
        train(corpus(), type=kind, vocab_size=100, byte_fallback=True, language="en")


@pytest.mark.parametrize("lines", [[], ["", "  ", "\0"]])
def test_no_text_is_an_error(lines: list[str]) -> None:
    with pytest.raises(NmtError, match="no text"):
        train(lines, type="unigram", vocab_size=40, language="en")


def test_a_line_of_a_megabyte_takes_no_minute_and_counts() -> None:
    tokenizer, _ = train([*corpus(), "z" * 1_000_000], type="unigram", vocab_size=40, language="en")
    assert UNK not in tokenizer.encode("z")


def test_a_character_that_sentencepiece_reserves_does_not_drop_its_line() -> None:
    tokenizer, _ = train([*corpus(), "xyz ▅"], type="char", vocab_size=60, language="en")
    assert UNK not in tokenizer.encode("xyz")


def test_a_sample_is_chosen_by_the_seed_and_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 20)
    lines = [chr(0x4E00 + i) for i in range(500)]

    def sampled(seed: int) -> tuple[bytes, list[str]]:
        return train_model(
            iter(lines),
            type="char",
            vocab_size=25,
            exact_size=True,
            character_coverage=1.0,
            byte_fallback=False,
            dummy_prefix=False,
            seed=seed,
        )

    assert sampled(1) == sampled(1)
    assert sampled(1)[0] != sampled(2)[0]
    assert sampled(1)[1] == ["trained on 20 of 500 lines, chosen at random"]


def test_training_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    train(corpus(), type="unigram", vocab_size=40, language="en")
    assert capfd.readouterr() == ("", "")
