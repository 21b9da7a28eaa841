"""The cards of a study, to be asked: what a row scores, and by how much it differs from another."""

from dataclasses import dataclass
from typing import Any

from study import cards, significance
from study.rows import CORPORA, Places, Row, every_row

Card = dict[str, Any]


class Missing(Exception):
    """What was asked needs a row that has no figures."""


@dataclass(frozen=True)
class Difference:
    """BLEU of a row less that of another, and the p of the paired bootstrap (None where they were not compared)."""

    points: float
    p: float | None

    @property
    def sure(self) -> bool:
        return self.p is not None and self.p < 0.05

    def __str__(self) -> str:
        p = "not compared" if self.p is None else "p ≤ 0.001" if self.p <= 0.001 else f"p = {self.p:.3f}"
        return f"{signed(self.points)} ({p})"


@dataclass(frozen=True)
class Results:
    """Cards by row, and of each corpus the comparisons and how fast its rows train."""

    found: dict[Row, Card]
    compared: dict[str, dict[str, dict[str, Any]]]
    rates: dict[str, dict[str, float]]

    def card(self, corpus: str, name: str, seed: int = 1) -> Card:
        """Raises Missing where the row has no card, or one that says that it failed."""
        row = Row(corpus, name, seed)
        card = self.found.get(row)
        if card is None or card["state"] != "done":
            raise Missing(row.key + ("" if card is None else " failed"))
        return card

    def seeds(self, corpus: str, name: str) -> list[Card]:
        """The cards of all seeds of a row. Raises Missing where one is missing."""
        return [self.card(corpus, name, seed) for seed in CORPORA[corpus].seeds]

    def difference(self, corpus: str, name: str, baseline: str) -> Difference:
        """Of two rows; a comparison of other translations than the cards' does not count."""
        one, other = self.card(corpus, name), self.card(corpus, baseline)
        known = self.compared[corpus].get(f"{name} {baseline}")
        if known is None or known["of"] != [one["translations"], other["translations"]]:
            return Difference(one["bleu"]["score"] - other["bleu"]["score"], None)
        return Difference(known["difference"], known["p"])

    def times_as_fast(self, corpus: str, name: str, baseline: str) -> float:
        """Of two rows. Raises Missing also where they were not timed together."""
        for one in (name, baseline):
            self.seeds(corpus, one)
        rates = self.rates[corpus]
        if not {name, baseline} <= rates.keys():
            raise Missing(f"their speed (`python scripts/study_attention.py speed {corpus}`)")
        return rates[name] / rates[baseline]

    def gains_by_length(self, corpus: str, name: str, baseline: str) -> list[float]:
        """BLEU of a row less that of another, from the shortest sources to the longest."""
        pairs = zip(self.card(corpus, name)["lengths"], self.card(corpus, baseline)["lengths"], strict=True)
        return [one["score"] - other["score"] for one, other in pairs]


def read(places: Places) -> Results:
    """All cards that are there."""
    rows = {row: card for row in every_row() if (card := cards.read(places.card(row))) is not None}
    compared = {corpus: significance.read(places, corpus) for corpus in CORPORA}
    timed = {corpus: cards.read(places.speed(corpus)) or {} for corpus in CORPORA}
    return Results(rows, compared, {corpus: card.get("rates", {}) for corpus, card in timed.items()})


def signed(points: float) -> str:
    """``+1.2`` or ``−0.3``, and ``0.0`` without a sign."""
    text = f"{points:+.1f}".replace("-", "−")
    return "0.0" if text in ("+0.0", "−0.0") else text
