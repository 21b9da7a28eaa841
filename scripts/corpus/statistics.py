"""Figures about the corpus: sizes, word types, crossing links, and what a dictionary alone would score."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from .phrase import Link, Sentence
from .splits import Corpus

Row = tuple[str, str]


def crossing(links: Sequence[Link]) -> list[Link]:
    """The links that cross at least one other link of the same sentence.

    >>> crossing([(0, 0), (1, 2), (2, 1)])
    [(1, 2), (2, 1)]
    """
    return [(i, j) for i, j in links if any((i - k) * (j - m) < 0 for k, m in links)]


def dictionary(train: Sequence[Sentence]) -> dict[str, str]:
    """For every English word the Chinese word most often linked to it (of equals, the first in order)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for made in train:
        for i, j in made.phrase.links:
            counts[made.phrase.english[i].lower()][made.phrase.chinese[j]] += 1
    return {word: min(found, key=lambda zh: (-found[zh], zh)) for word, found in counts.items()}


def word_by_word(made: Sentence, words: dict[str, str]) -> str:
    """The dictionary's translation: each word on its own, in English order, words without a link left out."""
    return "".join(words.get(word.lower(), "") for word in made.phrase.english)


def dictionary_bleu(corpus: Corpus, part: Sequence[Sentence]) -> tuple[float, str]:
    """BLEU and signature of the word-by-word translation of a part."""
    from sacrebleu.metrics.bleu import BLEU

    words, metric = dictionary(corpus.train), BLEU(tokenize="zh")
    score = metric.corpus_score(
        [word_by_word(made, words) for made in part], [[made.chinese for made in part]]
    )
    return score.score, str(metric.get_signature())


def _rows(name: str, part: Sequence[Sentence]) -> list[Row]:
    links = [sorted(made.phrase.links) for made in part]
    total, crossed = sum(map(len, links)), [crossing(found) for found in links]
    english = [len(made.english.split()) for made in part]
    chinese = [len(made.chinese) for made in part]
    return [
        (f"{name}: pairs", str(len(part))),
        (f"{name}: English words, mean, longest", f"{sum(english) / len(part):.2f}, {max(english)}"),
        (f"{name}: English words, shortest", str(min(english))),
        (
            f"{name}: Chinese characters, mean, shortest, longest",
            f"{sum(chinese) / len(part):.2f}, {min(chinese)}, {max(chinese)}",
        ),
        (f"{name}: word types, English, Chinese", f"{len(_types(part, 0))}, {len(_types(part, 1))}"),
        (f"{name}: links that cross another", f"{sum(map(len, crossed)) / total:.3f}"),
        (f"{name}: sentences with a crossing", f"{sum(map(bool, crossed)) / len(part):.3f}"),
    ]


def _types(part: Sequence[Sentence], side: int) -> Counter[str]:
    """Word types with their counts; English in lower case, punctuation left out."""
    tokens = (token for made in part for token in (made.phrase.chinese if side else made.phrase.english))
    return Counter(token.lower() for token in tokens if token[0].isalnum() or token == "'s")


def rows(corpus: Corpus) -> list[Row]:
    """All figures as (what, value)."""
    table = [row for name, part in corpus.parts().items() for row in _rows(name, part)]
    counts = Counter(made.construction for made in corpus.train)
    table.append(
        (
            "constructions; sentences of the rarest, of the commonest",
            f"{len(counts)}; {min(counts.values())}, {max(counts.values())}",
        )
    )
    rarest = min(min(_types(corpus.train, side).values()) for side in (0, 1))
    table.append(("occurrences of the rarest word in train", str(rarest)))
    for name, part in (("test", corpus.test), ("long", corpus.long)):
        score, signature = dictionary_bleu(corpus, part)
        table.append((f"{name}: BLEU of the dictionary, word by word", f"{score:.1f} ({signature})"))
    return table
