"""Constructions of what people love, like, know, hate and want: verbs without aspect."""

from . import words
from .clauses import Tense, happening
from .dice import Dice
from .nouns import PEOPLE_PRONOUNS, PRONOUNS, companion, plural, subject
from .phrase import NOTHING, Phrase, compose, word

PRESENT_STATE = Tense("present", style="bare")
STATE_NOT = Tense("base", "don't~x", "don't~x", "doesn't~x", before="不~x", style="bare")


def liking(d: Dice) -> Phrase:
    """What people love, like, hate, know, need: no aspect."""
    adverb = word("also", "也") if d.chance(0.3) else word("really", "真的") if d.chance(0.3) else NOTHING
    return happening(d, subject(d), PRESENT_STATE, words.STATES, place=0, time=0, adverb=adverb)


_LEARNED = tuple(verb for verb in words.STATES if verb.base in {"love", "like", "hate", "understand"})


def learning(d: Dice) -> Phrase:
    """Love of a field of knowledge: I love machine learning, 我爱机器学习."""
    s = d.pick((PRONOUNS["I"], d.pick(PEOPLE_PRONOUNS))) if d.chance(0.4) else subject(d)
    verb = d.pick(_LEARNED)
    form = "third" if s.agreement == "third" else "base"
    field = words.SUBJECTS[0] if d.chance(0.2) else d.pick(words.SUBJECTS)
    slots = {"s": s.phrase, "v": verb.form(form), "x": field}
    kind = d.below(10)
    if kind < 3:
        return compose("{s} {v} {x}", "{s} {v} {x}", **slots)
    if kind < 5:
        return compose("{s} {v} {x} and~a {y}", "{s} {v} {x} 和~a {y}", y=d.pick(words.PLEASURES), **slots)
    if kind < 8:
        other = d.pick(words.PLEASURES)
        return compose("{s} {v} {x} more~m than~t {y}", "比起~t {y} ，~t {s} 更~m {v} {x}", y=other, **slots)
    return compose("{s} {v} {x} very~m much~m", "{s} 非常~m {v} {x}", **slots)


def disliking(d: Dice) -> Phrase:
    """What people do not like, know or understand, with 不."""
    return happening(d, subject(d), STATE_NOT, words.STATES, place=0, time=0)


def interest(d: Dice) -> Phrase:
    """Interested in, afraid of, good at: 对机器学习感兴趣."""
    s = subject(d)
    kind = d.below(4)
    topic = d.pick(words.SUBJECTS + words.PLEASURES)
    if kind == 0:
        return compose(f"{{s}} {s.be()} good~g at~g {{x}}", "{s} 擅长~g {x}", s=s.phrase, x=topic)
    if kind == 1:
        feared = plural(NOTHING, d.pick(words.ANIMALS))
        return compose(f"{{s}} {s.be()} afraid~g of {{x}}", "{s} 害怕~g {x}", s=s.phrase, x=feared)
    if kind == 2:
        return compose(
            f"{{s}} {s.be()} very~v interested~i in~n {{x}}",
            "{s} 对~n {x} 非常~v 感兴趣~i",
            s=s.phrase,
            x=topic,
        )
    not_be = {"am": "am not~x", "are": "aren't~x", "is": "isn't~x"}[s.be()]
    return compose(
        f"{{s}} {not_be} interested~i in~n {{x}}", "{s} 对~n {x} 不~x 感兴趣~i", s=s.phrase, x=topic
    )


def together(d: Dice) -> Phrase:
    """Who wants to go along: 想和玛丽去北京."""
    s = subject(d)
    want = word("wants" if s.agreement == "third" else "want", "想")
    return compose(
        "{s} {v} to go~g to {c} {w}",
        "{s} {v} {w} 去~g {c}",
        s=s.phrase,
        v=want,
        c=d.pick(words.CITIES),
        w=companion(d),
    )
