"""The page: tables, pictures and verdicts, from the cards alone. Nothing on it is written by hand but its frame."""

from pathlib import Path

from study import plots, seeds, shortfalls, table, taxonomy
from study.claims import CLAIMS
from study.results import Missing, Results, read
from study.rows import CORPORA, Places, every_row

HEAD = """\
# Attention taken apart: the study

`python scripts/study_attention.py page` writes this page from the cards in `docs/study/`; the rows are the configs of
`configs/attention/`, each one line over a common base. `python scripts/study_attention.py run ROW` trains a row again,
bit for bit on the same machine, torch, number of threads and number format, by the same code of nmt's (dropout has had
other masks since these cards).

One seed, three for the heads of a Transformer, one small shape and one fixed number of steps a corpus, which soft
additive attention takes within 24 minutes of one quiet core that has the number format: 12 of two with a row on each. A
card tells its seconds, beside other work. The figures rank mechanisms under that budget, and are no records. BLEU and
chrF are sacreBLEU's, with a beam of 5 and their 95 % bootstrap interval (Europarl is lower-cased and tokenised); p is
of the paired bootstrap against the row that is named; ± is the deviation over seeds, in a claim the standard error.
"""

READING = """\
* typos, dropped words: the change in BLEU when 10 or 20 % of the source words have two neighbouring letters swapped,
  or are missing; repeats: translations that say four words twice.
* erased: the log-probability that a reference piece loses when the source word most attended to is hidden behind
  unknown pieces, and when another word is, chosen by chance.
* AER: alignment error rate of each target word's most attended source word against gold links; next row, row before:
  when the weights of the next piece, or of the one before, are read instead: what a row of weights describes.
* tokens/s: target tokens that training learns from in a second, on one thread unless CORPUS.speed.json says otherwise;
  all rows were timed in one run, by turns on the same batches, in the number format that is fast on the machine at hand
  (`python scripts/study_attention.py speed`).
"""


def text(results: Results, places: Places) -> str:
    """The page as Markdown."""
    parts = [HEAD, _standing(results), "## What courses say about attention, tested\n", _claims(results)]
    pictures = plots.names(results)
    for corpus, one in CORPORA.items():
        parts += [f"## {one.title}\n", _setting(results, corpus), *([f"{one.note}\n"] if one.note else [])]
        if len(one.seeds) > 1:
            parts.append(seeds.table(results, places, corpus))
            continue
        parts.append(table.quality(results, places, corpus))
        parts += [f"![{name}]({places.cards.name}/{name})\n" for name in pictures.get(corpus, ())]
        parts.append(table.behaviour(results, places, corpus))
    parts += ["## Where a mark was missed, and what was tried\n", shortfalls.table(results)]
    return "\n".join([*parts, "## How to read the tables\n", READING])


def write(places: Places, out: Path) -> None:
    """Writes the page, and its pictures beside the cards; of the committed cards also the taxonomy's figures."""
    results = read(places)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text(results, places), encoding="utf-8", newline="\n")
    plots.draw(results, places.cards)
    if places.cards == Places.cards:
        taxonomy.fill(taxonomy.TAXONOMY, results)


def _standing(results: Results) -> str:
    rows = every_row()
    states = [results.found[row]["state"] for row in rows if row in results.found]
    done, failed = states.count("done"), states.count("failed")
    return f"{done} of {len(rows)} rows are measured, {failed} failed, {len(rows) - done - failed} are missing.\n"


def _claims(results: Results) -> str:
    lines = ["| claim | verdict | effect | command |", "|---|---|---|---|"]
    for claim in CLAIMS:
        verdict = claim.verdict(results)
        lines.append(f"| {claim.said} | **{verdict.word}** | {verdict.effect} | `{claim.command}` |")
    return "\n".join(lines) + "\n"


def _setting(results: Results, corpus: str) -> str:
    """What the rows of a corpus have in common, as the reference's card tells."""
    try:
        card = results.card(corpus, CORPORA[corpus].reference)
    except Missing:
        return f"`base-{corpus}.yaml`; the reference row is missing.\n"
    threads = f"{card['torch_threads']} thread{'s' if card['torch_threads'] > 1 else ''}"
    told = (
        f"`base-{corpus}.yaml`, {card['steps']:,} steps, {_seeds(corpus)}, {card['precision']} on {threads}"
    )
    sentences = sum(bucket["sentences"] for bucket in card["lengths"])
    return (
        f"{told}{_otherwise(results, corpus, card['precision'])}; {sentences:,} sentences of {card['test_set']}; "
        f"`{card['bleu']['signature']}`, torch {card['packages']['torch']}.\n"
    )


def _seeds(corpus: str) -> str:
    first, *more = CORPORA[corpus].seeds
    return f"seeds {first} to {more[-1]}" if more else f"seed {first}"


def _otherwise(results: Results, corpus: str, usual: str) -> str:
    """The rows that were trained in another number format than the reference, as another machine may ask for."""
    formats: dict[str, list[str]] = {}
    for row, card in results.found.items():
        if row.corpus == corpus and card["state"] == "done" and card["precision"] != usual:
            formats.setdefault(card["precision"], []).append(row.label)
    return "".join(f" ({', '.join(names)} in {precision})" for precision, names in formats.items())
