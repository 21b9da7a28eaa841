"""The corpus: every construction in its share, no line twice on either side, and its files."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import words
from .dice import Dice
from .grammar import CONSTRUCTIONS, JOINED, joined_sentence, long_sentence, sentence
from .phrase import Sentence

SEED = 20260
PAIRS = {"train": 20000, "valid": 500, "test": 1000, "long": 500}
FEWEST_WORDS, MOST_WORDS, MOST_CHARACTERS = 3, 16, 27
LONG_WORDS, LONG_CHARACTERS = 20, 28
RAREST = 8
FAINTEST = 0.01  # share of a word's links below which the lexicon leaves a translation out
FOREVER = "I love machine learning."


@dataclass(frozen=True)
class Corpus:
    """The four parts, each a list of sentences in file order."""

    train: list[Sentence]
    valid: list[Sentence]
    test: list[Sentence]
    long: list[Sentence]

    def parts(self) -> dict[str, list[Sentence]]:
        """The parts by file name."""
        return {"train": self.train, "valid": self.valid, "test": self.test, "long": self.long}


class _Fresh:
    """Remembers what was said, so that no source and no target comes twice."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, made: Sentence) -> bool:
        if made.english in self._said or made.chinese in self._said:
            return False
        self._said |= {made.english, made.chinese}
        return True


def _short(made: Sentence) -> bool:
    return FEWEST_WORDS <= len(made.english.split()) <= MOST_WORDS and len(made.chinese) <= MOST_CHARACTERS


_TWICE = (("I", "me"), ("we", "us"), ("my", "me"), ("you", "you"))
_NAMES = frozenset(name.english[0] for name in words.NAMES)


def _sensible(made: Sentence) -> bool:
    """Nobody does something to himself by accident, and no name stands twice."""
    english = [token if token == "I" or token in _NAMES else token.lower() for token in made.phrase.english]
    if any(english.count(name) > 1 for name in _NAMES):
        return False
    return not any(
        english.count(object_) > (subject == object_) and subject in english for subject, object_ in _TWICE
    )


def _long(made: Sentence) -> bool:
    return LONG_WORDS <= len(made.english.split()) <= 32 and LONG_CHARACTERS <= len(made.chinese) <= 60


def _sentences(d: Dice, fresh: _Fresh, count: int) -> list[Sentence]:
    """Sentences in turn from every construction, then some that join two short statements; what has nothing new to
    say in 30 tries passes."""
    found: list[Sentence] = []
    while len(found) < count:
        makers = [partial(sentence, name) for name in CONSTRUCTIONS] + [joined_sentence] * JOINED
        for maker in makers:
            tries = (maker(d) for _ in range(30))
            made = next((made for made in tries if _short(made) and _sensible(made) and fresh(made)), None)
            found += [made] if made else []
    return found[:count]


def _held_out(found: list[Sentence]) -> tuple[list[Sentence], list[Sentence], list[Sentence]]:
    """Test, validation and the rest; what is held out has no word that is rarer than RAREST in all of it."""
    counts = Counter(token for made in found for token in made.phrase.english + made.phrase.chinese)
    tests: list[Sentence] = []
    rest: list[Sentence] = []
    for made in found:
        common = all(counts[token] >= RAREST for token in made.phrase.english + made.phrase.chinese)
        (tests if common and len(tests) < PAIRS["test"] + PAIRS["valid"] else rest).append(made)
    return tests[: PAIRS["test"]], tests[PAIRS["test"] :], rest


def make() -> Corpus:
    """The whole corpus, the same on every machine."""
    d, fresh = Dice(SEED), _Fresh()
    wanted = PAIRS["train"] + PAIRS["valid"] + PAIRS["test"]
    beloved = next(made for made in iter(lambda: sentence("learning", d), None) if made.english == FOREVER)
    fresh(beloved)
    found = _sentences(d, fresh, wanted - 1)
    d.shuffle(found)
    test, valid, rest = _held_out(found)
    train = [beloved, *rest]
    d.shuffle(train)
    long: list[Sentence] = []
    while len(long) < PAIRS["long"]:
        made = long_sentence(d)
        if _long(made) and fresh(made):
            long.append(made)
    return Corpus(train, valid, test, long)


def files(corpus: Corpus) -> dict[str, str]:
    """The text of every file of the corpus by its name."""
    texts: dict[str, list[str]] = {}
    for part, made in corpus.parts().items():
        texts[f"{part}.en"] = [s.english for s in made]
        texts[f"{part}.zh"] = [s.chinese for s in made]
        if part != "train":
            texts[f"{part}.tok.en"] = [" ".join(s.phrase.english) for s in made]
            texts[f"{part}.tok.zh"] = [" ".join(s.phrase.chinese) for s in made]
            texts[f"{part}.align"] = [" ".join(f"{i}-{j}" for i, j in sorted(s.phrase.links)) for s in made]
    counts = Counter(made.construction for made in corpus.train)
    texts["constructions.tsv"] = [
        f"{name}\t{counts[name]}\t{_explained(name)}\t{_example(corpus, name)}"
        for name in (*CONSTRUCTIONS, "joined")
    ]
    texts["lexicon.tsv"] = [f"{one}\t{other}\t{share:.4f}" for one, other, share in _lexicon(corpus.train)]
    return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}


def _lexicon(made: list[Sentence]) -> list[tuple[str, str, float]]:
    """Each English word with the Chinese words it is linked to, and how often: the likeliest first, nothing rare."""
    links = Counter(
        (one.phrase.english[i], one.phrase.chinese[j]) for one in made for i, j in one.phrase.links
    )
    totals = Counter[str]()
    for (english, _), count in links.items():
        totals[english] += count
    shares = [(english, chinese, count / totals[english]) for (english, chinese), count in links.items()]
    return sorted((one for one in shares if one[2] >= FAINTEST), key=lambda one: (one[0], -one[2], one[1]))


def _explained(name: str) -> str:
    builder = CONSTRUCTIONS.get(name, joined_sentence)
    return (builder.__doc__ or "").partition("\n")[0]


def _example(corpus: Corpus, name: str) -> str:
    """The first training sentence of the construction with a middling length."""
    made = [s for s in corpus.train if s.construction == name]
    shown = next((s for s in made if 5 <= len(s.english.split()) <= 10), made[0])
    return f"{shown.english}\t{shown.chinese}"


def write(corpus: Corpus, folder: Path) -> None:
    """Write all files, LF line ends."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(corpus).items():
        (folder / name).write_bytes(text.encode("utf-8"))


def differing(corpus: Corpus, folder: Path) -> list[str]:
    """The names of the files of the folder that are missing or not what the script makes."""
    return [
        name
        for name, text in files(corpus).items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode("utf-8")
    ]
