"""Constructions of how things are: adjectives and their degrees, comparison, moods, judgements, weather."""

from . import words
from .dice import Dice
from .nouns import (
    Np,
    complement,
    name,
    owned,
    subject,
    where,
)
from .phrase import Phrase, compose, word
from .words import Adjective, Noun

_KINDS: tuple[tuple[tuple[Noun, ...], tuple[Adjective, ...]], ...] = (
    (words.GOODS + words.CLOTHES + words.FURNITURE + words.MACHINES, words.THING_ADJECTIVES),
    (words.READING + words.ART, words.READING_ADJECTIVES),
    (words.PLACES, words.PLACE_ADJECTIVES),
    (words.FOOD, words.FOOD_ADJECTIVES),
)


def described(d: Dice) -> tuple[Np, Adjective]:
    """A person or a known thing, and an adjective for it."""
    if d.chance(0.45):
        return subject(d), d.pick(words.PERSON_ADJECTIVES)
    nouns, adjectives = d.pick(_KINDS)
    return owned(d, nouns), d.pick(adjectives)


def compared(d: Dice) -> tuple[Np, Phrase, Adjective]:
    """Two of a kind and an adjective for both."""
    if d.chance(0.55):
        s = subject(d)
        while (other := d.pick((name(d).phrase, subject_object(d)))) == s.phrase:
            pass
        return s, other, d.pick(words.PERSON_ADJECTIVES)
    nouns, adjectives = d.pick(_KINDS)
    first, second = d.two(nouns)
    return owned(d, [first]), owned(d, [second]).phrase, d.pick(adjectives)


def subject_object(d: Dice) -> Phrase:
    """A full noun phrase that looks the same as an object."""
    while (found := subject(d)).phrase.english[0] in {"I", "he", "she", "we", "they"}:
        pass
    return found.phrase


_DEGREES = (("very", "非常"), ("quite", "相当"), ("really", "真的"))


def adjective(d: Dice) -> Phrase:
    """Adjectives as predicates, with 很 or another degree and no 是."""
    s, quality = described(d)
    if d.chance(0.5):
        degree = word(*d.pick(_DEGREES))
        return compose(f"{{s}} {s.be()} {{d}} {{a}}", "{s} {d} {a}", s=s.phrase, d=degree, a=quality.base)
    return compose(f"{{s}} {s.be()}~x {{a}}", "{s} 很~x {a}", s=s.phrase, a=quality.base)


def adjective_negated(d: Dice) -> Phrase:
    """Negated adjectives: 不高, 不太高."""
    s, quality = described(d)
    be = {"am": "am not~n", "are": "aren't~n", "is": "isn't~n"}[s.be()]
    if d.chance(0.5):
        return compose(f"{{s}} {be} very~v {{a}}", "{s} 不~n 太~v {a}", s=s.phrase, a=quality.base)
    return compose(f"{{s}} {be} {{a}}", "{s} 不~n {a}", s=s.phrase, a=quality.base)


_WHEN_FELT = (
    word("today", "今天"),
    word("now", "现在"),
    word("this morning", "今天 早上"),
    word("this week", "这周"),
)


def mood(d: Dice) -> Phrase:
    """How people feel at a time: 今天很累."""
    s = subject(d)
    slots = {"s": s.phrase, "a": d.pick(words.MOODS), "t": d.pick(_WHEN_FELT)}
    kind = d.below(3)
    if kind == 0:
        return compose(f"{{s}} {s.be()} too~x {{a}} {{t}}", "{s} {t} 太~x {a} 了~x", **slots)
    if kind == 1:
        return compose(f"{{s}} {s.be()} still~x {{a}} {{t}}", "{s} {t} 还~x 很~x {a}", **slots)
    return compose(f"{{s}} {s.be()}~x {{a}} {{t}}", "{s} {t} 很~x {a}", **slots)


def too(d: Dice) -> Phrase:
    """Too much of it: 太贵了; really too heavy for me, 对我来说太重了."""
    s, quality = described(d)
    if d.chance(0.5):
        return compose(f"{{s}} {s.be()} too~x {{a}}", "{s} 太~x {a} 了~x", s=s.phrase, a=quality.base)
    return compose(
        f"{{s}} {s.be()} too~x {{a}} for~f {{n}}",
        "{s} 对~f {n} 来说~f 太~x {a} 了~x",
        s=s.phrase,
        a=quality.base,
        n=subject_object(d),
    )


def comparison(d: Dice) -> Phrase:
    """Comparison with 比, and by how much."""
    s, other, quality = compared(d)
    slots = {"s": s.phrase, "o": other, "a": quality.comparative}
    kind = d.below(4)
    if kind == 0:
        return compose(f"{{s}} {s.be()} much~m {{a}} than~t {{o}}", "{s} 比~t {o} {a} 得~m 多~m", **slots)
    if kind == 1:
        return compose(f"{{s}} {s.be()} a little~m {{a}} than~t {{o}}", "{s} 比~t {o} {a} 一点~m", **slots)
    return compose(f"{{s}} {s.be()} {{a}} than~t {{o}}", "{s} 比~t {o} {a}", **slots)


def equality(d: Dice) -> Phrase:
    """As tall as (和…一样高), not as tall as (没有…高)."""
    s, other, quality = compared(d)
    slots = {"s": s.phrase, "o": other, "a": quality.base}
    if d.chance(0.5):
        return compose(f"{{s}} {s.be()} as~x {{a}} as~y {{o}}", "{s} 和~y {o} 一样~x {a}", **slots)
    be = {"am": "am not~n", "are": "aren't~n", "is": "isn't~n"}[s.be()]
    return compose(f"{{s}} {be} as~y {{a}} as {{o}}", "{s} 没有~n {o} 那么~y {a}", **slots)


def superlative(d: Dice) -> Phrase:
    """Superlatives of people: the tallest student in the class, 班里最高的学生."""
    place = d.pick((d.pick(words.PLACES).singular, word("class", "班")))
    spot = compose("in~p the {n}", "{n} 里~p", n=place)
    return _best(d.pick(words.PERSON_ADJECTIVES), name(d).phrase, d.pick(words.PEOPLE), spot)


def superlative_thing(d: Dice) -> Phrase:
    """Superlatives of things: the biggest park in Beijing, 北京最大的公园."""
    nouns, adjectives = d.pick(_KINDS[:3])
    this = d.pick((word("this", "这"), word("that", "那")))
    return _best(d.pick(adjectives), this, d.pick(nouns), compose("in {c}", "{c}", c=d.pick(words.CITIES)))


def _best(quality: Adjective, s: Phrase, noun: Noun, spot: Phrase) -> Phrase:
    return compose(
        "{s} is~x the {a} {n} {w}",
        "{s} 是~x {w} {a} 的~a {n}",
        s=s,
        a=quality.superlative,
        n=noun.singular,
        w=spot,
    )


def more_and_more(d: Dice) -> Phrase:
    """Getting more and more so: 越来越贵."""
    s, quality = described(d)
    if len(quality.comparative.english) == 2:
        degree = compose("more~m and more~m {a}", "越来越~m {a}", a=quality.base)
    else:
        taller, chinese = quality.comparative.english[0], quality.comparative.chinese[0]
        degree = word(f"{taller}~m and {taller}~a", f"越来越~m {chinese}~a")
    return compose(f"{{s}} {s.be()} getting {{a}}", "{s} {a}", s=s.phrase, a=degree)


_JUDGEMENTS = ("easy 容易", "difficult 难", "important 重要", "safe 安全", "dangerous 危险")


def judgement(d: Dice) -> Phrase:
    """It is easy to …, with what is easy first: 学中文很容易."""
    verb = d.pick(words.TRANSITIVES)
    what = complement(d, d.pick(verb.takes), "bare")
    quality = word(*d.pick(_JUDGEMENTS).split())
    be = d.pick((("is~d", "很~d"), ("is very~d", "非常~d"), ("isn't~d", "不~d"), ("is too~d", "太~d")))
    return compose(
        f"it {be[0]} {{q}} to {{v}} {{o}} {{w}}",
        f"{{w}} {{v}} {{o}} {be[1]} {{q}}",
        q=quality,
        v=verb.form("base"),
        o=what,
        w=where(d, verb.base, 0.4),
    )


_STIRRED = tuple(
    m
    for m in words.MOODS
    if m.english[0] in {"happy", "sad", "angry", "nervous", "excited", "worried", "bored"}
)


def feeling_made(d: Dice) -> Phrase:
    """What makes people happy: 让我很高兴."""
    s = owned(d, words.ART + words.READING)
    make, kind = ("make" if s.agreement == "plural" else "makes"), d.below(2)
    who = (
        subject_object(d)
        if kind
        else d.pick((word("me", "我"), word("us", "我们"), word("him", "他"), word("them", "他们")))
    )
    degree = d.pick((("very~d", "非常~d"), ("quite~d", "相当~d"), ("really~d", "真的~d")))
    return compose(
        f"{{s}} {make}~m {{o}} {degree[0]} {{a}}",
        f"{{s}} 让~m {{o}} {degree[1]} {{a}}",
        s=s.phrase,
        o=who,
        a=d.pick(_STIRRED),
    )


_WEATHER = ("cold 冷", "hot 热", "warm 暖和", "cool 凉快", "windy 刮风", "sunny 晴朗")


def weather(d: Dice) -> Phrase:
    """The weather: it was very cold in Beijing yesterday, 北京昨天非常冷."""
    kind = d.below(4)
    time = d.pick(words.PAST[:5])
    city = d.pick(words.CITIES)
    degree = word(*d.pick((("very", "非常"), ("quite", "相当"), ("too", "太"))))
    slots = {"c": city, "d": degree, "a": word(*d.pick(_WEATHER[:4]).split())}
    if kind == 0:
        return compose("it is {d} {a} in {c} {t}", "{c} {t} {d} {a}", t=d.pick(_WHEN_FELT[:2]), **slots)
    if kind == 1:
        noun = word(*d.pick(("rained 下雨", "snowed 下雪")).split())
        return compose("it {v} in {c} {t}", "{c} {t} {v} 了~v", c=city, v=noun, t=time)
    if kind == 2:
        rain = word(*d.pick(("rain 下雨", "snow 下雪")).split())
        return compose("it will~w {v} in {c} {t}", "{c} {t} 会~w {v}", c=city, v=rain, t=d.pick(words.FUTURE))
    return compose("it was {d} {a} in {c} {t}", "{c} {t} {d} {a}", t=time, **slots)


def exclamation(d: Dice) -> Phrase:
    """Exclamations: what a beautiful flower, 多么漂亮的花; how tall Tom is, 汤姆多么高啊."""
    if d.chance(0.5):
        s, quality = described(d)
        return compose(f"how~h {{a}} {{s}} {s.be()}", "{s} 多么~h {a} 啊~h", s=s.phrase, a=quality.base)
    noun = d.pick(
        d.pick((words.GOODS, words.CLOTHES, words.ANIMALS, words.READING, words.PLACES, words.PEOPLE))
    )
    quality_before = d.pick(words.ATTRIBUTES[noun.category])
    chinese = " ".join(dict.fromkeys((*quality_before.chinese, "的")))
    quality_before = word(quality_before.english[0], chinese)
    return compose("what~h a {a} {n}", "多么~h {a} {n} 啊~h", a=quality_before, n=noun.singular)
