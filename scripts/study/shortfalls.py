"""Rows that must come near soft additive attention, why they may not, and what was tried then."""

from dataclasses import dataclass

from study.results import Missing, Results
from study.rows import REFERENCE


@dataclass(frozen=True)
class Shortfall:
    """A row of Multi30k that may be so many BLEU below the reference, the rows that try to mend it, and why it is hard
    for the row."""

    row: str
    allowed: float
    remedies: tuple[str, ...]
    why: str

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.row, *self.remedies)


SHORTFALLS = (
    Shortfall(
        "local-p",
        1.5,
        ("local-p-wide", "local-p-slow", "local-p-argmax"),
        "The real-valued centre learns through its Gaussian alone. While the decoder knows little, the first words of "
        "a source tell most, whatever is to be said, and the centre is drawn to them; the optimiser divides by the "
        "size of the gradient, so that it goes on until the sigmoid is saturated, and no gradient brings it back.",
    ),
    Shortfall(
        "hard",
        2.0,
        ("hard-longer", "hard-expectation-baseline", "hard-straight-through", "hard-gumbel"),
        "A step of the score function learns from one drawn place a word where soft attention learns from all of them, "
        "so that the same number of steps teaches it less; and half of the batches, which take the expectation, train "
        "a decoder for mixed annotations that it never sees when it translates.",
    ),
)


def table(results: Results) -> str:
    """Each row and its remedies beside the reference: what is within the mark, and by how much the others miss it."""
    parts = []
    for one in SHORTFALLS:
        lines = [f"**{one.row}**, at most {one.allowed} BLEU below {REFERENCE}: {one.why}\n"]
        lines += [f"* {name}: {_told(results, name, one.allowed)}" for name in one.rows]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _told(results: Results, name: str, allowed: float) -> str:
    try:
        card, difference = results.card("multi30k", name), results.difference("multi30k", name, REFERENCE)
    except Missing as missing:
        return f"not measured, without {missing}"
    word = "within the mark" if difference.points >= -allowed else "**outside**"
    return f"`{card['changed']}` {card['bleu']['score']:.1f}, {difference}: {word}"
