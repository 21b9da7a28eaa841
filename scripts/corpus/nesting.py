"""Constructions made of clauses: relative clauses with 的, reported clauses, conjunctions."""

from collections.abc import Callable, Sequence

from . import words
from .clauses import (
    PAST,
    PAST_BARE,
    PRESENT,
    PROGRESSIVE,
    WILL,
    Tense,
    Vp,
    clause,
    fixed,
    happening,
    verb_phrase,
)
from .dice import Dice
from .nouns import THINGS, A, Np, counted, kin, known_subject, name, subject, third_person, when, where
from .phrase import NOTHING, Phrase, compose, word
from .words import Noun

_NOBODY = Np(NOTHING, "third")
_SPOKEN = ("reading", "goods", "clothes", "machines", "food")


def who_did(d: Dice, noun: Noun) -> Phrase:
    """The man who bought this book (买了这本书的男人): the relative clause of a subject."""
    tense = d.pick((PRESENT, PAST, PROGRESSIVE))
    verbs = words.HABITS if tense is PRESENT else words.ACTIVITIES
    vp = verb_phrase(d, tense, "third", verbs)
    spot = where(d, vp.verb.base, 0.4) if not vp.object and tense is not PROGRESSIVE else NOTHING
    if tense is PAST and not vp.object:
        tense = PAST_BARE
    inner = clause(_NOBODY, vp, tense, where=spot)
    return compose("the {n} who~r {c}", "{c} 的~r {n}", n=noun.singular, c=inner)


_MAKING = tuple(
    verb for verb in (*words.ACTIVITIES, *words.MOMENTS) if any(kind in _SPOKEN for kind in verb.takes)
)


def that_was(d: Dice) -> Phrase:
    """The book that Tom bought (汤姆买的书): the relative clause of an object."""
    chosen = d.pick(_MAKING)
    noun = d.pick(THINGS[d.pick(tuple(kind for kind in chosen.takes if kind in _SPOKEN))])
    s = d.pick((name(d), kin(d), subject(d)))
    while chosen.base == chosen.past and s.agreement != "third":
        s = name(d)
    inner = clause(s, Vp(chosen), PAST_BARE, when=when(d, words.PAST, 0.5))
    return compose("the {n} that~r {c}", "{c} 的~r {n}", n=noun.singular, c=inner)


def relative_subject(d: Dice) -> Phrase:
    """A relative clause at the subject, before its noun with 的."""
    s = who_did(d, d.pick(words.PEOPLE))
    kind = d.below(4)
    if kind == 0:
        other = compose("{k} 's~x {n}", "{k} 的~x {n}", k=name(d).phrase, n=d.pick(words.RELATED).singular)
        return compose("{s} is~x {o}", "{s} 是~x {o}", s=s, o=other)
    if kind == 1:
        return compose("{s} is very~v {a}", "{s} 非常~v {a}", s=s, a=d.pick(words.PERSON_ADJECTIVES).base)
    if kind == 2:
        return compose("{s} is~x {o}", "{s} 是~x {o}", s=s, o=counted(A, d.pick(words.TRADES)))
    return happening(d, Np(s, "third"), d.pick((PRESENT, WILL)), words.HABITS, place=0.2, time=0.3, front=0)


def relative_object(d: Dice) -> Phrase:
    """A relative clause at the object: 认识画画的男人."""
    s = subject(d)
    verb = d.pick(tuple(v for v in words.STATES if "people" in v.takes))
    form = "third" if s.agreement == "third" else "base"
    return compose(
        "{s} {v} {o}", "{s} {v} {o}", s=s.phrase, v=verb.form(form), o=who_did(d, d.pick(words.PEOPLE))
    )


def relative_thing(d: Dice) -> Phrase:
    """A relative clause of an object: the book that Tom bought yesterday, 汤姆昨天买的书."""
    found = that_was(d)
    kind = d.below(4)
    if kind == 0:
        degree = d.pick((("very~v", "非常~v"), ("too~v", "太~v"), ("quite~v", "相当~v")))
        quality = d.pick(words.THING_ADJECTIVES[2:6])
        return compose(f"{{s}} is {degree[0]} {{a}}", f"{{s}} {degree[1]} {{a}}", s=found, a=quality.base)
    s = subject(d)
    if kind == 1:
        verb = d.pick(("like 喜欢", "love 爱", "need 需要", "hate 讨厌")).split()
        liked = word(verb[0] + ("s" if s.agreement == "third" else ""), verb[1])
        return compose("{s} {v} {o}", "{s} {v} {o}", s=s.phrase, v=liked, o=found)
    if kind == 2:
        return compose("this~t is~x {o}", "这~t 是~x {o}", o=found)
    verb = d.pick(("lost 弄丢", "found 找到", "saw 看见", "sold 卖", "used 用", "borrowed 借")).split()
    return compose("{s} {v} {o}", "{s} {v} 了~v {o}", s=s.phrase, v=word(*verb), o=found)


def cleft(d: Dice) -> Phrase:
    """It was Tom who …, with 是 … 的."""
    s = d.pick((name(d).phrase, kin(d).phrase, compose("the {n}", "{n}", n=d.pick(words.PEOPLE).singular)))
    verb = d.pick(words.RESULTS)
    noun = d.pick(verb.things)
    time = when(d, words.PAST, 0.5)
    return compose(
        "it was~x {s} who {v} the {o} {t}",
        "是~x {s} {t} 把~v {o} {v} 的~x",
        s=s,
        v=verb.past,
        o=noun.singular,
        t=time,
    )


_TELLING = (
    ("think", "thinks", "觉得"),
    ("say", "says", "说"),
    ("know", "knows", "知道"),
    ("believe", "believes", "相信"),
    ("hear", "hears", "听说"),
)


def reported(d: Dice) -> Phrase:
    """What people think, say, know, believe or hope."""
    s = subject(d)
    base, third, chinese = d.pick(_TELLING)
    verb = word(third if s.agreement == "third" else base, chinese)
    return compose("{s} {v} that {c}", "{s} {v} {c}", s=s.phrase, v=verb, c=small_clause(d))


def reported_negated(d: Dice) -> Phrase:
    """What people do not think or believe: 不觉得."""
    s = subject(d)
    base, _, chinese = d.pick((_TELLING[0], *_TELLING[2:4]))
    do = s.do()
    return compose(
        f"{{s}} {do}n't~n {base}~v that {{c}}", f"{{s}} 不~n {chinese}~v {{c}}", s=s.phrase, c=small_clause(d)
    )


def small_clause(d: Dice, s: Np | None = None) -> Phrase:
    """A short statement about somebody: what happens, or how they are."""
    s = s or subject(d)
    kind = d.below(5)
    if kind == 0:
        return compose(
            f"{{s}} {s.be()} very~v {{a}}",
            "{s} 非常~v {a}",
            s=s.phrase,
            a=d.pick(words.PERSON_ADJECTIVES).base,
        )
    tense = (PRESENT, PAST, WILL, PROGRESSIVE)[kind - 1]
    verbs = words.HABITS if tense is PRESENT else words.ACTIVITIES
    place = 0 if tense is PROGRESSIVE else 0.4
    return happening(d, s, tense, verbs, place=place, time=0.4, front=0)


def state_clause(d: Dice, s: Np, past: bool = False) -> Phrase:
    """How somebody is: a reason, or a condition."""
    be = s.be(past)
    kind = d.below(4)
    if kind == 0:
        return compose(f"{{s}} {be} too~x {{a}}", "{s} 太~x {a} 了~x", s=s.phrase, a=d.pick(words.MOODS))
    if kind == 1:
        return compose(f"{{s}} {be} very~v {{a}}", "{s} 非常~v {a}", s=s.phrase, a=d.pick(words.MOODS))
    if kind == 2:
        not_be = (
            "weren't~n"
            if be == "were"
            else "wasn't~n"
            if be == "was"
            else "am not~n"
            if be == "am"
            else be + "n't~n"
        )
        return compose(f"{{s}} {not_be} {{a}}", "{s} 不~n {a}", s=s.phrase, a=d.pick(words.MOODS))
    return compose(f"{{s}} {be}~x {{a}}", "{s} 很~x {a}", s=s.phrase, a=d.pick(words.MOODS))


_DIDNT = fixed("base", "didn't~x", before="没~x", style="known", times=words.PAST)


def because(d: Dice) -> Phrase:
    """Reasons, turned round: 因为 … 所以."""
    s = known_subject(d)
    tense = d.pick((PAST, _DIDNT))
    main = happening(d, s, tense, place=0.1, time=0.3, front=0)
    return compose(
        "{m} because~b {r}", "因为~b {r} ，~b 所以~b {m}", m=main, r=state_clause(d, s.again(), past=True)
    )


_STILL = fixed("present", "still~s", before="还是~s", style="bare")


def although(d: Dice) -> Phrase:
    """Concessions: 虽然 … 但是."""
    s = known_subject(d)
    if d.chance(0.5):
        main = happening(d, s.again(), PAST, place=0.1, time=0.2, front=0)
        return compose(
            "although~a {r} ,~k {m}", "虽然~a {r} ，~k 但是~a {m}", r=state_clause(d, s, past=True), m=main
        )
    main = happening(d, s.again(), _STILL, words.HABITS, place=0.1, front=0)
    return compose("although~a {r} ,~k {m}", "虽然~a {r} ，~k 但是~a {m}", r=state_clause(d, s), m=main)


def conditional(d: Dice) -> Phrase:
    """Conditions: 如果 … 就会, with the condition first."""
    s = known_subject(d)
    vp = verb_phrase(d, WILL, s.agreement)
    slots = {"s": s.phrase, "v": vp.verb.form("base"), "o": vp.object, "w": where(d, vp.verb.base, 0.2)}
    if d.chance(0.4):
        weather = d.pick(("it rains~r tomorrow~t", "it snows~s tomorrow~t", "it is~c cold~h tomorrow~t"))
        chinese = {"r": "明天~t 下雨~r", "s": "明天~t 下雪~s", "i": "明天~t 很~c 冷~h"}[weather[3]]
    else:
        weather, chinese = "", ""
    slots["c"] = word(weather, chinese) if weather else state_clause(d, s.again())
    will, would = d.pick((("will~x", "会~x"), ("won't~x", "不会~x")))
    if weather and d.chance(0.5):
        return compose(
            f"if~i {{c}} ,~k {{s}} {will} {{v}} {{o}} {{w}}",
            f"如果~i {{c}} ，~k {{s}} 就~i {would} {{w}} {{v}} {{o}}",
            **slots,
        )
    return compose(
        f"{{s}} {will} {{v}} {{o}} {{w}} if~i {{c}}",
        f"如果~i {{c}} ，~i {{s}} 就~i {would} {{w}} {{v}} {{o}}",
        **slots,
    )


def moment(d: Dice) -> Phrase:
    """When, before, after: … 的时候, 以前, 以后, always first."""
    s, other = subject(d), subject(d)
    english, chinese, tense = d.pick(
        (("when", "的~w 时候~w", PAST_BARE), ("before", "以前~w", PAST_BARE), ("after", "以后~w", PAST_BARE))
    )
    earlier = clause(other, verb_phrase(d, tense, other.agreement), tense)
    main = happening(d, s, PAST, place=0.2, time=0, front=0)
    if d.chance(0.3):
        return compose(f"{english}~w {{e}} ,~k {{m}}", f"{{e}} {chinese} ，~k {{m}}", e=earlier, m=main)
    return compose(f"{{m}} {english}~w {{e}}", f"{{e}} {chinese} ，~w {{m}}", e=earlier, m=main)


_INTERRUPTIONS = (
    word("came~v home~h", "回~v 家~h"),
    word("arrived", "到"),
    word("called~v me~m", "给~v 我~m 打电话~v"),
    word("saw~v us~m", "看见~v 我们~m"),
)


def doing_while(d: Dice) -> Phrase:
    """What was going on when something happened: … 的时候, 正在."""
    s, other = subject(d), subject(d)
    vp = verb_phrase(d, PROGRESSIVE, other.agreement)
    return compose(
        f"{{o}} {other.be(past=True)}~x {{v}} {{n}} when~w {{s}} {{e}}",
        "{s} {e} 的~w 时候~w ，~w {o} 正在~x {v} {n}",
        o=other.phrase,
        v=vp.verb.form("ing"),
        n=vp.object,
        s=s.phrase,
        e=d.pick(_INTERRUPTIONS),
    )


_JOINTS = (
    (",~k and", "，~k"),
    (",~k but~b", "，~k 但是~b"),
    (",~k and then~b", "，~k 然后~b"),
)


def consequence(d: Dice) -> Phrase:
    """Consequences, with 所以."""
    s = known_subject(d)
    main = happening(d, s.again(), d.pick((PAST, _DIDNT)), place=0.1, time=0.2, front=0)
    return compose("{r} ,~k so~b {m}", "{r} ，~k 所以~b {m}", r=state_clause(d, s, past=True), m=main)


def coordination(d: Dice) -> Phrase:
    """Two clauses one after the other, with nothing, with but (但是), with and then (然后)."""
    s, t = subject(d), subject(d)
    english, chinese = d.pick(_JOINTS)
    tense = PAST if "then" in english else d.pick((PAST, PRESENT, WILL))
    verbs = words.HABITS if tense is PRESENT else words.ACTIVITIES
    first = happening(d, s, tense, verbs, place=0.1, time=0.3, front=0)
    second = happening(d, t, tense, verbs, place=0.1, time=0.2, front=0)
    return compose(f"{{a}} {english} {{b}}", f"{{a}} {chinese} {{b}}", a=first, b=second)


def series(d: Dice) -> Phrase:
    """Two things that one person did, with one subject."""
    s = third_person(d)  # "I put" and "I read" could be present or past
    one, two = (
        verb_phrase(d, PAST, "third", words.TRANSITIVES),
        verb_phrase(d, PAST, "third", words.TRANSITIVES),
    )
    return compose(
        "{t} {s} {v} {o} and~a {w} {p}",
        "{t} {s} {v} 了~v {o} ，~a {w} 了~w {p}",
        s=s.phrase,
        t=when(d, words.PAST, 0.5),
        v=one.verb.form("past"),
        o=one.object,
        w=two.verb.form("past"),
        p=two.object,
    )


def not_only(d: Dice) -> Phrase:
    """Not only … but also, 不但 … 而且."""
    s = subject(d)
    like = d.pick(("like 喜欢", "love 爱", "hate 讨厌", "understand 懂", "study 学习", "teach 教")).split()
    base = like[0]
    third = {"teach": "teaches", "study": "studies"}.get(base, base + "s")
    first, second = d.two(words.SUBJECTS)
    return compose(
        "{s} not~n only~n {v} {x} but~b also~y {w} {z}",
        "{s} 不但~n {v} {x} ，~b 而且~b 也~y {w} {z}",
        s=s.phrase,
        v=word(third if s.agreement == "third" else base, like[1]),
        x=first,
        z=second,
        w=word(third if s.agreement == "third" else base, like[1]),
    )


def both(d: Dice) -> Phrase:
    """Two subjects, with 和 and 都."""
    pair = Np(compose("{a} and~x {b}", "{a} 和~x {b}", a=name(d).phrase, b=kin(d).phrase), "plural")
    tense = Tense("present", style="bare", before="都~y", plural="both~y", times=words.HABIT)
    return happening(d, pair, tense, words.HABITS, place=0.5, time=0.7, front=0)


Builder = Callable[[Dice], Phrase]


def chained(d: Dice, builders: Sequence[Builder], *, most: int) -> Phrase:
    """Two to ``most`` statements of the builders, joined."""
    sentence = d.pick(builders)(d)
    for _ in range(1 + d.below(most - 1)):
        english, chinese = d.pick(_JOINTS[:2])
        sentence = compose(
            f"{{a}} {english} {{b}}", f"{{a}} {chinese} {{b}}", a=sentence, b=d.pick(builders)(d)
        )
    return sentence
