"""Questions after a number, an owner or a choice, and questions inside other sentences."""

from . import words
from .clauses import PAST, Tense, Vp, clause, verb_phrase
from .dice import Dice
from .nouns import THINGS, complement, definite, owned, position, subject, thing, when
from .phrase import NOTHING, Phrase, compose, word
from .questions import ask, ask_yes_no, you
from .words import Noun


def how_many(d: Dice) -> Phrase:
    """How many …, 多少 with a measure word, as object and as what is there."""
    s = you(d)
    kind = d.below(3)
    if kind == 0:
        noun = d.pick(words.PEOPLE + words.ANIMALS)
        many = _many(noun)
        place = compose("in~p the {n}", "{n} 里~p", n=d.pick(words.PLACES).singular)
        return ask(compose("{o} are~x there {w}", "{w} 有~x {o}", o=many, w=place))
    noun = d.pick(d.pick(tuple(THINGS[name] for name in ("goods", "clothes", "food", "reading"))))
    if kind == 1:
        return ask(compose(f"{{o}} {s.do()} {{s}} have~x", "{s} 有~x {o}", o=_many(noun), s=s.phrase))
    verb = word(*d.pick((("buy", "买"), ("sell", "卖"), ("find", "找到"), ("need", "需要"))))
    if verb.english[0] == "need":
        return ask(compose(f"{{o}} {s.do()} {{s}} {{v}}", "{s} {v} {o}", o=_many(noun), s=s.phrase, v=verb))
    return ask(
        compose(
            "{o} did~d {s} {v} {t}",
            "{s} {t} {v} 了~d {o}",
            o=_many(noun),
            s=s.phrase,
            v=verb,
            t=when(d, words.PAST, 0.6),
        )
    )


def _many(noun: Noun) -> Phrase:
    return compose("how~m many~m {n}", f"多少~m {noun.measure}~n {{n}}", n=noun.plural)


def how_much(d: Dice) -> Phrase:
    """How much, how old, how long, how often: 多少钱, 多大, 多长时间."""
    s = you(d)
    kind = d.below(4)
    if kind == 0:
        priced = owned(d, THINGS["clothes"] + THINGS["goods"] + THINGS["machines"])
        return ask(
            compose(f"how~m much~m {priced.do()} {{s}} cost~c", "{s} 要~c 多少~m 钱~m", s=priced.phrase)
        )
    if kind == 1:
        return ask(compose(f"how~m old~o {s.be()} {{s}}", "{s} 多~m 大~o", s=s.phrase))
    if kind == 2:
        verb = d.pick(
            tuple(verb for verb in words.ACTIVITIES if verb.base in {"learn", "study", "practice", "teach"})
        )
        return ask(
            compose(
                "how~m long~l did~d {s} {v} {o}",
                "{s} {v} 了~d 多~m 长~l 时间~l {o}",
                s=s.phrase,
                v=verb.form("base"),
                o=complement(d, "subjects", "bare"),
            )
        )
    city = d.pick(words.CITIES)
    have = s.have()
    return ask(
        compose(
            f"how~m many~m times~t {have}~h {{s}} been~g to {{c}}",
            "{s} 去~g 过~h 多少~m 次~t {c}",
            s=s.phrase,
            c=city,
        )
    )


def which(d: Dice) -> Phrase:
    """Which …, 哪 with a measure word, as object and as subject."""
    s = you(d)
    verb = d.pick(tuple(verb for verb in words.TRANSITIVES if verb.takes[0] in THINGS))
    category = d.pick(tuple(name for name in verb.takes if name in THINGS))
    noun = d.pick(THINGS[category])
    found = compose("which~x {n}", f"哪~x {noun.measure}~n {{n}}", n=noun.singular)
    kind = d.below(3)
    slots = {"o": found, "s": s.phrase, "v": verb.form("base")}
    if kind == 0:
        return ask(
            compose("{o} did~d {s} {v} {t}", "{s} {t} {v} 了~d {o}", t=when(d, words.PAST, 0.7), **slots)
        )
    if kind == 1:
        return ask(
            compose(
                f"{{o}} {s.do()} {{s}} want~w to {{v}} {{t}}",
                "{s} {t} 想~w {v} {o}",
                t=when(d, words.FUTURE, 0.5),
                **slots,
            )
        )
    nouns, adjectives = d.pick(_COMPARABLE)
    quality, noun = d.pick(adjectives), d.pick(nouns)
    asked = compose("which~x {n}", f"哪~x {noun.measure}~n {{n}}", n=noun.singular)
    return ask(compose("{o} is the {a}", "{o} {a}", o=asked, a=quality.superlative))


_COMPARABLE = (
    (words.GOODS + words.CLOTHES + words.MACHINES, words.THING_ADJECTIVES),
    (words.READING, words.READING_ADJECTIVES),
    (words.PEOPLE, words.PERSON_ADJECTIVES),
)


def whose(d: Dice) -> Phrase:
    """Whose …, 谁的."""
    nouns = THINGS["goods"] + THINGS["clothes"] + THINGS["machines"] + THINGS["reading"]
    noun = d.pick(nouns)
    kind = d.below(3)
    whose_thing = compose("whose~x {n}", "谁~x 的~x {n}", n=noun.singular)
    if kind == 0:
        this = word(*d.pick((("this", "这"), ("that", "那"))))
        quality = d.pick((NOTHING, *words.ATTRIBUTES[noun.category]))
        whose_thing = compose("whose~x {a} {n}", "谁~x 的~x {a} {n}", a=quality, n=noun.singular)
        return ask(compose("{o} is~y {t}", "{t} 是~y {o}", o=whose_thing, t=this))
    if kind == 1:
        return ask(compose("whose~x {n} is~y {p}", "{p} 是~y 谁~x 的~x {n}", n=noun.singular, p=position(d)))
    s = you(d)
    verb = word(*d.pick((("use", "用"), ("borrow", "借"), ("buy", "买"), ("find", "找到"), ("lose", "弄丢"))))
    return ask(
        compose(
            "{o} did~d {s} {v} {t}",
            "{s} {t} {v} 了~d {o}",
            o=whose_thing,
            s=s.phrase,
            v=verb,
            t=when(d, words.PAST, 0.6),
        )
    )


_KNOWING = (("know", "知道"), ("remember", "记得"))


def indirect(d: Dice) -> Phrase:
    """A question inside a sentence: I don't know where Tom lives, 我不知道汤姆住在哪里."""
    s, other = subject(d), subject(d)
    base, chinese = d.pick(_KNOWING)
    know = compose(f"{s.do()}n't~n {base}~k", f"不~n {chinese}~k")
    kind = d.below(5)
    live = "lives~v" if other.agreement == "third" else "live~v"
    vp = verb_phrase(d, PAST, other.agreement, words.TRANSITIVES)
    if kind == 0:
        inner = compose(f"where~x {{o}} {live}", "{o} 住~v 在~x 哪里~x", o=other.phrase)
    elif kind == 1:
        inner = compose(f"how~m old~l {{o}} {other.be()}", "{o} 多~m 大~l", o=other.phrase)
    elif kind == 2:
        inner = clause(
            other,
            Vp(vp.verb, complement(d, vp.verb.takes[0], "known")),
            _WHY_PAST,
            asked=word("why", "为什么"),
        )
    elif kind == 3:
        inner = compose(f"who~x {{o}} {other.be()}~y", "{o} 是~y 谁~x", o=other.phrase)
    else:
        inner = compose(
            "whether~x {o} will~y come~v {t}",
            "{o} {t} 会~y 不~x 会~x 来~v",
            o=other.phrase,
            t=when(d, words.FUTURE, 0.6),
        )
    return compose("{s} {k} {i}", "{s} {k} {i}", s=s.phrase, k=know, i=inner)


_WHY_PAST = Tense("past")


def can_you_tell(d: Dice) -> Phrase:
    """A polite question: can you tell me where … is, 你能告诉我…在哪里吗."""
    what_for = (
        definite(d.pick(words.PLACES))
        if d.chance(0.5)
        else thing(d, THINGS["goods"] + THINGS["machines"], "known")
    )
    be = "are" if what_for.english[0] == "these" else "is"
    who_to = word(*d.pick((("me", "我"), ("us", "我们"), ("him", "他"), ("her", "她"), ("them", "他们"))))
    return ask_yes_no(
        compose(
            f"can~c you~u tell~t {{r}} where~x {{o}} {be}",
            "你~u 能~c 告诉~t {r} {o} 在~x 哪里~x",
            r=who_to,
            o=what_for,
        )
    )
