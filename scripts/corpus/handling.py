"""Constructions of what is done to whom and how: gifts, 把 and 被, what stands around the verb."""

from . import words
from .clauses import BASE, PAST, PRESENT, WILL, Tense, Vp, clause, happening, verb_phrase
from .dice import Dice
from .nouns import (
    OBJECT_PRONOUNS,
    THINGS,
    Np,
    companion,
    complement,
    definite,
    duration,
    kin,
    name,
    owner,
    person,
    position,
    subject,
    thing,
    third_person,
    when,
    where,
)
from .phrase import Phrase, compose, word

_GIFTS = (
    ("gave", "送", "", "goods clothes reading food plants"),
    ("bought", "买", "for", "goods clothes food reading machines"),
    ("sent", "寄", "to", "mail"),
    ("wrote", "写", "to", "writing"),
    ("told", "讲", "", "stories"),
)
_TALES = (
    word("a~a story~n", "一~a 个~n 故事~n"),
    word("an~a interesting~i story~n", "一~a 个~n 有趣~i 的~i 故事~n"),
    word("two~a stories~n", "两~a 个~n 故事~n"),
)


def gift(d: Dice) -> Phrase:
    """给 with two objects: bought Mary a hat, 给玛丽买了一顶帽子."""
    english, chinese, link, things = d.pick(_GIFTS)
    slots = {
        "s": subject(d).phrase,
        "v": word(english, chinese),
        "r": person(d),
        "o": d.pick(_TALES) if things == "stories" else complement(d, d.pick(things.split()), "new"),
        "t": when(d, words.PAST, 0.7),
    }
    if english == "gave":
        return compose("{s} {v} {r} {o} {t}", "{s} {t} {v} 给~v 了~v {r} {o}", **slots)
    if link and d.chance(0.5):
        return compose(f"{{s}} {{v}} {{o}} {link}~g {{r}} {{t}}", "{s} {t} 给~g {r} {v} 了~v {o}", **slots)
    return compose("{s} {v} {r} {o} {t}", "{s} {t} 给~v {r} {v} 了~v {o}", **slots)


def gift_known(d: Dice) -> Phrase:
    """把 with a recipient: gave the book to Tom, 把书送给了汤姆."""
    english, chinese = d.pick(
        (("gave", "送"), ("sold", "卖"), ("lent", "借"), ("returned", "还"), ("sent", "寄"))
    )
    noun = d.pick(d.pick((THINGS["goods"], THINGS["machines"], THINGS["reading"])))
    return compose(
        "{s} {v} {o} to~g {r} {t}",
        "{s} {t} 把~v {o} {v} 给~g 了~v {r}",
        s=subject(d).phrase,
        v=word(english, chinese),
        o=definite(noun) if d.chance(0.5) else thing(d, [noun], "known"),
        r=person(d),
        t=when(d, words.PAST, 0.5),
    )


def put(d: Dice) -> Phrase:
    """把 with a place: put the cup on the table, 把杯子放在桌子上."""
    noun = d.pick(d.pick((THINGS["goods"], THINGS["clothes"], THINGS["reading"], THINGS["food"])))
    what = definite(noun) if d.chance(0.6) else thing(d, [noun], "known")
    if d.chance(0.3):
        return compose("please~y put~v {o} {p}", "请~y 把~v {o} 放~v 在~v {p}", o=what, p=position(d))
    s = third_person(d)  # "I put" could be present or past
    return compose(
        "{s} put~v {o} {p} {t}",
        "{s} {t} 把~v {o} 放~v 在~v {p}",
        s=s.phrase,
        o=what,
        p=position(d),
        t=when(d, words.PAST, 0.4),
    )


def result(d: Dice) -> Phrase:
    """把 with a result: broke the window, 把窗户打破了."""
    verb = d.pick(words.RESULTS)
    noun = d.pick(verb.things)
    return compose(
        "{s} {v} {o} {t}",
        "{s} {t} 把~v {o} {v} 了~v",
        s=subject(d).phrase,
        v=verb.past,
        o=definite(noun),
        t=when(d, words.PAST, 0.8),
    )


def passive(d: Dice) -> Phrase:
    """被 with and without the doer: was broken by Tom, 被汤姆打破了."""
    verb = d.pick(words.RESULTS)
    noun = d.pick(verb.things)
    thing_done = (
        definite(noun) if d.chance(0.4) else compose("{a} {b}", "{a} {b}", a=owner(d), b=noun.singular)
    )
    slots = {"o": thing_done, "v": verb.participle, "t": when(d, words.PAST, 0.6)}
    if d.chance(0.7):
        by = d.pick((name(d).phrase, kin(d).phrase, definite(d.pick(words.PEOPLE)), d.pick(OBJECT_PRONOUNS)))
        return compose("{o} was {v} by~b {s} {t}", "{o} {t} 被~b {s} {v} 了~v", s=by, **slots)
    return compose("{o} was~b {v} {t}", "{o} {t} 被~b {v} 了~v", **slots)


def company(d: Dice) -> Phrase:
    """In somebody's company: 和玛丽 before the verb."""
    return happening(d, subject(d), d.pick((PRESENT, PAST, WILL)), words.SHARED, company=companion(d))


_TOOLS = (
    ("ate", "吃", "with~w chopsticks~x", "筷子~x", "food"),
    ("ate", "吃", "with~w a spoon~x", "勺子~x", "food"),
    ("cut", "切", "with~w a knife~x", "刀~x", "food"),
    ("wrote", "写", "with~w a pen~x", "钢笔~x", "writing"),
    ("wrote", "写", "with~w a computer~x", "电脑~x", "writing"),
    ("painted", "画", "with~w a pencil~x", "铅笔~x", "animals"),
    ("opened", "打开", "with~w a key~x", "钥匙~x", "box"),
)


def tool(d: Dice) -> Phrase:
    """With what it is done: 用刀 before the verb."""
    english, chinese, with_tool, means, things = d.pick(_TOOLS)
    s = third_person(d) if english == "cut" else subject(d)
    noun = d.pick(THINGS[things]) if things != "box" else d.pick(words.OPENINGS)
    return compose(
        f"{{s}} {{v}} {{o}} {with_tool} {{t}}",
        f"{{s}} {{t}} 用~w {means} {{v}} 了~v {{o}}",
        s=s.phrase,
        v=word(english, chinese),
        o=thing(d, [noun], "any"),
        t=when(d, words.PAST, 0.5),
    )


_VEHICLES = (
    "bus 坐 公共汽车",
    "train 坐 火车",
    "plane 坐 飞机",
    "bicycle 骑 自行车",
    "taxi 坐 出租车",
    "ship 坐 船",
)


_DESTINATIONS = tuple(
    noun for noun in words.PLACES if noun.singular.english[0] not in {"bedroom", "kitchen", "classroom"}
)


def travel(d: Dice) -> Phrase:
    """How one goes: by train, 坐火车 before the verb."""
    english, verb, vehicle = d.pick(_VEHICLES).split()
    place = d.pick(words.CITIES) if d.chance(0.6) else definite(d.pick(_DESTINATIONS))
    s = subject(d)
    present = "goes~g" if s.agreement == "third" else "go~g"
    before, go, chinese, times = d.pick(
        (
            ("", present, "去~g", words.HABIT),
            ("", "went~g", "去~g 了~g", words.PAST),
            ("会~f", "will~f go~g", "去~g", words.FUTURE),
        )
    )
    return compose(
        f"{{s}} {go} to {{c}} by~b {english}~x {{t}}",
        f"{{s}} {{t}} {before} {verb}~b {vehicle}~x {chinese} {{c}}",
        s=s.phrase,
        c=place,
        t=when(d, times, 0.8),
    )


def from_to(d: Dice) -> Phrase:
    """From one place to another: 从北京飞到上海."""
    a, b = d.two(words.CITIES)
    english, chinese = d.pick((("flew", "飞"), ("drove", "开车"), ("moved", "搬"), ("walked", "走")))
    here, there = (a, b) if english != "walked" else tuple(definite(n) for n in d.two(words.PLACES))
    return compose(
        "{s} {v} from~f {a} to~g {b} {t}",
        "{s} {t} 从~f {a} {v} 到~g 了~v {b}",
        s=subject(d).phrase,
        v=word(english, chinese),
        a=here,
        b=there,
        t=when(d, words.PAST, 0.9),
    )


def purpose(d: Dice) -> Phrase:
    """Verbs in series: went to Paris to study art, 去巴黎学习艺术."""
    s = subject(d)
    vp = verb_phrase(d, BASE, "plural", words.TRANSITIVES)
    place = d.pick(words.VENUES.get(vp.verb.base, ["Beijing", "park", "village", "station"])).replace(
        "_", " "
    )
    nouns = {" ".join(noun.singular.english): definite(noun) for noun in words.PLACES}
    nouns |= {" ".join(city.english): city for city in words.CITIES}
    go, aspect, times = d.pick((("went~g", "", words.PAST), ("will~f go~g", "会~f", words.FUTURE)))
    return compose(
        f"{{s}} {go} to {{p}} to {{v}} {{o}} {{t}}",
        f"{{s}} {{t}} {aspect} 去~g {{p}} {{v}} {{o}}",
        s=s.phrase,
        p=nouns[place],
        v=vp.verb.form("base"),
        o=vp.object,
        t=when(d, times, 0.6),
    )


_ASKING = (
    ("asked", "请"),
    ("told", "叫"),
    ("let", "让"),
    ("advised", "建议"),
    ("helped", "帮"),
    ("allowed", "允许"),
)


def asking(d: Dice) -> Phrase:
    """Making others do it: asked the students to read, 请学生们看书."""
    english, chinese = d.pick(_ASKING)
    s = third_person(d) if english == "let" else subject(d)
    vp = verb_phrase(d, BASE, "plural", words.HABITS)
    link = "" if english in {"let", "helped"} else "to"
    return compose(
        f"{{s}} {{a}} {{r}} {link} {{v}} {{o}} {{w}}",
        "{s} {a} {r} {w} {v} {o}",
        s=s.phrase,
        a=word(english, chinese),
        r=person(d),
        v=vp.verb.form("base"),
        o=vp.object,
        w=where(d, vp.verb.base, 0.4),
    )


_ORDERS = (
    ("please~x", "请~x", ""),
    ("please~x don't~y", "请~x", "别~y"),
    ("don't~y", "", "别~y"),
    ("you~x had better~y", "你~x", "最好~y"),
)


def please(d: Dice) -> Phrase:
    """Requests with 请, bans with 别, advice with 最好."""
    english, first, second = d.pick(_ORDERS)
    vp = verb_phrase(d, BASE, "plural")
    return compose(
        f"{english} {{v}} {{o}} {{w}} {{t}}",
        f"{first} {{t}} {second} {{w}} {{v}} {{o}}",
        v=vp.verb.form("base"),
        o=vp.object,
        w=where(d, vp.verb.base, 0.4),
        t=when(d, words.SOON, 0.4),
    )


def lets(d: Dice) -> Phrase:
    """Proposals: let's go, 我们 … 吧."""
    vp = verb_phrase(d, BASE, "plural")
    return compose(
        "let's~x {v} {o} {w} {t}",
        "我们~x {t} {w} {v} {o} 吧~x",
        v=vp.verb.form("base"),
        o=vp.object,
        w=where(d, vp.verb.base, 0.5),
        t=when(d, words.FUTURE, 0.5),
    )


_MANNERS = (
    ("run", "跑"),
    ("swim", "游"),
    ("drive", "开"),
    ("walk", "走"),
    ("sing", "唱"),
    ("dance", "跳"),
    ("work", "工作"),
)
_WAYS = (("fast", "快"), ("slowly", "慢"), ("well", "好"), ("carefully", "认真"), ("badly", "差"))
_DEGREES = (("very", "非常"), ("too", "太"), ("quite", "相当"), ("really", "真"))


def manner(d: Dice) -> Phrase:
    """How it is done, with 得: runs very fast, 跑得非常快; speaks Chinese very well, 中文说得非常好."""
    s = subject(d)
    base, chinese = d.pick(_MANNERS)
    spoken = d.chance(0.4)
    third = "speaks" if spoken else base + "s"
    slots = {"s": s.phrase, "d": word(*d.pick(_DEGREES)), "h": word(*d.pick(_WAYS))}
    if spoken:
        slots["v"] = word(third if s.agreement == "third" else "speak", "说")
        return compose("{s} {v} {x} {d} {h}", "{s} {x} {v} 得~v {d} {h}", x=d.pick(words.LANGUAGES), **slots)
    slots["v"] = word(third if s.agreement == "third" else base, chinese)
    return compose("{s} {v} {d} {h}", "{s} {v} 得~v {d} {h}", **slots)


_LASTING = tuple(
    v for v in words.ACTIVITIES if v.base in {"learn", "study", "teach", "practice", "play", "listen"}
)


def lasting(d: Dice) -> Phrase:
    """How long it lasted, before the object: studied Chinese for three years, 学习了三年中文."""
    vp = verb_phrase(d, PRESENT, "plural", _LASTING)
    return compose(
        "{s} {v} {o} for {n} {w}",
        "{s} {w} {v} 了~v {n} {o}",
        s=subject(d).phrase,
        v=vp.verb.form("past"),
        o=vp.object,
        n=duration(d),
        w=where(d, vp.verb.base, 0.6),
    )


def somebody(d: Dice) -> Phrase:
    """Nobody, everybody, somebody: 没有人, 每个人都, 有人."""
    first = (("nobody~x", "没有~x 人~x"), ("everybody~x", "每~x 个~x 人~x 都~x"), ("somebody~x", "有~x 人~x"))
    kind = d.below(3)
    s = Np(word(*first[kind]), "third")
    if kind == 1:
        return clause(s, verb_phrase(d, PRESENT, "third", words.STATES), PRESENT)
    vp = verb_phrase(d, PAST, "third", words.TRANSITIVES)
    bare = Tense("past") if kind == 0 else PAST
    if kind == 2:
        moment = when(d, words.PAST, 0.6)
        return compose("{c} {t}", "{t} {c}", c=clause(s, vp, bare), t=moment)
    return clause(s, Vp(vp.verb, complement(d, vp.verb.takes[0], "known")), bare)
