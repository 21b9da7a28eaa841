"""Constructions of being and having: 是, 有, 在, 离, parts with 的, belongings, ages, prices, every."""

from . import words
from .dice import Dice
from .nouns import (
    POSSESSIVES,
    THINGS,
    A,
    Np,
    complement,
    counted,
    definite,
    name,
    owned,
    plural,
    position,
    subject,
    thing,
    where,
)
from .phrase import NOTHING, Phrase, compose, word
from .states import subject_object
from .words import Noun


def identity(d: Dice) -> Phrase:
    """What somebody is, with 是 and a measure word."""
    s = subject(d)
    while s.agreement == "plural":
        s = subject(d)
    noun = d.pick(words.TRADES)
    quality = d.pick(words.ATTRIBUTES["people"]) if d.chance(0.5) else NOTHING
    kind = d.below(3)
    if kind == 0:
        not_be = "am not~n" if s.be() == "am" else "isn't~n"
        return compose(f"{{s}} {not_be} {{o}}", "{s} 不~n 是~n {o}", s=s.phrase, o=counted(A, noun, quality))
    if kind == 1:
        verb = "want" if s.agreement == "i" else "wants"
        return compose(
            f"{{s}} {verb}~w to be~b {{o}}", "{s} 想~w 当~b {o}", s=s.phrase, o=counted(A, noun, quality)
        )
    return compose(f"{{s}} {s.be()}~x {{o}}", "{s} 是~x {o}", s=s.phrase, o=counted(A, noun, quality))


_OWN_NOUNS = words.GOODS + words.CLOTHES + words.MACHINES + words.READING


def belonging(d: Dice) -> Phrase:
    """Whose it is: this hat is mine, 这顶帽子是我的."""
    s = Np(counted(d.pick((word("this", "这"), word("that", "那"))), d.pick(_OWN_NOUNS)), "third")
    mine = {"I": "mine", "you": "yours", "he": "his", "she": "hers", "we": "ours", "they": "theirs"}
    if d.chance(0.6):
        key = d.pick(tuple(mine))
        possessor = word(mine[key], f"{POSSESSIVES[key].chinese[0]} 的")
    else:
        possessor = compose(
            "{n} 's~x", "{n} 的~x", n=d.pick((name(d).phrase, definite(d.pick(words.PEOPLE))))
        )
    if d.chance(0.3):
        return compose("{s} isn't~n {o}", "{s} 不~n 是~n {o}", s=s.phrase, o=possessor)
    return compose("{s} is~x {o}", "{s} 是~x {o}", s=s.phrase, o=possessor)


def coloured(d: Dice) -> Phrase:
    """Colours, with 是 … 的: this hat is red, 这顶帽子是红色的."""
    s = owned(d, words.CLOTHES + words.GOODS + words.MACHINES + words.FURNITURE)
    if d.chance(0.3):
        be = "aren't~n" if s.agreement == "plural" else "isn't~n"
        return compose(f"{{s}} {be} {{c}}", "{s} 不~n 是~n {c} 的~c", s=s.phrase, c=d.pick(words.COLOURS))
    return compose(f"{{s}} {s.be()}~x {{c}}", "{s} 是~x {c} 的~c", s=s.phrase, c=d.pick(words.COLOURS))


_PARTS = (word("door", "门"), word("window", "窗户"), word("roof", "屋顶"), word("wall", "墙"))
_WORKS = (("painted", "画"), ("repaired", "修理"), ("saw", "看见"), ("washed", "洗"))
_MARKS = (
    ("price 价格", "high 高"),
    ("color 颜色", "beautiful 漂亮"),
    ("quality 质量", "good 好"),
    ("price 价格", "low 低"),
)


def part(d: Dice) -> Phrase:
    """Of, turned round with 的: the door of the library, 图书馆的门."""
    degree = d.pick((("very", "非常"), ("quite", "相当"), ("too", "太")))
    if d.chance(0.5):
        mark, quality = (word(*x.split()) for x in d.pick(_MARKS))
        whole = owned(d, d.pick((words.GOODS, words.CLOTHES, words.MACHINES))).phrase
        return compose(
            "the {p} of~o {w} is {d} {q}", "{w} 的~o {p} {d} {q}", p=mark, w=whole, q=quality, d=word(*degree)
        )
    whole = (
        definite(d.pick(words.PLACES)) if d.chance(0.6) else thing(d, words.BUILDINGS + words.PLACES, "known")
    )
    pick = d.pick(_PARTS)
    if d.chance(0.5):
        return compose(
            "the {p} of~o {w} is~x {q}",
            "{w} 的~o {p} 是~x {q} 的~q",
            p=pick,
            w=whole,
            q=d.pick(words.COLOURS),
        )
    return compose(
        "{s} {v} the {p} of~o {w}",
        "{s} {v} 了~v {w} 的~o {p}",
        s=subject(d).phrase,
        v=word(*d.pick(_WORKS)),
        p=pick,
        w=whole,
    )


def existence(d: Dice) -> Phrase:
    """There is, with the place first and 有: 桌子上有三本书."""
    noun = d.pick(d.pick((words.GOODS, words.CLOTHES, words.READING, words.FOOD, words.PETS)))
    number = d.pick(words.NUMBERS)
    kind = d.below(5)
    spot = position(d)
    if kind == 0:
        return compose("there are no~n {o} {w}", "{w} 没有~n {o}", o=plural(NOTHING, noun), w=spot)
    if kind < 3:
        return compose("there is~x {o} {w}", "{w} 有~x {o}", o=counted(A, noun, _quality(d, noun)), w=spot)
    return compose("there are~x {o} {w}", "{w} 有~x {o}", o=counted(number, noun, _quality(d, noun)), w=spot)


def _quality(d: Dice, noun: Noun) -> Phrase:
    return d.pick(words.ATTRIBUTES[noun.category]) if d.chance(0.4) else NOTHING


_OUTSIDE = tuple(
    noun
    for noun in words.PLACES
    if noun.singular.english[0] in {"park", "garden", "village", "forest", "zoo"}
)


def existence_people(d: Dice) -> Phrase:
    """There are people in a place: 公园里有十个孩子."""
    noun, places = d.pick(((d.pick(words.PEOPLE), words.PLACES), (d.pick(words.ANIMALS), _OUTSIDE)))
    spot = compose("in~p the {n}", "{n} 里~p", n=d.pick(places).singular)
    if d.chance(0.6):
        return compose(
            "there are~x {o} {w}",
            "{w} 有~x {o}",
            o=counted(d.pick(words.NUMBERS), noun, _quality(d, noun)),
            w=spot,
        )
    return compose(
        "there are~x many~m {o} {w}",
        "{w} 有~x 很多~m {o}",
        o=plural(NOTHING, noun, _quality(d, noun)),
        w=spot,
    )


def location(d: Dice) -> Phrase:
    """Where a thing is, with 在: 我的书在桌子上."""
    s = owned(d, d.pick((words.GOODS, words.CLOTHES, words.READING, words.PETS)))
    if d.chance(0.3):
        s = Np(definite(d.pick(words.GOODS + words.PETS)), "third")
    if d.chance(0.3):
        be = "aren't~n" if s.agreement == "plural" else "isn't~n"
        return compose(f"{{s}} {be} {{p}}", "{s} 不~n 在~p {p}", s=s.phrase, p=position(d))
    return compose(f"{{s}} {s.be()} {{p}}", "{s} 在~p {p}", s=s.phrase, p=position(d))


def presence(d: Dice) -> Phrase:
    """Where somebody is now or was: 汤姆昨天在图书馆里."""
    s = subject(d)
    time, past = d.pick(
        ((word("now", "现在"), False), (d.pick(words.PAST[:6]), True), (word("today", "今天"), False))
    )
    return compose(f"{{s}} {s.be(past)} {{w}} {{t}}", "{s} {t} {w}", s=s.phrase, w=where(d), t=time)


def possession(d: Dice) -> Phrase:
    """Having, with 有 and 没有."""
    s = subject(d)
    noun = d.pick(words.GOODS + words.CLOTHES + words.ANIMALS + words.MACHINES + words.READING)
    if d.chance(0.3):
        do = f"{s.do()}n't~n"
        return compose(
            f"{{s}} {do} have~n {{o}}",
            "{s} 没有~n {o}",
            s=s.phrase,
            o=plural(NOTHING, noun, _quality(d, noun)),
        )
    number = d.pick((A, d.pick(words.NUMBERS)))
    slots = {"s": s.phrase, "o": counted(number, noun, _quality(d, noun))}
    if d.chance(0.3):
        return compose(f"{{s}} only~o {s.have()}~h {{o}}", "{s} 只~o 有~h {o}", **slots)
    return compose(f"{{s}} {s.have()}~h {{o}}", "{s} 有~h {o}", **slots)


def distance(d: Dice) -> Phrase:
    """Far from and near, with 离."""
    a, b = d.two(words.PLACES)
    first = definite(a) if d.chance(0.5) else thing(d, [a], "known")
    if first.english[0] == "these":
        first = definite(a)
    english, chinese = d.pick((("far~f from~o", "远~f"), ("close~f to~o", "近~f")))
    degree = word(*d.pick((("very", "非常"), ("quite", "相当"), ("too", "太"))))
    return compose(
        f"{{a}} is {{d}} {english} {{b}}",
        f"{{a}} 离~o {{b}} {{d}} {chinese}",
        a=first,
        b=definite(b),
        d=degree,
    )


def age(d: Dice) -> Phrase:
    """Ages: ten years old, 十岁."""
    s, years = subject(d), d.pick(words.AGES[7:])
    if d.chance(0.4):
        while (other := subject_object(d)) == s.phrase:
            pass
        slots = {"s": s.phrase, "b": other, "n": d.pick(words.NUMBERS[1:])}
        return compose(
            f"{{s}} {s.be()} {{n}} years~y older~o than~t {{b}}", "{s} 比~t {b} 大~o {n} 岁~y", **slots
        )
    return compose(f"{{s}} {s.be()} {{n}} years~y old", "{s} {n} 岁~y", s=s.phrase, n=years)


def price(d: Dice) -> Phrase:
    """Prices: this hat costs fifty yuan, 这顶帽子要五十元."""
    s = owned(d, words.CLOTHES + words.GOODS + words.FURNITURE)
    cost = "cost" if s.agreement == "plural" else "costs"
    return compose(f"{{s}} {cost}~c {{n}} yuan~y", "{s} 要~c {n} 元~y", s=s.phrase, n=d.pick(words.AGES))


def everyone(d: Dice) -> Phrase:
    """Every and all, with 都: 每个学生都有一本词典."""
    noun, verb = d.pick(words.PEOPLE), d.pick(words.STATES)
    owned_thing = thing(d, THINGS["goods"] + words.CLOTHES, "new")
    slots = {"n": noun.singular, "v": verb.form("third"), "o": complement(d, d.pick(verb.takes), "bare")}
    every = f"每~e {noun.measure}~n {{n}} 都~e {{v}} {{o}}"
    kind = d.below(3)
    if kind == 0:
        return compose("every~e {n} {v} {o}", every, **slots | {"v": word("has", "有"), "o": owned_thing})
    if kind == 1:
        return compose("every~e {n} {v} {o}", every, **slots)
    slots |= {"n": noun.plural, "v": verb.form("base")}
    return compose("all~e the {n} {v} {o}", "所有~e 的~e {n} 都~e {v} {o}", **slots)
