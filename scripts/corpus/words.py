"""The tables of `lexicon` read into nouns, verbs and adjectives, each knowing its forms."""

from dataclasses import dataclass

from . import lexicon
from .phrase import Phrase, word


def _entries(table: str) -> list[list[str]]:
    """The `|` or line separated entries, each a list of columns."""
    return [
        entry.split() for line in table.strip().splitlines() for entry in line.split("|") if entry.strip()
    ]


def _spaced(column: str) -> str:
    """`_` joins the tokens of one column."""
    return column.replace("_", " ")


def _plural(singular: str) -> str:
    """The plural of an English noun by its spelling, or from the list of irregular ones."""
    if singular in lexicon.IRREGULAR_PLURALS:
        return lexicon.IRREGULAR_PLURALS[singular]
    if singular.endswith(("s", "x", "ch", "sh")):
        return singular + "es"
    if singular.endswith("y") and singular[-2] not in "aeiou":
        return singular[:-1] + "ies"
    return singular + "s"


@dataclass(frozen=True)
class Noun:
    """A noun in both numbers, with its measure word and its category."""

    singular: Phrase
    plural: Phrase
    measure: str
    category: str


def _nouns(table: str, category: str) -> tuple[Noun, ...]:
    nouns = []
    for english, chinese, measure in _entries(table):
        tokens = _spaced(english).split()
        plural = " ".join([*tokens[:-1], _plural(tokens[-1])])
        nouns.append(Noun(word(" ".join(tokens), chinese), word(plural, chinese), measure, category))
    return tuple(nouns)


def _words(table: str) -> tuple[Phrase, ...]:
    return tuple(word(_spaced(english), _spaced(chinese)) for english, chinese in _entries(table))


PEOPLE = _nouns(lexicon.PEOPLE_TABLE, "people")
RELATED = _nouns(lexicon.RELATED_TABLE, "people")
ANIMALS = _nouns(lexicon.ANIMALS_TABLE, "animals")
READING = _nouns(lexicon.READING_TABLE, "reading")
FOOD = _nouns(lexicon.FOOD_TABLE, "food")
CLOTHES = _nouns(lexicon.CLOTHES_TABLE, "clothes")
GOODS = _nouns(lexicon.GOODS_TABLE, "things")
FURNITURE = _nouns(lexicon.FURNITURE_TABLE, "things")
MACHINES = _nouns(lexicon.MACHINES_TABLE, "things")
ART = _nouns(lexicon.ART_TABLE, "reading")
PLANTS = _nouns(lexicon.PLANTS_TABLE, "plants")
BUILDINGS = _nouns(lexicon.BUILDINGS_TABLE, "buildings")
OPENINGS = _nouns(lexicon.OPENINGS_TABLE, "openings")
QUESTIONS = _nouns(lexicon.QUESTIONS_TABLE, "reading")
PLACES = _nouns(lexicon.PLACES_TABLE, "places")

CITIES = _words(lexicon.CITIES_TABLE)
SURFACES = _words(lexicon.SURFACES_TABLE)
INSIDES = _words(lexicon.INSIDES_TABLE)
PREPOSITIONS = tuple((_spaced(english), chinese) for english, chinese in _entries(lexicon.PREPOSITIONS_TABLE))
MEN, WOMEN = _words(lexicon.MEN_TABLE), _words(lexicon.WOMEN_TABLE)
KINSMEN, KINSWOMEN = _words(lexicon.KINSMEN_TABLE), _words(lexicon.KINSWOMEN_TABLE)
_NO_TRADE = {"guest", "child", "boy", "girl", "man", "woman", "tourist", "student"}
TRADES = tuple(noun for noun in PEOPLE if noun.singular.english[0] not in _NO_TRADE)
PETS = tuple(noun for noun in ANIMALS if noun.singular.english[0] in {"dog", "cat", "rabbit", "bird"})
NAMES = MEN + WOMEN
SUBJECTS = _words(lexicon.SUBJECTS_TABLE)
LANGUAGES = tuple(
    subject for subject in SUBJECTS if subject.english[0] in {"Chinese", "English", "French", "Japanese"}
)
PLEASURES = _words(lexicon.PLEASURES_TABLE)
MASS_FOOD = _words(lexicon.MASS_FOOD_TABLE)
DRINKS = _words(lexicon.DRINKS_TABLE)
NUMBERS, AGES, HOURS = _words(lexicon.NUMBERS_TABLE), _words(lexicon.AGES_TABLE), _words(lexicon.HOURS_TABLE)
PAST, FUTURE, HABIT = _words(lexicon.PAST_TABLE), _words(lexicon.FUTURE_TABLE), _words(lexicon.HABIT_TABLE)
SOON = tuple(time for time in FUTURE if time.english[0] in {"tomorrow", "tonight", "this", "on"})
FREQUENCY = _words(lexicon.FREQUENCY_TABLE)
UNITS = {english: word(_plural(english), chinese) for english, chinese in _entries(lexicon.UNITS_TABLE)}
MOODS = _words(lexicon.MOODS_TABLE)
COLOURS = _words(lexicon.COLOURS_TABLE)


def _attributes() -> dict[str, tuple[Phrase, ...]]:
    attributes = {}
    for line in lexicon.ATTRIBUTES_TABLE.strip().splitlines():
        category, _, entries = line.partition(":")
        columns = entries.split()
        attributes[category] = tuple(
            word(columns[i], _spaced(columns[i + 1])) for i in range(0, len(columns), 2)
        )
    colours = tuple(word(colour.english[0], f"{colour.chinese[0]} 的") for colour in COLOURS)
    attributes["clothes"] = colours + attributes["things"][:5]
    attributes["plants"] = (
        *colours[:5],
        word("beautiful", "漂亮 的"),
        word("big", "大"),
        word("small", "小"),
    )
    attributes["animals"] = (
        word("big", "大"),
        word("small", "小"),
        word("clever", "聪明 的"),
        word("white", "白色 的"),
    )
    attributes["buildings"] = attributes["places"]
    attributes["openings"] = attributes["animals"][:2] + colours[:2]
    return attributes


ATTRIBUTES = _attributes()


@dataclass(frozen=True)
class Adjective:
    """An adjective in its three degrees; each is linked to the bare Chinese word."""

    base: Phrase
    comparative: Phrase
    superlative: Phrase


def _adjectives(table: str) -> tuple[Adjective, ...]:
    adjectives = []
    for base, comparative, superlative, chinese in _entries(table):
        if "_" in comparative:  # more famous: the adjective carries the link, "more" has no word of its own
            more, most = word(f"more {base}~a", f"{chinese}~a"), word(f"most {base}", f"最 {chinese}")
        else:
            more, most = word(comparative, chinese), word(superlative, f"最 {chinese}")
        adjectives.append(Adjective(word(base, chinese), more, most))
    return tuple(adjectives)


PERSON_ADJECTIVES = _adjectives(lexicon.PERSON_ADJECTIVES_TABLE)
THING_ADJECTIVES = _adjectives(lexicon.THING_ADJECTIVES_TABLE)
READING_ADJECTIVES = _adjectives(lexicon.READING_ADJECTIVES_TABLE)
FOOD_ADJECTIVES = _adjectives(lexicon.FOOD_ADJECTIVES_TABLE)
PLACE_ADJECTIVES = _adjectives(lexicon.PLACE_ADJECTIVES_TABLE)


@dataclass(frozen=True)
class Verb:
    """A verb: its English forms, the particle after it, the Chinese, and the categories of its objects."""

    base: str
    past: str
    participle: str
    particle: str
    chinese: str
    takes: tuple[str, ...]

    def form(self, name: str) -> Phrase:
        """The linked verb in the form base, third, past, participle or ing."""
        forms = {"base": self.base, "past": self.past, "participle": self.participle}
        first = forms[name] if name in forms else _third(self.base) if name == "third" else _ing(self.base)
        return word(f"{first}~v {self.particle}".strip(), f"{self.chinese}~v")


def _third(base: str) -> str:
    """The third person singular, spelt by the rule of the plural."""
    return "has" if base == "have" else base + "es" if base.endswith("o") else _plural(base)


def _ing(base: str) -> str:
    """The -ing form, spelt by rule but for the doubled consonants."""
    if base in lexicon.DOUBLED:
        return base + base[-1] + "ing"
    return base[:-1] + "ing" if base.endswith("e") else base + "ing"


def _verbs(table: str) -> tuple[Verb, ...]:
    verbs = []
    for line in table.strip().splitlines():
        for entry in line.split("|"):
            forms, _, takes = entry.partition(":")
            base, past, participle, particle, chinese = forms.split()
            particle = "" if particle == "-" else particle
            verbs.append(Verb(base, past, participle, particle, chinese, tuple(takes.split())))
    return tuple(verbs)


def _venues() -> dict[str, list[str]]:
    entries = [entry for line in lexicon.VENUES_TABLE.strip().splitlines() for entry in line.split("|")]
    return {entry.split(":")[0].strip(): entry.split(":")[1].split() for entry in entries}


ACTIVITIES = _verbs(lexicon.ACTIVITIES_TABLE)
MOMENTS = _verbs(lexicon.MOMENTS_TABLE)
STATES = _verbs(lexicon.STATES_TABLE)
TRANSITIVES = tuple(verb for verb in ACTIVITIES if verb.takes != ("nothing",))
SHARED = tuple(
    verb
    for verb in ACTIVITIES
    if verb.base
    in {
        "play",
        "work",
        "exercise",
        "study",
        "learn",
        "cook",
        "watch",
        "travel",
        "dance",
        "sing",
        "walk",
        "run",
        "swim",
        "practice",
        "eat",
        "drink",
    }
)
HABITS = tuple(verb for verb in ACTIVITIES if verb.base in lexicon.HABITUAL.split())
VENUES = _venues()


@dataclass(frozen=True)
class Result:
    """A verb whose Chinese names the result (打破), with the things it is done to."""

    past: Phrase
    participle: Phrase
    things: tuple[Noun, ...]


def _results() -> tuple[Result, ...]:
    things = {
        " ".join(noun.singular.english): noun for noun in (*READING, *FOOD, *CLOTHES, *GOODS, *FURNITURE)
    }
    things |= {" ".join(noun.singular.english): noun for noun in (*MACHINES, *ART, *BUILDINGS, *OPENINGS)}
    results = []
    for line in lexicon.RESULTS_TABLE.strip().splitlines():
        for entry in line.split("|"):
            forms, _, names = entry.partition(":")
            past, participle, chinese = forms.split()
            nouns = tuple(things[name] for name in names.split())
            results.append(Result(word(_spaced(past), chinese), word(_spaced(participle), chinese), nouns))
    return tuple(results)


RESULTS = _results()
