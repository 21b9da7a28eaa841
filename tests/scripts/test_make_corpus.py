"""The shipped corpus: as its script makes it, one answer per source, gold links, a real language."""

import doctest
import importlib
import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from sacrebleu.metrics.bleu import BLEU

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
HELD_OUT = {"valid": 500, "test": 1000, "long": 500}
PARTS = {"train": 20000} | HELD_OUT

sys.path.insert(0, str(ROOT / "scripts"))
dice, grammar, phrase, statistics = (
    importlib.import_module(f"corpus.{name}") for name in ("dice", "grammar", "phrase", "statistics")
)


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _links(part: str) -> list[list[tuple[int, int]]]:
    return [
        [(int(i), int(j)) for i, j in (link.split("-") for link in line.split())]
        for line in _lines(f"{part}.align")
    ]


def _make(*arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "scripts" / "make_corpus.py"), *arguments]
    environment = {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return subprocess.run(script, capture_output=True, text=True, env=environment, check=False)


def test_shipped_files_are_what_the_script_makes_under_any_hash_seed() -> None:
    done = _make("--check", "--out", str(DATA), seed="4711")
    assert done.returncode == 0, done.stderr


def test_check_names_a_changed_file_and_fails(tmp_path: Path) -> None:
    for file in DATA.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "test.zh").write_text("我\n", encoding="utf-8")
    done = _make("--check", "--out", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"{tmp_path / 'test.zh'}: not what the script makes"]


def test_parts_have_their_sizes_and_all_fits_in_five_megabytes() -> None:
    assert {part: len(_lines(f"{part}.en")) for part in PARTS} == PARTS
    assert {part: len(_lines(f"{part}.zh")) for part in PARTS} == PARTS
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 5_000_000


@pytest.mark.parametrize("side", ["en", "zh"])
def test_no_line_occurs_twice_in_a_part_or_between_parts(side: str) -> None:
    counts = Counter(line for part in PARTS for line in _lines(f"{part}.{side}"))
    assert counts.total() == sum(PARTS.values())
    assert [line for line, count in counts.items() if count > 1] == []


def test_long_sentences_are_longer_than_any_in_training_on_both_sides() -> None:
    assert min(len(s.split()) for s in _lines("long.en")) > max(len(s.split()) for s in _lines("train.en"))
    assert min(map(len, _lines("long.zh"))) > max(map(len, _lines("train.zh")))


def test_training_says_that_it_loves_machine_learning() -> None:
    pairs = dict(zip(_lines("train.en"), _lines("train.zh"), strict=True))
    assert pairs["I love machine learning."] == "我爱机器学习。"
    assert sum("机器学习" in target for target in pairs.values()) >= 100


@pytest.mark.parametrize("part", HELD_OUT)
def test_tokens_without_their_spaces_are_the_lines(part: str) -> None:
    assert [line.replace(" ", "") for line in _lines(f"{part}.tok.zh")] == _lines(f"{part}.zh")
    english = [line.replace(" ", "") for line in _lines(f"{part}.en")]
    assert [line.replace(" ", "") for line in _lines(f"{part}.tok.en")] == english


@pytest.mark.parametrize("part", HELD_OUT)
def test_links_lie_inside_their_sentences_and_no_chinese_word_lacks_one(part: str) -> None:
    texts = zip(_lines(f"{part}.tok.en"), _lines(f"{part}.tok.zh"), _links(part), strict=True)
    for english, chinese, links in texts:
        assert len(set(links)) == len(links)
        assert all(i < len(english.split()) for i, _ in links)
        assert {j for _, j in links} >= set(range(len(chinese.split()))) - _unlinked(chinese.split())


def _unlinked(chinese: list[str]) -> set[int]:
    """The comma has no link where English has none."""
    return {j for j, token in enumerate(chinese) if token == "，"}


def _crossing(links: list[tuple[int, int]]) -> int:
    return sum(any((i - k) * (j - m) < 0 for k, m in links) for i, j in links)


@pytest.mark.parametrize("part", HELD_OUT)
def test_at_least_a_quarter_of_the_gold_links_cross(part: str) -> None:
    links = _links(part)
    assert sum(map(_crossing, links)) / sum(map(len, links)) > 0.25


@pytest.mark.parametrize("part", HELD_OUT)
def test_a_dictionary_that_has_seen_the_gold_links_stays_below_40_bleu(part: str) -> None:
    english = [line.lower().split() for line in _lines(f"{part}.tok.en")]
    chinese = [line.split() for line in _lines(f"{part}.tok.zh")]
    counts: dict[str, Counter[str]] = {}
    for source, target, links in zip(english, chinese, _links(part), strict=True):
        for i, j in links:
            counts.setdefault(source[i], Counter())[target[j]] += 1
    words = {word: found.most_common(1)[0][0] for word, found in counts.items()}
    translations = ["".join(words.get(word, "") for word in source) for source in english]
    score = BLEU(tokenize="zh").corpus_score(translations, [_lines(f"{part}.zh")]).score
    assert 10 < score < 40


def test_the_language_has_400_word_types_a_side_and_30_constructions() -> None:
    # Counted on 2,000 held-out sentences, which is less than the training set has.
    for side in ("en", "zh"):
        tokens = (
            token for part in HELD_OUT for line in _lines(f"{part}.tok.{side}") for token in line.split()
        )
        assert len({token.lower() for token in tokens if token[0].isalpha()}) >= 400
    counts = {line.split("\t")[0]: int(line.split("\t")[1]) for line in _lines("constructions.tsv")}
    assert len(counts) >= 30
    assert sum(counts.values()) == PARTS["train"]
    joined = counts.pop("joined")
    assert 0.15 < joined / PARTS["train"] < 0.3
    assert max(counts.values()) < 2 * min(counts.values())


def test_every_held_out_word_occurs_in_training() -> None:
    known = {word.strip(".,?!").removesuffix("'s").lower() for s in _lines("train.en") for word in s.split()}
    for part in HELD_OUT:
        words = {
            word.strip(".,?!").removesuffix("'s").lower() for s in _lines(f"{part}.en") for word in s.split()
        }
        assert words - known == set()


def _sounds_like_a_vowel(word: str) -> bool:
    return word.startswith("honest") or (word[0] in "aeiou" and not word.startswith("use"))


def test_english_has_capitals_marks_and_the_right_article() -> None:
    for part in PARTS:
        for line in _lines(f"{part}.en"):
            assert line[0].isupper()
            assert line[-1] in ".?!"
            for article, after in itertools.pairwise(line.lower().split()):
                if article in {"a", "an"}:
                    assert (article == "an") == _sounds_like_a_vowel(after), line


def test_chinese_has_no_spaces_and_no_ascii() -> None:
    for part in PARTS:
        for line in _lines(f"{part}.zh"):
            assert line[-1] in "。？！"
            assert not any(character.isascii() for character in line)


def test_readme_lists_every_construction() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    names = [line.split("\t")[0] for line in _lines("constructions.tsv")]
    assert [name for name in names if f"| `{name}` |" not in text] == []


def test_no_english_sentence_of_the_grammar_has_two_translations() -> None:
    d, answers = dice.Dice(5), {}
    for _ in range(100):
        for name in grammar.CONSTRUCTIONS:
            made = grammar.sentence(name, d)
            assert answers.setdefault(made.english, made.chinese) == made.chinese, made.english


def test_a_literal_tagged_with_a_slot_links_to_the_words_of_that_slot() -> None:
    books = phrase.word("books", "书")
    three = phrase.compose("three~n {thing}", "三~n 本~thing {thing}", thing=books)
    assert three.chinese == ("三", "本", "书")
    assert three.links == {(0, 0), (1, 1), (1, 2)}


def test_a_tag_without_partner_and_a_slot_on_one_side_only_are_refused() -> None:
    with pytest.raises(ValueError, match="no partner"):
        phrase.compose("three~n", "本~m")
    with pytest.raises(ValueError, match="slots differ"):
        phrase.compose("{a}", "书", a=phrase.word("books", "书"))


@pytest.mark.parametrize("module", [phrase, statistics])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
