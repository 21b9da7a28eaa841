"""The table of rows that were trained with several seeds: the mean, and how far one training is from another."""

from statistics import fmean, stdev

from study.results import Missing, Results, signed
from study.rows import CORPORA, Places, Row
from study.table import NOTHING, line, rate

HEAD = (
    "row",
    "config",
    "BLEU, mean ± deviation",
    "of each seed",
    "− {reference}",
    "chrF",
    "parameters",
    "tokens/s",
)


def table(results: Results, places: Places, corpus: str) -> str:
    """A line a row; of one without all its seeds, which is missing."""
    one = CORPORA[corpus]
    lines = [line([title.format(reference=one.reference) for title in HEAD])]
    lines.append("|---|---|" + "---:|" * (len(HEAD) - 2))
    for name in one.rows:
        try:
            cells = _cells(results, corpus, name)
        except Missing as missing:
            cells = [f"missing: {missing}", *[""] * (len(HEAD) - 3)]
        lines.append(line([name, f"`{places.changed(Row(corpus, name))}`", *cells]))
    return "\n".join(lines) + "\n"


def _cells(results: Results, corpus: str, name: str) -> list[str]:
    cards = results.seeds(corpus, name)
    scores = [card["bleu"]["score"] for card in cards]
    return [
        f"{fmean(scores):.1f} ± {stdev(scores):.1f}",
        ", ".join(f"{score:.1f}" for score in scores),
        _against(results, corpus, name),
        f"{fmean(card['chrf']['score'] for card in cards):.1f}",
        f"{cards[0]['parameters']:,}",
        rate(results, cards[0]),
    ]


def _against(results: Results, corpus: str, name: str) -> str:
    """The mean over seeds less that of the reference."""
    reference = CORPORA[corpus].reference
    if name == reference:
        return NOTHING
    try:
        return signed(_mean(results, corpus, name) - _mean(results, corpus, reference))
    except Missing:
        return NOTHING


def _mean(results: Results, corpus: str, name: str) -> float:
    """BLEU of a row over its seeds. Raises Missing where one is missing."""
    return fmean(card["bleu"]["score"] for card in results.seeds(corpus, name))
