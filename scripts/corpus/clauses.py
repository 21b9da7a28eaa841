"""Clauses: a subject, a verb with its object, and a tense, with everything at its place in both languages.

English:  subject auxiliary adverb verb object company place time.
Chinese:  subject time adverb auxiliary company place verb aspect object.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import words
from .dice import Dice
from .nouns import Np, Style, complement
from .nouns import when as a_time
from .nouns import where as a_place
from .phrase import NOTHING, Phrase, compose
from .words import Verb


@dataclass(frozen=True)
class Vp:
    """A verb and its object."""

    verb: Verb
    object: Phrase = NOTHING


@dataclass(frozen=True)
class Tense:
    """How a tense is said: the English auxiliary and form, and what stands around the Chinese verb.

    `i`, `plural`, `third` are the auxiliaries by agreement; literals carry the tags that link them.
    """

    form: str
    i: str = ""
    plural: str = ""
    third: str = ""
    before: str = ""
    after: str = ""
    last: str = ""
    style: Style = "any"
    times: Sequence[Phrase] = ()


def fixed(
    form: str,
    auxiliary: str,
    before: str = "",
    *,
    after: str = "",
    style: Style = "any",
    times: Sequence[Phrase] = (),
) -> Tense:
    """A tense whose auxiliary does not change with the subject."""
    return Tense(form, auxiliary, auxiliary, auxiliary, before, after, style=style, times=times)


PRESENT = Tense("present", style="bare", times=words.HABIT)
PAST = Tense("past", after="了~v", style="any", times=words.PAST)
PAST_BARE = replace(PAST, after="")
DO_NOT = Tense("base", "don't~x", "don't~x", "doesn't~x", before="不~x", style="bare", times=words.HABIT)
DID_NOT = fixed("base", "didn't~x", before="没~x", style="known", times=words.PAST)
WILL = fixed("base", "will~x", before="会~x", style="any", times=words.FUTURE)
WILL_NOT = fixed("base", "won't~x", before="不会~x", style="known", times=words.FUTURE)
GOING_TO = Tense(
    "base", "am going~x to", "are going~x to", "is going~x to", before="打算~x", times=words.FUTURE
)
PROGRESSIVE = Tense("ing", "am~x", "are~x", "is~x", before="正在~x")
PERFECT = Tense("participle", "have~x", "have~x", "has~x", after="过~x", style="known")
NEVER = Tense(
    "participle",
    "have~x never~y",
    "have~x never~y",
    "has~x never~y",
    before="从来~y 没~y",
    after="过~x",
    style="known",
)
ALREADY = Tense(
    "participle", "have~x already~y", "have~x already~y", "has~x already~y", before="已经~y", after="了~x"
)
NOT_YET = Tense(
    "participle", "haven't~x", "haven't~x", "hasn't~x", before="还~y 没~x", last="yet~y", style="known"
)
USED_TO = fixed("base", "used~x to", before="以前~x", style="bare")
JUST = Tense(
    "participle", "have~x just~y", "have~x just~y", "has~x just~y", before="刚~y", after="了~x", style="new"
)
BASE = Tense("base")
ASK_PRESENT = Tense("base", "do", "do", "does", style="bare", times=words.HABIT)
ASK_PAST = fixed("base", "did~x", after="了~x", style="any", times=words.PAST)


def modal(english: str, chinese: str, style: Style = "any") -> Tense:
    """A modal or a verb that takes another: must (必须), wants to (想)."""
    return fixed("base", english, chinese, style=style, times=words.FUTURE)


def verb_phrase(d: Dice, tense: Tense, agreement: str, verbs: Sequence[Verb] = words.ACTIVITIES) -> Vp:
    """A verb with an object in the style of the tense; never one whose past could be read as its present."""
    while True:
        verb = d.pick(verbs)
        if tense.form == "past" and verb.past == verb.base and agreement != "third":
            continue
        return Vp(verb, complement(d, d.pick(verb.takes), tense.style))


def happening(
    d: Dice,
    subject: Np,
    tense: Tense,
    verbs: Sequence[Verb] = words.ACTIVITIES,
    *,
    place: float = 0.5,
    time: float = 0.75,
    front: float = 0.12,
    adverb: Phrase = NOTHING,
    company: Phrase = NOTHING,
    inverted: bool = False,
    asked: Phrase = NOTHING,
) -> Phrase:
    """A clause with a verb phrase of the tense and, with their probabilities, a place and a time."""
    vp = verb_phrase(d, tense, subject.agreement, verbs)
    spot = a_place(d, vp.verb.base, place)
    moment = a_time(d, tense.times, time) if tense.times else NOTHING
    fronted = not inverted and d.chance(front)
    return clause(
        subject,
        vp,
        tense,
        when=moment,
        adverb=adverb,
        company=company,
        where=spot,
        fronted=fronted,
        inverted=inverted,
        asked=asked,
    )


def clause(
    subject: Np,
    vp: Vp,
    tense: Tense,
    *,
    when: Phrase = NOTHING,
    adverb: Phrase = NOTHING,
    company: Phrase = NOTHING,
    where: Phrase = NOTHING,
    fronted: bool = False,
    inverted: bool = False,
    asked: Phrase = NOTHING,
) -> Phrase:
    """Put the parts into the order of each language.

    `fronted` moves the time to the beginning in both; `inverted` is the English order of questions;
    `asked` is a question word, first in English and after the subject in Chinese.
    """
    form = tense.form
    if form == "present":
        form = "third" if subject.agreement == "third" else "base"
    auxiliary = getattr(tense, subject.agreement)
    order = f"{auxiliary} {{s}}" if inverted else f"{{s}} {auxiliary}"
    early, late = ("{t}", "") if fronted else ("", "{t}")
    return compose(
        f"{{q}} {early} {order} {{a}} {{v}} {{o}} {{c}} {{w}} {late} {tense.last}",
        f"{early} {{s}} {{q}} {late} {{a}} {tense.before} {{c}} {{w}} {{v}} {tense.after} {{o}}",
        s=subject.phrase,
        a=adverb,
        v=vp.verb.form(form),
        o=vp.object,
        c=company,
        w=where,
        t=when,
        q=asked,
    )
