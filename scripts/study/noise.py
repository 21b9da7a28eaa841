"""Noise on source words: a slip of the fingers, or a word left out. The same for every row of the study.

Words are what stands between spaces. Each line draws its own numbers, by seed and line number, and each word is hit
where its number is below the share: the words hit at 10 % are among those hit at 20 %.
"""

from collections.abc import Callable, Sequence
from random import Random

Noise = Callable[[Sequence[str], float], list[str]]

SEED = 1


def typos(lines: Sequence[str], share: float, seed: int = SEED) -> list[str]:
    """In a share of the words one letter and its neighbour change places; a word of equal letters stays."""
    return [_typos(line, share, Random(f"typos {seed} {number}")) for number, line in enumerate(lines)]


def drops(lines: Sequence[str], share: float, seed: int = SEED) -> list[str]:
    """A share of the words is missing; where it would be all of them, the one least hit stays."""
    return [_drops(line, share, Random(f"drops {seed} {number}")) for number, line in enumerate(lines)]


def _typos(line: str, share: float, dice: Random) -> str:
    words = []
    for word in line.split():
        hit, where = dice.random() < share, dice.random()
        words.append(_swapped(word, where) if hit else word)
    return " ".join(words)


def _swapped(word: str, where: float) -> str:
    """``where`` in [0, 1) chooses among the pairs of neighbouring, different letters."""
    pairs = [
        k
        for k in range(len(word) - 1)
        if word[k].isalpha() and word[k + 1].isalpha() and word[k] != word[k + 1]
    ]
    if not pairs:
        return word
    k = pairs[int(where * len(pairs))]
    return word[:k] + word[k + 1] + word[k] + word[k + 2 :]


def _drops(line: str, share: float, dice: Random) -> str:
    words = line.split()
    numbers = [dice.random() for _ in words]
    kept = [word for word, number in zip(words, numbers, strict=True) if number >= share]
    if words and not kept:
        kept = [words[numbers.index(max(numbers))]]
    return " ".join(kept)


KINDS: dict[str, Noise] = {"typos": typos, "drops": drops}
SHARES = (0.1, 0.2)
