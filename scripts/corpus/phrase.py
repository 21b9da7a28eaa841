"""A phrase in both languages at once, with the word links between them.

Every sentence is put together from such phrases, so its gold alignment is known by construction:

>>> book = word("books", "书")
>>> three = compose("three~n {thing}", "三~n 本~thing {thing}", thing=book)
>>> three.chinese, sorted(three.links)
(('三', '本', '书'), [(0, 0), (1, 1), (1, 2)])
"""

from dataclasses import dataclass
from functools import cache

Link = tuple[int, int]


@dataclass(frozen=True)
class Phrase:
    """English tokens, Chinese tokens, and the links (English place, Chinese place) between them."""

    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    links: frozenset[Link] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.english or self.chinese)


NOTHING = Phrase()


@cache
def word(english: str, chinese: str) -> Phrase:
    """A lexical phrase: tagged tokens link by tag, else one to one where the counts agree, else all to all.

    >>> word("machine learning", "机器 学习").links == {(0, 0), (1, 1)}
    True
    >>> word("listen~v to", "听~v").links == {(0, 0)}
    True
    """
    if "~" in english or "~" in chinese:
        return compose(english, chinese)
    left, right = tuple(english.split()), tuple(chinese.split())
    if len(left) == len(right):
        return Phrase(left, right, frozenset((i, i) for i in range(len(left))))
    return Phrase(left, right, frozenset((i, j) for i in range(len(left)) for j in range(len(right))))


@cache
def _parts(template: str) -> tuple[tuple[str, str], ...]:
    """Split a template into (slot, "") and (tag, literal) parts."""
    parts = []
    for item in template.split():
        if item.startswith("{"):
            parts.append((item[1:-1], ""))
        else:
            literal, _, tag = item.partition("~")
            parts.append((tag, literal))
    return tuple(parts)


def compose(english: str, chinese: str, **slots: Phrase) -> Phrase:
    """Fill the slots of two templates, one per language, and carry the links along.

    `{name}` is a slot; `word~tag` links to every token of the other side with the same tag. A tag that is
    a slot's name links the literal to the linked words of that slot (了~verb belongs to the verb). Raises
    KeyError for an unknown slot and ValueError where a slot is missing on a side, or a tag finds no partner.
    """
    tokens: tuple[list[str], list[str]] = ([], [])
    starts: tuple[dict[str, int], dict[str, int]] = ({}, {})
    literals: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
    for side, template in enumerate((english, chinese)):
        for tag, literal in _parts(template):
            if literal:
                if tag:
                    literals[side].setdefault(tag, []).append(len(tokens[side]))
                tokens[side].append(literal)
            else:
                starts[side][tag] = len(tokens[side])
                tokens[side].extend(slots[tag].chinese if side else slots[tag].english)
    if starts[0].keys() != starts[1].keys():
        raise ValueError(f"slots differ: {english!r} and {chinese!r}")

    links: set[Link] = set()
    places: dict[str, tuple[list[int], list[int]]] = {}
    for name, start in starts[0].items():
        inner = slots[name].links
        moved = {(i + start, j + starts[1][name]) for i, j in inner}
        links |= moved
        places[name] = (sorted({i for i, _ in moved}), sorted({j for _, j in moved}))
    for tag in literals[0].keys() | literals[1].keys():
        left, right = literals[0].get(tag, []), literals[1].get(tag, [])
        slot_left, slot_right = places.get(tag, ([], []))
        found = {(i, j) for i in left for j in right + slot_right} | {
            (i, j) for i in slot_left for j in right
        }
        if not found and (tag not in slots or slots[tag]):
            raise ValueError(f"tag {tag!r} has no partner: {english!r} and {chinese!r}")
        links |= found
    return Phrase(tuple(tokens[0]), tuple(tokens[1]), frozenset(links))


_VOWEL_SOUND = ("a", "e", "i", "o", "u", "hour", "honest")
_CONSONANT_SOUND = ("uni", "use", "one")


@dataclass(frozen=True)
class Sentence:
    """A finished pair: the phrase with its spelling settled, and the name of its construction."""

    construction: str
    phrase: Phrase

    @property
    def english(self) -> str:
        """The English line, with no space before punctuation and clitics."""
        line = ""
        for token in self.phrase.english:
            line += token if not line or token in {".", ",", "?", "!", "'s"} else " " + token
        return line

    @property
    def chinese(self) -> str:
        """The Chinese line, without spaces."""
        return "".join(self.phrase.chinese)


def finish(construction: str, phrase: Phrase) -> Sentence:
    """Settle the spelling: a or an, and the capital at the beginning."""
    tokens = list(phrase.english)
    for i, token in enumerate(tokens[:-1]):
        after = tokens[i + 1].lower()
        if token == "a" and after.startswith(_VOWEL_SOUND) and not after.startswith(_CONSONANT_SOUND):
            tokens[i] = "an"
    tokens[0] = tokens[0][0].upper() + tokens[0][1:]
    return Sentence(construction, Phrase(tuple(tokens), phrase.chinese, phrase.links))
