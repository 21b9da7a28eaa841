"""``nmt align`` writes Pharaoh links and their error against gold."""

import re
from pathlib import Path

import pytest

TEXTS = ("--source", "test.en", "--target", "test.zh")
WORDS = ("--source-words", "test.tok.en", "--target-words", "test.tok.zh")
SAID = re.compile(r"alignment error rate (\d\.\d{3}), of the diagonal (\d\.\d{3})\n")

Links = list[set[tuple[int, int]]]


def parse(text: str) -> Links:
    """Pharaoh lines as sets of pairs."""
    return [
        {(int(i), int(j)) for i, j in (link.split("-") for link in line.split())}
        for line in text.splitlines()
    ]


def write(name: str, links: Links) -> None:
    """Pharaoh lines, all of them sure."""
    lines = [" ".join(f"{i}-{j}" for i, j in sorted(one)) for one in links]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def lengths(name: str) -> list[int]:
    """The words of each line."""
    return [len(line.split()) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def error(predicted: Links, gold: Links) -> float:
    """Of sure links alone, which is what the shipped corpus has: 1 - 2 |A n G| / (|A| + |G|)."""
    agreed = sum(len(one & true) for one, true in zip(predicted, gold, strict=True))
    return 1 - 2 * agreed / sum(len(one) + len(true) for one, true in zip(predicted, gold, strict=True))


def diagonal() -> Links:
    """Target word j with source word j * I / J, rounded."""
    return [
        {(min(source - 1, round(j * source / target)), j) for j in range(target)}
        for source, target in zip(lengths("test.tok.en"), lengths("test.tok.zh"), strict=True)
    ]


def test_each_pair_gives_a_line_and_each_target_word_at_most_one_link(trained, command, there):
    done = command("align", trained, *TEXTS, *WORDS)
    links = parse(done.out)
    assert (done.code, done.err, len(links)) == (0, "", 20)
    for pair, source, target in zip(links, lengths("test.tok.en"), lengths("test.tok.zh"), strict=True):
        assert sorted(j for _, j in pair) == list(range(target))
        assert all(0 <= i < source for i, _ in pair)


def test_the_error_is_that_of_the_printed_links_and_the_diagonal_s_beside_it(trained, command, there):
    done = command("align", trained, *TEXTS, *WORDS, "--gold", "test.align")
    gold = parse(Path("test.align").read_text(encoding="utf-8"))
    expected = (f"{error(parse(done.out), gold):.3f}", f"{error(diagonal(), gold):.3f}")
    said = SAID.fullmatch(done.err)
    assert said is not None
    assert said.groups() == expected
    assert expected[0] != expected[1]


def test_the_model_s_own_links_and_the_diagonal_are_perfect_against_themselves(trained, command, there):
    Path("own.align").write_text(command("align", trained, *TEXTS, *WORDS).out, encoding="utf-8")
    write("diagonal.align", diagonal())
    for gold, place in (("own.align", 0), ("diagonal.align", 1)):
        said = SAID.fullmatch(command("align", trained, *TEXTS, *WORDS, "--gold", gold).err)
        assert said is not None
        assert said.groups()[place] == "0.000"
        assert said.groups()[1 - place] != "0.000"


def test_tokenised_texts_are_read_as_the_model_reads_text(trained, command, there):
    """In the shipped corpus the words, joined as their language writes them, are the text."""
    zh = Path("test.tok.zh").read_text(encoding="utf-8")
    assert zh.replace(" ", "") == Path("test.zh").read_text(encoding="utf-8")
    tokenised = ("--source", "test.tok.en", "--target", "test.tok.zh", "--tokenised")
    plain = ("--source", "test.tok.en", "--target", "test.zh", *WORDS)
    assert command("align", trained, *tokenised).out == command("align", trained, *plain).out


def test_without_words_of_its_own_a_text_is_linked_by_its_own_words(trained, command, there):
    Path("a.en").write_text("We love Python.\n", encoding="utf-8")
    Path("a.zh").write_text("我们爱Python。\n", encoding="utf-8")
    done = command("align", trained, "--source", "a.en", "--target", "a.zh")
    (links,) = parse(done.out)
    assert sorted(j for _, j in links) == [0, 1, 2, 3, 4]  # 我 们 爱 Python 。
    assert all(i in range(4) for i, _ in links)  # We love Python .


def test_links_go_to_a_file_that_only_force_overwrites(trained, command, there):
    arguments = ("align", trained, *TEXTS, "-o", "links")
    printed = command(*arguments[:-2]).out
    assert command(*arguments).out == ""
    assert Path("links").read_text(encoding="utf-8") == printed
    assert command(*arguments).code == 1
    assert command(*arguments, "--force").code == 0


@pytest.mark.parametrize("gold", ["0-99", "x"])
def test_a_wrong_gold_leaves_no_links_behind(gold, trained, command, there):
    Path("bad.align").write_text(f"{gold}\n" * 20, encoding="utf-8")
    assert command("align", trained, *TEXTS, "--gold", "bad.align", "-o", "links").code == 1
    assert not Path("links").exists()
