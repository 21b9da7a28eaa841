"""The constructions of the language, each by its name, and the long sentences made of them."""

from collections.abc import Callable

from . import asking, being, events, feelings, handling, nesting, questions, states
from .dice import Dice
from .phrase import Phrase, Sentence, compose, finish

Builder = Callable[[Dice], Phrase]

STATEMENTS: tuple[Builder, ...] = (
    events.habit,
    events.frequency,
    events.never_do,
    events.past_event,
    events.encounter,
    events.past_negated,
    events.habit_negated,
    events.future,
    events.future_negated,
    events.plan,
    events.progressive,
    events.experience,
    events.been_to,
    events.never_done,
    events.already,
    events.not_yet,
    events.just_now,
    events.used_to,
    events.ability,
    events.obligation,
    events.wish,
    events.no_wish,
    events.decision,
    handling.gift,
    handling.gift_known,
    handling.put,
    handling.result,
    handling.passive,
    handling.company,
    handling.tool,
    handling.travel,
    handling.from_to,
    handling.purpose,
    handling.asking,
    handling.please,
    handling.lets,
    handling.manner,
    handling.lasting,
    handling.somebody,
    states.adjective,
    states.adjective_negated,
    states.mood,
    states.too,
    states.comparison,
    states.equality,
    states.superlative,
    states.superlative_thing,
    states.more_and_more,
    states.judgement,
    states.feeling_made,
    states.weather,
    being.identity,
    being.belonging,
    being.coloured,
    being.part,
    being.existence,
    being.existence_people,
    being.location,
    being.presence,
    being.possession,
    being.distance,
    being.age,
    being.price,
    being.everyone,
    feelings.liking,
    feelings.learning,
    feelings.disliking,
    feelings.interest,
    feelings.together,
    nesting.relative_subject,
    nesting.relative_object,
    nesting.relative_thing,
    nesting.cleft,
    nesting.reported,
    nesting.reported_negated,
    nesting.because,
    nesting.although,
    nesting.consequence,
    nesting.conditional,
    nesting.moment,
    nesting.doing_while,
    nesting.coordination,
    nesting.series,
    nesting.not_only,
    nesting.both,
    asking.indirect,
)
QUESTIONS: tuple[Builder, ...] = (
    questions.yes_no,
    questions.yes_no_modal,
    questions.yes_no_state,
    questions.yes_no_done,
    questions.what,
    questions.who,
    questions.where_do,
    questions.where_did,
    questions.why,
    asking.how_many,
    asking.how_much,
    asking.which,
    asking.whose,
    asking.can_you_tell,
)
EXCLAMATIONS: tuple[Builder, ...] = (states.exclamation,)
CONSTRUCTIONS: dict[str, Builder] = {
    builder.__name__: builder for builder in STATEMENTS + QUESTIONS + EXCLAMATIONS
}

_CHAINABLE: tuple[Builder, ...] = (
    events.past_event,
    events.past_negated,
    events.future,
    handling.gift,
    handling.gift_known,
    handling.passive,
    handling.from_to,
    handling.purpose,
    states.comparison,
    nesting.relative_object,
    nesting.relative_thing,
    nesting.because,
    nesting.although,
    nesting.conditional,
    nesting.moment,
    handling.put,
    handling.result,
    handling.tool,
    handling.lasting,
    handling.travel,
    states.equality,
    states.superlative,
    being.existence,
    being.existence_people,
    nesting.doing_while,
)


def sentence(name: str, d: Dice) -> Sentence:
    """One sentence of the named construction, with its mark; one that already has its mark keeps it."""
    builder = CONSTRUCTIONS[name]
    phrase = builder(d)
    if builder in EXCLAMATIONS:
        phrase = compose("{c} !~p", "{c} ！~p", c=phrase)
    elif builder in STATEMENTS:
        phrase = compose("{c} .~p", "{c} 。~p", c=phrase)
    return finish(name, phrase)


JOINED = 30
"""Joined sentences for each round of all constructions: enough to learn that a sentence may go on after a comma."""


def joined_sentence(d: Dice) -> Sentence:
    """Two short statements in a row, with nothing or with but (但是)."""
    return finish("joined", compose("{c} .~p", "{c} 。~p", c=nesting.chained(d, _CHAINABLE, most=2)))


def long_sentence(d: Dice) -> Sentence:
    """A sentence of two or three statements in a row."""
    return finish("long", compose("{c} .~p", "{c} 。~p", c=nesting.chained(d, _CHAINABLE, most=3)))
