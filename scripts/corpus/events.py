"""Constructions of what people do: habit, tense and aspect, negation, modals, verbs that take another."""

from . import words
from .clauses import (
    ALREADY,
    DID_NOT,
    DO_NOT,
    GOING_TO,
    JUST,
    NEVER,
    NOT_YET,
    PAST,
    PERFECT,
    PRESENT,
    PROGRESSIVE,
    USED_TO,
    WILL,
    WILL_NOT,
    Tense,
    fixed,
    happening,
    modal,
)
from .dice import Dice
from .nouns import companion, subject
from .phrase import Phrase, compose, word


def habit(d: Dice) -> Phrase:
    """What people usually do: time and place before the verb."""
    return happening(d, subject(d), PRESENT, words.HABITS, time=0.9)


def frequency(d: Dice) -> Phrase:
    """How often: 经常, 总是, 有时候, and 也 before the place and the verb."""
    return happening(d, subject(d), PRESENT, words.HABITS, place=0.7, time=0, adverb=d.pick(words.FREQUENCY))


def never_do(d: Dice) -> Phrase:
    """Never as 从不."""
    return happening(d, subject(d), PRESENT, words.HABITS, place=0.8, time=0, adverb=word("never", "从不"))


def past_event(d: Dice) -> Phrase:
    """A past event with 了."""
    return happening(d, subject(d), PAST)


def encounter(d: Dice) -> Phrase:
    """What happens at once: found, lost, met, saw."""
    return happening(d, subject(d), PAST, words.MOMENTS)


def past_negated(d: Dice) -> Phrase:
    """What did not happen, with 没."""
    return happening(d, subject(d), DID_NOT, words.ACTIVITIES + words.MOMENTS)


def habit_negated(d: Dice) -> Phrase:
    """What people do not do, with 不."""
    return happening(d, subject(d), DO_NOT, words.HABITS, place=0.7, time=0.5, front=0)


def future(d: Dice) -> Phrase:
    """The future with 会."""
    return happening(d, subject(d), WILL)


def future_negated(d: Dice) -> Phrase:
    """The negated future with 不会."""
    return happening(d, subject(d), WILL_NOT)


def plan(d: Dice) -> Phrase:
    """Going to, as 打算."""
    return happening(d, subject(d), GOING_TO)


def progressive(d: Dice) -> Phrase:
    """What is going on, with 正在."""
    return happening(d, subject(d), PROGRESSIVE, place=0)


def experience(d: Dice) -> Phrase:
    """Experience with 过."""
    return happening(d, subject(d), PERFECT, words.TRANSITIVES)


def been_to(d: Dice) -> Phrase:
    """Having been somewhere, and how often: 去过三次北京."""
    s, city = subject(d), d.pick(words.CITIES)
    slots = {"s": s.phrase, "c": city, "n": d.pick(words.NUMBERS[1:9])}
    if d.chance(0.7):
        return compose(
            f"{{s}} {s.have()}~h been~g to {{c}} {{n}} times~t", "{s} 去~g 过~h {n} 次~t {c}", **slots
        )
    slots["n"] = companion(d)
    return compose(f"{{s}} {s.have()}~h been~g to {{c}} {{n}}", "{s} {n} 去~g 过~h {c}", **slots)


def never_done(d: Dice) -> Phrase:
    """Never having done it: 从来没 verb 过."""
    return happening(d, subject(d), NEVER, words.TRANSITIVES)


def already(d: Dice) -> Phrase:
    """Already, with 已经 and 了."""
    return happening(d, subject(d), ALREADY, words.TRANSITIVES)


def not_yet(d: Dice) -> Phrase:
    """Not yet, with 还没."""
    return happening(d, subject(d), NOT_YET)


def just_now(d: Dice) -> Phrase:
    """What has just happened, with 刚."""
    return happening(d, subject(d), JUST, words.TRANSITIVES)


def used_to(d: Dice) -> Phrase:
    """What used to be, with 以前."""
    return happening(d, subject(d), USED_TO, words.HABITS, place=0.8)


_SKILLS = (
    word("swim", "游泳"),
    word("dance", "跳舞"),
    word("sing", "唱歌"),
    word("cook", "做饭"),
    word("paint", "画画"),
    word("drive~v a car~o", "开~v 车~o"),
    word("ride~v a horse~o", "骑~v 马~o"),
    word("ride~v a bicycle~o", "骑~v 自行车~o"),
    word("play~v the piano~o", "弹~v 钢琴~o"),
    word("play~v the guitar~o", "弹~v 吉他~o"),
    word("play~v chess~o", "下~v 象棋~o"),
    word("play~v football~o", "踢~v 足球~o"),
    word("play~v tennis~o", "打~v 网球~o"),
    *(compose("speak~v {x}", "说~v {x}", x=language) for language in words.LANGUAGES),
    *(compose("write~v {x}", "写~v {x}", x=language) for language in words.LANGUAGES),
)


def ability(d: Dice) -> Phrase:
    """What people can do, with 会 and 不会."""
    first, second = d.two(_SKILLS)
    can = d.pick(("can~c|会~c", "can't~c|不会~c")).split("|")
    if d.chance(0.5):
        return compose(f"{{s}} {can[0]} {{x}}", f"{{s}} {can[1]} {{x}}", s=subject(d).phrase, x=first)
    return compose(
        "{s} can~c {x} but~b can't~d {y}",
        "{s} 会~c {x} 但是~b 不会~d {y}",
        s=subject(d).phrase,
        x=first,
        y=second,
    )


_MODALS = (
    modal("must~m", "必须~m"),
    modal("should~m", "应该~m"),
    modal("may~m", "可以~m"),
    modal("shouldn't~m", "不应该~m", "known"),
)


def obligation(d: Dice) -> Phrase:
    """Modals: 必须, 应该, 可以, 不应该."""
    return happening(d, subject(d), d.pick(_MODALS))


_WISHES = (
    ("want", "wants", "想"),
    ("hope", "hopes", "希望"),
    ("need", "needs", "需要"),
    ("prefer", "prefers", "宁愿"),
)


def wish(d: Dice) -> Phrase:
    """Verbs that take another verb: 想, 希望, 需要, 宁愿."""
    base, third, chinese = d.pick(_WISHES)
    tense = Tense("base", f"{base}~w to", f"{base}~w to", f"{third}~w to", f"{chinese}~w", times=words.FUTURE)
    return happening(d, subject(d), tense, front=0)


def no_wish(d: Dice) -> Phrase:
    """Not wanting to, 不想."""
    tense = Tense(
        "base", "don't~n want~w to", "don't~n want~w to", "doesn't~n want~w to", "不~n 想~w", style="known"
    )
    return happening(d, subject(d), tense, place=0.5)


_DECISIONS = (
    ("decided", "决定"),
    ("began", "开始"),
    ("tried", "试着"),
    ("agreed", "同意"),
    ("refused", "拒绝"),
)


def decision(d: Dice) -> Phrase:
    """Past verbs that take another verb, without 了: 决定, 开始, 同意, 拒绝."""
    english, chinese = d.pick(_DECISIONS)
    tense = fixed("base", f"{english}~w to", before=f"{chinese}~w", times=words.PAST)
    return happening(d, subject(d), tense, place=0.2)
