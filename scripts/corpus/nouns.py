"""Noun phrases: who does it, whom it is done to, what with, where and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from . import words
from .dice import Dice
from .phrase import NOTHING, Phrase, compose, word
from .words import Noun

Agreement = Literal["i", "plural", "third"]
Style = Literal["bare", "new", "known", "any"]


@dataclass(frozen=True)
class Np:
    """A subject: its phrase, what its verb agrees with, and the pronoun for it (it, if none)."""

    phrase: Phrase
    agreement: Agreement
    pronoun: str = "it"

    def be(self, past: bool = False) -> str:
        """The form of "be"."""
        if past:
            return "were" if self.agreement == "plural" else "was"
        return {"i": "am", "plural": "are", "third": "is"}[self.agreement]

    def do(self) -> str:
        """The form of "do"."""
        return "does" if self.agreement == "third" else "do"

    def have(self) -> str:
        """The form of "have"."""
        return "has" if self.agreement == "third" else "have"

    def again(self) -> "Np":
        """The pronoun for this subject."""
        return PRONOUNS[self.pronoun]

    def his(self) -> Phrase:
        """The possessive with its 的."""
        return POSSESSIVES[self.pronoun]


_PRONOUN_WORDS = "I 我 me my|you 你 you your|he 他 him his|she 她 her her|we 我们 us our|they 他们 them their"
PRONOUNS: dict[str, Np] = {}
OBJECT_PRONOUNS: list[Phrase] = []
POSSESSIVES: dict[str, Phrase] = {}
KIN_POSSESSIVES: dict[str, Phrase] = {}
for _row in _PRONOUN_WORDS.split("|"):
    _nominative, _chinese, _objective, _possessive = _row.split()
    _agreement: Agreement = (
        "i" if _nominative == "I" else "third" if _nominative in {"he", "she"} else "plural"
    )
    PRONOUNS[_nominative] = Np(word(_nominative, _chinese), _agreement, _nominative)
    OBJECT_PRONOUNS.append(word(_objective, _chinese))
    POSSESSIVES[_nominative] = word(_possessive, f"{_chinese} 的")
    KIN_POSSESSIVES[_nominative] = word(_possessive, _chinese)
PEOPLE_PRONOUNS = tuple(PRONOUNS.values())
_OWNERS = tuple(POSSESSIVES)
_GENDERS = {"nurse": "she", "girl": "she", "woman": "she", "man": "he", "boy": "he"}


def name(d: Dice) -> Np:
    """Tom, Mary, Li Ming."""
    if d.chance(0.5):
        return Np(d.pick(words.MEN), "third", "he")
    return Np(d.pick(words.WOMEN), "third", "she")


def owner(d: Dice) -> Phrase:
    """My, Tom's: a possessor with its 的."""
    if d.chance(0.65):
        return POSSESSIVES[d.pick(_OWNERS)]
    return compose("{n} 's~x", "{n} 的~x", n=name(d).phrase)


def kin(d: Dice) -> Np:
    """My father (我爸爸), Tom's older sister (汤姆的姐姐); a husband has a wife, and a wife a husband."""
    pronoun = d.pick(("he", "she"))
    relative = d.pick(words.KINSMEN if pronoun == "he" else words.KINSWOMEN)
    names, owners = (words.NAMES, _OWNERS)
    if relative.english == ("husband",):
        names, owners = words.WOMEN, ("I", "you", "she")
    elif relative.english == ("wife",):
        names, owners = words.MEN, ("I", "you", "he")
    if d.chance(0.7):
        return Np(_pair(KIN_POSSESSIVES[d.pick(owners)], relative), "third", pronoun)
    return Np(compose("{n} 's~x {k}", "{n} 的~x {k}", n=d.pick(names), k=relative), "third", pronoun)


def _pair(left: Phrase, right: Phrase) -> Phrase:
    return compose("{a} {b}", "{a} {b}", a=left, b=right)


def counted(number: Phrase, noun: Noun, adjective: Phrase = NOTHING) -> Phrase:
    """Three red hats: the measure word belongs to the noun."""
    one = number.english in {("a",), ("this",), ("that",), ("which",), ("every",), ("one",)}
    slots = {"d": number, "a": adjective, "n": noun.singular if one else noun.plural}
    return compose("{d} {a} {n}", f"{{d}} {noun.measure}~n {{a}} {{n}}", **slots)


A, THIS, THAT = word("a", "一"), word("this", "这"), word("that", "那")
THESE, SOME = word("these", "这些"), word("some", "一些")


def plural(determiner: Phrase, noun: Noun, adjective: Phrase = NOTHING) -> Phrase:
    """These books, some books, books: a plural without measure word."""
    return compose("{d} {a} {n}", "{d} {a} {n}", d=determiner, a=adjective, n=noun.plural)


def definite(noun: Noun) -> Phrase:
    """The book: Chinese has the bare noun."""
    return compose("the {n}", "{n}", n=noun.singular)


def attribute(d: Dice, noun: Noun, probability: float = 0.25) -> Phrase:
    """An adjective that suits the noun, or nothing."""
    return d.pick(words.ATTRIBUTES[noun.category]) if d.chance(probability) else NOTHING


def thing(d: Dice, nouns: Sequence[Noun], style: Style) -> Phrase:
    """A thing as an object: new (a, three, some), known (this, my), bare (books), or any of the first two."""
    noun = d.pick(nouns)
    if style == "any":
        style = "new" if d.chance(0.6) else "known"
    if noun.category == "places":  # one visits a museum, the museum, this museum, but not seven
        kinds = {"bare": definite(noun), "new": counted(A, noun, attribute(d, noun))}
        return kinds.get(style) or counted(d.pick((THIS, THAT)), noun, attribute(d, noun))
    if style == "bare":
        return plural(NOTHING, noun, attribute(d, noun, 0.3))
    if style == "new":
        kind = d.below(10)
        if kind < 5:
            return counted(A, noun, attribute(d, noun, 0.4))
        if kind < 9:
            return counted(d.pick(words.NUMBERS), noun, attribute(d, noun))
        return plural(SOME, noun, attribute(d, noun))
    kind = d.below(10)
    if kind < 4:
        return counted(d.pick((THIS, THAT)), noun, attribute(d, noun, 0.15))
    if kind < 6:
        return plural(THESE, noun, attribute(d, noun))
    return _pair(owner(d), noun.singular)


def _named(table: Sequence[Noun], *names: str) -> tuple[Noun, ...]:
    found = tuple(noun for noun in table if " ".join(noun.singular.english) in names)
    assert len(found) == len(names), names
    return found


THINGS: dict[str, tuple[Noun, ...]] = {
    "reading": words.READING,
    "writing": _named(words.READING, "letter", "novel", "poem", "article", "report"),
    "goods": words.GOODS,
    "clothes": words.CLOTHES,
    "machines": words.MACHINES,
    "furniture": words.FURNITURE,
    "food": words.FOOD,
    "animals": words.ANIMALS,
    "places": words.PLACES,
    "plants": words.PLANTS,
    "buildings": words.BUILDINGS,
    "questions": words.QUESTIONS,
    "tools": _named(words.GOODS, "pen", "pencil", "map", "camera", "knife")
    + _named(words.MACHINES, "computer", "phone", "bicycle"),
    "songs": _named(words.ART, "song", "story"),
    "movies": _named(words.ART, "movie"),
    "cars": _named(words.MACHINES, "car", "truck"),
    "rides": _named(words.MACHINES, "bicycle", "motorcycle") + _named(words.ANIMALS, "horse"),
    "mail": _named(words.READING, "letter", "newspaper") + _named(words.GOODS, "gift", "photo", "box"),
}
MASSES: dict[str, tuple[Phrase, ...]] = {
    "mass_food": words.MASS_FOOD,
    "drinks": words.DRINKS,
    "subjects": words.SUBJECTS,
    "pleasures": words.PLEASURES,
    "music": words.PLEASURES[:1],
    "football": words.PLEASURES[1:2],
    "ballgames": words.PLEASURES[2:4],
    "chess": words.PLEASURES[4:5],
}


def mass(d: Dice, category: str, style: Style) -> Phrase:
    """Tea, a cup of tea, two bottles of milk, some bread."""
    stuff = d.pick(MASSES[category])
    if style == "bare" or category not in {"drinks", "mass_food"} or d.chance(0.3):
        return stuff
    if category == "mass_food":
        return _pair(SOME, stuff)
    if d.chance(0.5):
        vessel = d.pick((word("cup", "杯"), word("bottle", "瓶")))
        return compose("{n} {v} of {x}", "{n} {v} {x}", n=A, v=vessel, x=stuff)
    vessel = d.pick((word("cups", "杯"), word("bottles", "瓶")))
    return compose("{n} {v} of {x}", "{n} {v} {x}", n=d.pick(words.NUMBERS[:5]), v=vessel, x=stuff)


def person(d: Dice, style: Style = "any") -> Phrase:
    """A person as an object: Tom, me, my father, this teacher, three students."""
    kind = d.below(20)
    if kind < 5:
        return name(d).phrase
    if kind < 9:
        return d.pick(OBJECT_PRONOUNS)
    if kind < 12:
        return kin(d).phrase
    if kind < 14 and style != "new":
        return definite(d.pick(words.PEOPLE))
    if kind < 16:
        return _pair(owner(d), d.pick(words.RELATED).singular)
    noun = d.pick(words.PEOPLE)
    return counted(d.pick((A, THIS, THAT, d.pick(words.NUMBERS[:6]))), noun, attribute(d, noun, 0.3))


def complement(d: Dice, category: str, style: Style) -> Phrase:
    """An object of the category that a verb takes; nothing for an intransitive verb."""
    if category == "nothing":
        return NOTHING
    if category == "people":
        return person(d, style)
    if category in MASSES:
        return mass(d, category, style)
    return thing(d, THINGS[category], style)


def subject(d: Dice) -> Np:
    """Who does it: a pronoun, a name, a relative, the teacher, the students, that young doctor, my friend."""
    kind = d.below(20)
    if kind < 5:
        return d.pick(PEOPLE_PRONOUNS)
    if kind < 9:
        return name(d)
    if kind < 12:
        return kin(d)
    noun = d.pick(words.PEOPLE)
    if kind < 14:
        return Np(definite(noun), "third")
    if kind < 16:
        return Np(compose("the {n}", "{n} 们~n", n=noun.plural), "plural", "they")
    if kind < 18:
        return Np(_pair(owner(d), d.pick(words.RELATED).singular), "third")
    pronoun = _GENDERS.get(noun.singular.english[0], "it")
    return Np(counted(d.pick((THIS, THAT)), noun, attribute(d, noun, 0.5)), "third", pronoun)


def companion(d: Dice) -> Phrase:
    """With somebody: 和玛丽."""
    return compose(
        "with~w {x}", "和~w {x}", x=d.pick((name(d).phrase, kin(d).phrase, d.pick(OBJECT_PRONOUNS)))
    )


def known_subject(d: Dice) -> Np:
    """A subject that a later pronoun can take up."""
    while (found := subject(d)).pronoun == "it":
        pass
    return found


def third_person(d: Dice) -> Np:
    """A subject whose present has an -s, for verbs whose past looks like the base."""
    while (found := subject(d)).agreement != "third":
        pass
    return found


def owned(d: Dice, nouns: Sequence[Noun]) -> Np:
    """A known thing as a subject: this hat, my book, Tom's car."""
    noun = d.pick(nouns)
    kind = d.below(10)
    if kind < 5:
        return Np(counted(d.pick((THIS, THAT)), noun, attribute(d, noun, 0.2)), "third")
    if kind < 9 or noun.category == "places":
        return Np(_pair(owner(d), noun.singular), "third")
    return Np(plural(THESE, noun), "plural")


_PLACE_NAMES = {
    noun.singular.english[0]: compose("in~p the {n}", "在~p {n} 里~p", n=noun.singular)
    for noun in words.PLACES
}
_PLACE_NAMES |= {"_".join(city.english): compose("in~p {n}", "在~p {n}", n=city) for city in words.CITIES}


def where(d: Dice, verb: str = "", probability: float = 1.0) -> Phrase:
    """Where people do it: in the park (在公园里), in Beijing, at home; or nothing."""
    if not d.chance(probability):
        return NOTHING
    names = words.VENUES.get(verb) or tuple(_PLACE_NAMES)
    return word("at home", "在 家") if d.chance(0.1) and verb != "visit" else _PLACE_NAMES[d.pick(names)]


def position(d: Dice) -> Phrase:
    """Where a thing is, without 在: under the table (桌子下面), in the box (盒子里), on the wall (墙上)."""
    kind = d.below(3)
    if kind == 0:
        return compose("on~p the {n}", "{n} 上~p", n=d.pick(words.SURFACES))
    if kind == 1:
        return compose("in~p the {n}", "{n} 里~p", n=d.pick(words.INSIDES))
    english, chinese = d.pick(words.PREPOSITIONS)
    tagged = " ".join(f"{token}~p" for token in english.split())
    places = words.SURFACES[:4] + tuple(noun.singular for noun in words.PLACES[:4])
    return compose(f"{tagged} the {{n}}", f"{{n}} {chinese}~p", n=d.pick(places))


def when(d: Dice, times: Sequence[Phrase], probability: float = 1.0) -> Phrase:
    """One of the times, or nothing; for the past also "three days ago", for the future "in three days"."""
    if not d.chance(probability):
        return NOTHING
    if times is not words.HABIT and d.chance(0.2):
        amount = duration(
            d, ("minute", "hour", "day", "week", "year") if times is words.PAST else ("hour", "day", "week")
        )
        if times is words.PAST:
            return compose("{x} ago~a", "{x} 前~a", x=amount)
        return compose("in~a {x}", "{x} 后~a", x=amount)
    if times is words.HABIT and d.chance(0.25):
        clock = compose("at {n} o'clock~c", "{n} 点~c", n=d.pick(words.HOURS))
        return compose("{c} {day}", "{day} {c}", c=clock, day=d.pick((words.HABIT[1], words.HABIT[2])))
    return d.pick(times)


def duration(d: Dice, units: Sequence[str] = ("minute", "hour", "day", "week", "year")) -> Phrase:
    """Three hours (三个小时), ten years (十年)."""
    unit = d.pick(units)
    number = d.pick(words.NUMBERS[:9])
    many = words.UNITS[unit]
    if unit == "hour":
        return compose("{n} {u}", "{n} 个~u {u}", n=number, u=many)
    return _pair(number, many)
