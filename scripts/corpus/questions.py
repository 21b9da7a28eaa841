"""Questions: with 吗, with the question word where its answer would stand, and inside other sentences."""

from . import words
from .clauses import (
    ASK_PAST,
    ASK_PRESENT,
    BASE,
    PAST,
    PRESENT,
    WILL,
    Tense,
    fixed,
    happening,
    verb_phrase,
)
from .dice import Dice
from .nouns import (
    PRONOUNS,
    THINGS,
    A,
    Np,
    complement,
    counted,
    owned,
    position,
    subject,
    when,
    where,
)
from .phrase import NOTHING, Phrase, compose, word
from .states import compared, described


def you(d: Dice) -> Np:
    """Who a question is about: more often than not the person spoken to."""
    return PRONOUNS["you"] if d.chance(0.3) else subject(d)


def ask_yes_no(question: Phrase) -> Phrase:
    """Close a yes-no question, 吗 belonging to the question mark."""
    return compose("{q} ?~m", "{q} 吗~m ？~m", q=question)


def ask(question: Phrase) -> Phrase:
    """Close a question that has a question word."""
    return compose("{q} ?~m", "{q} ？~m", q=question)


def yes_no(d: Dice) -> Phrase:
    """Do, did, will … ?, with 吗."""
    s = you(d)
    tense = d.pick((ASK_PRESENT, ASK_PAST, WILL))
    verbs = words.HABITS if tense is ASK_PRESENT else words.ACTIVITIES
    return ask_yes_no(happening(d, s, tense, verbs, inverted=True))


_ASK_MODAL = (("can~m", "可以~m"), ("should~m", "应该~m"), ("must~m", "必须~m"))


def yes_no_modal(d: Dice) -> Phrase:
    """Can, should, must, do you want to … ?, with 吗."""
    s = you(d)
    if d.chance(0.4):
        vp = verb_phrase(d, BASE, s.agreement)
        return ask_yes_no(
            compose(
                f"{s.do()} {{s}} want~w to {{v}} {{o}} {{w}} {{t}}",
                "{s} {t} 想~w {w} {v} {o}",
                s=s.phrase,
                v=vp.verb.form("base"),
                o=vp.object,
                w=where(d, vp.verb.base, 0.4),
                t=when(d, words.FUTURE, 0.4),
            )
        )
    english, chinese = d.pick(_ASK_MODAL)
    tense = Tense("base", english, english, english, before=chinese, times=words.FUTURE)
    return ask_yes_no(happening(d, s, tense, inverted=True))


def yes_no_state(d: Dice) -> Phrase:
    """Is … ?, with 吗: adjectives, comparisons, places and who somebody is."""
    kind = d.below(4)
    if kind == 0:
        s, quality = described(d)
        return ask_yes_no(compose(f"{s.be()} {{s}} {{a}}", "{s} {a}", s=s.phrase, a=quality.base))
    if kind == 1:
        s, other, quality = compared(d)
        return ask_yes_no(
            compose(
                f"{s.be()} {{s}} {{a}} than~t {{o}}",
                "{s} 比~t {o} {a}",
                s=s.phrase,
                o=other,
                a=quality.comparative,
            )
        )
    if kind == 2:
        s = owned(d, THINGS["goods"] + THINGS["clothes"] + THINGS["reading"])
        return ask_yes_no(compose(f"{s.be()} {{s}} {{p}}", "{s} 在~p {p}", s=s.phrase, p=position(d)))
    s = subject(d)
    while s.agreement != "third":
        s = subject(d)
    noun = d.pick(words.TRADES)
    quality_before = d.pick((NOTHING, *words.ATTRIBUTES["people"]))
    return ask_yes_no(compose("is~x {s} {o}", "{s} 是~x {o}", s=s.phrase, o=counted(A, noun, quality_before)))


def yes_no_done(d: Dice) -> Phrase:
    """Have you ever … ?, with 过 and 吗; is there … ?, with 有."""
    s = you(d)
    if d.chance(0.3):
        noun = d.pick(THINGS["goods"] + THINGS["food"] + THINGS["animals"])
        return ask_yes_no(compose("is there~h {o} {p}", "{p} 有~h {o}", o=counted(A, noun), p=position(d)))
    if d.chance(0.4):
        return ask_yes_no(
            compose(
                f"{s.have()}~h {{s}} ever been~g to {{c}}",
                "{s} 去~g 过~h {c}",
                s=s.phrase,
                c=d.pick(words.CITIES),
            )
        )
    vp = verb_phrase(d, Tense("participle", style="known"), s.agreement, words.TRANSITIVES)
    have = s.have()
    return ask_yes_no(
        compose(
            f"{have}~h {{s}} ever {{v}} {{o}}",
            "{s} {v} 过~h {o}",
            s=s.phrase,
            v=vp.verb.form("participle"),
            o=vp.object,
        )
    )


def what(d: Dice) -> Phrase:
    """What did … buy?, with 什么 as the object."""
    s = you(d)
    verbs = tuple(verb for verb in words.TRANSITIVES if verb.takes[0] in _ASKABLE)
    verb = d.pick(verbs)
    spot, kind = where(d, verb.base, 0.4), d.below(4)
    slots = {"s": s.phrase, "v": verb.form("base"), "w": spot}
    if kind == 0:
        return ask(
            compose(
                "what~x did~d {s} {v} {w} {t}",
                "{s} {t} {w} {v} 了~d 什么~x",
                t=when(d, words.PAST, 0.6),
                **slots,
            )
        )
    if kind == 1:
        return ask(
            compose(f"what~x {s.do()} {{s}} want~y to {{v}} {{w}}", "{s} 想~y {w} {v} 什么~x", **slots)
        )
    if kind == 2:
        return ask(
            compose(
                "what~x will~y {s} {v} {w} {t}",
                "{s} {t} 会~y {w} {v} 什么~x",
                t=when(d, words.FUTURE, 0.6),
                **slots,
            )
        )
    slots["v"] = verb.form("ing")
    return ask(
        compose(f"what~x {s.be()}~y {{s}} {{v}} {{w}}", "{s} 正在~y {w} {v} 什么~x", **slots | {"w": NOTHING})
    )


_ASKABLE = frozenset(
    {"reading", "writing", "food", "goods", "clothes", "drinks", "mass_food", "subjects", "movies", "mail"}
)


def who(d: Dice) -> Phrase:
    """Who … ?, with 谁 as the subject."""
    s = Np(word("who", "谁"), "third")
    tense = d.pick((PRESENT, PAST, WILL))
    return ask(happening(d, s, tense, words.HABITS if tense is PRESENT else words.ACTIVITIES, front=0))


def where_do(d: Dice) -> Phrase:
    """Where do … ?, with 在哪里 before the verb."""
    s = you(d)
    vp = verb_phrase(d, ASK_PRESENT, s.agreement, words.HABITS)
    slots = {"s": s.phrase, "v": vp.verb.form("base"), "o": vp.object}
    if d.chance(0.5):
        return ask(
            compose(
                f"where~x {s.do()} {{s}} {{v}} {{o}} {{t}}",
                "{s} {t} 在~x 哪里~x {v} {o}",
                t=when(d, words.HABIT, 0.6),
                **slots,
            )
        )
    return ask(
        compose(
            "where~x will~y {s} {v} {o} {t}",
            "{s} {t} 会~y 在~x 哪里~x {v} {o}",
            t=when(d, words.FUTURE, 0.6),
            **slots,
        )
    )


def where_did(d: Dice) -> Phrase:
    """Where and when did … ?, with 是 … 的 around it."""
    s = you(d)
    verb = d.pick((*words.TRANSITIVES, *words.MOMENTS))
    slots = {"s": s.phrase, "v": verb.form("base"), "o": complement(d, d.pick(verb.takes), "known")}
    english, chinese = d.pick(
        (
            ("where~x", "在~x 哪里~x"),
            ("when~x", "什么~x 时候~x"),
            ("how~x", "怎么~x"),
            ("with~h whom~x", "和~h 谁~x"),
        )
    )
    return ask(
        compose(f"{english} did~d {{s}} {{v}} {{o}}", f"{{s}} 是~d {chinese} {{v}} {{o}} 的~d", **slots)
    )


def why(d: Dice) -> Phrase:
    """Why … ?, with 为什么."""
    s = you(d)
    kind = d.below(4)
    if kind == 0:
        described_as = d.pick(words.MOODS)
        return ask(
            compose(f"why~x {s.be()} {{s}} so~y {{a}}", "{s} 为什么~x 这么~y {a}", s=s.phrase, a=described_as)
        )
    do = s.do()
    tense = (
        fixed("base", "didn't~n", before="没~n", style="known", times=words.PAST),
        fixed("base", f"{do}n't~n", before="不~n", style="bare"),
        fixed("base", do, style="bare", times=words.HABIT),
    )[kind - 1]
    verbs = words.ACTIVITIES if kind == 1 else words.HABITS
    return ask(happening(d, s, tense, verbs, inverted=True, asked=word("why", "为什么")))
