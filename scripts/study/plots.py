"""The pictures of the page: scores with their intervals, and scores by length of the source."""

from pathlib import Path

from matplotlib.axes import Axes

from nmt.pictures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, RED, new_figure, save
from study.results import Missing, Results
from study.rows import CORPORA, REFERENCE

LINES = {REFERENCE: BLUE, "general": GREEN, "dot": ORANGE, "uniform": FAINT, "none": RED}
"""The rows of the length picture: all that every corpus has."""


def names(results: Results) -> dict[str, list[str]]:
    """The files that :func:`draw` writes, by corpus: of one without a trained row, or of many seeds, there is none."""
    wanted = {}
    for corpus, one in CORPORA.items():
        if len(one.seeds) == 1 and any(_has(results, corpus, name) for name in one.rows):
            lengths = [f"{corpus}-lengths.svg"] if _by_length(results, corpus) else []
            wanted[corpus] = [f"{corpus}-scores.svg", *lengths]
    return wanted


def draw(results: Results, folder: Path) -> None:
    """Writes the pictures into a folder."""
    for corpus, (scores, *lengths) in names(results).items():
        _scores(results, corpus, folder / scores)
        for name in lengths:
            _lengths(results, corpus, folder / name)


def _scores(results: Results, corpus: str, path: Path) -> None:
    """A dot and its interval for each row, the reference's interval as a band."""
    rows = [name for name in CORPORA[corpus].rows if _has(results, corpus, name)]
    figure = new_figure(7.0, 0.6 + 0.24 * len(rows))
    axes = figure.add_subplot()
    for place, name in enumerate(reversed(rows)):
        bleu = results.card(corpus, name)["bleu"]
        colour = BLUE if name == REFERENCE else INK
        axes.plot([bleu["low"], bleu["high"]], [place, place], color=colour, linewidth=1.4)
        axes.plot([bleu["score"]], [place], "o", color=colour, markersize=4)
        if name == REFERENCE:
            axes.axvspan(bleu["low"], bleu["high"], color=BLUE, alpha=0.08, linewidth=0)
    axes.set_yticks(range(len(rows)), list(reversed(rows)), size=8, color=INK)
    axes.set_xlabel("BLEU, with its 95 % interval", size=8, color=FAINT)
    _quiet(axes, lines="x")
    save(figure, path)


def _lengths(results: Results, corpus: str, path: Path) -> None:
    """BLEU over the length of the source, a line a row."""
    figure = new_figure(7.0, 3.0)
    axes = figure.add_subplot()
    for name in _by_length(results, corpus):
        buckets = results.card(corpus, name)["lengths"]
        scores = [bucket["score"] for bucket in buckets]
        axes.plot(
            range(len(buckets)), scores, "o-", color=LINES[name], label=name, markersize=3.5, linewidth=1.6
        )
    labels = [f"{bucket['from']}–{bucket['to']}\n({bucket['sentences']})" for bucket in buckets]
    axes.set_xticks(range(len(labels)), labels, size=8)
    axes.set_xlabel(f"{buckets[0]['unit']} of the source (sentences)", size=8, color=FAINT)
    axes.set_ylabel("BLEU", size=9, color=INK)
    axes.legend(frameon=False, fontsize=8, labelcolor=INK)
    _quiet(axes, lines="y")
    save(figure, path)


def _by_length(results: Results, corpus: str) -> list[str]:
    return [name for name in LINES if _has(results, corpus, name)]


def _has(results: Results, corpus: str, name: str) -> bool:
    try:
        results.card(corpus, name)
    except Missing:
        return False
    return True


def _quiet(axes: Axes, *, lines: str) -> None:
    axes.grid(axis=lines, color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK, labelsize=8)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
