"""The tables of the page: what every row scores, what it costs, how it bears noise, and where it looks."""

from collections.abc import Callable, Sequence

from study.results import Card, Missing, Results, signed
from study.rows import CORPORA, REFERENCE, Places, Row

Cell = Callable[[Results, Card], str]
NOTHING = "–"


def _bleu(_: Results, card: Card) -> str:
    bleu = card["bleu"]
    return f"{bleu['score']:.1f} [{bleu['low']:.1f}, {bleu['high']:.1f}]"


def _against(results: Results, card: Card) -> str:
    if card["row"] == REFERENCE:
        return NOTHING
    try:
        return str(results.difference(card["corpus"], card["row"], REFERENCE))
    except Missing:
        return NOTHING


def _also(name: str) -> Cell:
    return lambda _, card: f"{card['also'][name]:.1f}"


def _noise(kind: str) -> Cell:
    def cell(_: Results, card: Card) -> str:
        return " / ".join(
            signed(card["noise"][f"{kind} {share}"] - card["bleu"]["score"]) for share in ("10%", "20%")
        )

    return cell


def _alignment(key: str) -> Cell:
    def cell(_: Results, card: Card) -> str:
        return f"{card['alignment'][key]:.3f}" if card["alignment"] else NOTHING

    return cell


def _erase(_: Results, card: Card) -> str:
    test = card["erase"]
    return f"{test['most']:.2f} / {test['other']:.2f}" if test else NOTHING


def rate(results: Results, card: Card) -> str:
    """Target tokens a second, where the row was timed."""
    found = results.rates[card["corpus"]].get(card["row"])
    return NOTHING if found is None else f"{found:,.0f}"


QUALITY: dict[str, Cell] = {
    "BLEU [95 %]": _bleu,
    f"− {REFERENCE}": _against,
    "chrF": lambda _, card: f"{card['chrf']['score']:.1f}",
    "parameters": lambda _, card: f"{card['parameters']:,}",
    "tokens/s": rate,
}
BEHAVIOUR: dict[str, Cell] = {
    "typos 10 / 20 %": _noise("typos"),
    "dropped words 10 / 20 %": _noise("drops"),
    "repeats": lambda _, card: str(card["repeated_4grams"]),
    "erased: most attended / other": _erase,
}
GOLD: dict[str, Cell] = {
    "AER": _alignment("as_is"),
    "AER, next row": _alignment("next_row"),
    "AER, row before": _alignment("row_before"),
}


def quality(results: Results, places: Places, corpus: str) -> str:
    """A row's line of config, its scores and its costs; rows without figures are named."""
    also = {f"BLEU, {name}": _also(name) for name in CORPORA[corpus].also}
    return _table(results, places, corpus, QUALITY | also, changed=True)


def behaviour(results: Results, places: Places, corpus: str) -> str:
    """Noise, repetition, reliance on the attended word, and alignment where there is gold."""
    columns = BEHAVIOUR | (GOLD if CORPORA[corpus].gold else {})
    return _table(results, places, corpus, columns, changed=False)


def _table(results: Results, places: Places, corpus: str, columns: dict[str, Cell], *, changed: bool) -> str:
    lines = [line(["row", *(["config"] if changed else []), *columns])]
    lines.append("|---|" + ("---|" if changed else "") + "---:|" * len(columns))
    for name in CORPORA[corpus].rows:
        row = Row(corpus, name)
        config = [f"`{_changed(results, places, row)}`"] if changed else []
        lines.append(line([name, *config, *_cells(results, row, columns)]))
    return "\n".join(lines) + "\n"


def _changed(results: Results, places: Places, row: Row) -> str:
    """The line of its card, or of its config while it has none."""
    return results.found[row]["changed"] if row in results.found else places.changed(row)


def _cells(results: Results, row: Row, columns: dict[str, Cell]) -> Sequence[str]:
    try:
        card = results.card(row.corpus, row.name)
    except Missing:
        card = results.found.get(row)
        said = "missing: no card yet" if card is None else f"failed: {card['why']}".replace("|", "\\|")
        return [said, *[""] * (len(columns) - 1)]
    return [cell(results, card) for cell in columns.values()]


def line(cells: Sequence[str]) -> str:
    """A line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"
