"""The page is made of the cards alone: verdicts follow the figures, what is missing is said to be."""

import json
from pathlib import Path

import pytest
from study import page, plots, results, taxonomy
from study.claims import CLAIMS, FAILS, HOLDS, OPEN, UNKNOWN
from study.results import signed
from study.rows import CORPORA, REFERENCE, Places, Row, chosen, every_row
from study.shortfalls import SHORTFALLS

ROOT = Path(__file__).parents[3]
REAL = Places(configs=ROOT / "configs/attention", cards=ROOT / "docs/study")


def claim(words: str):
    (found,) = (one for one in CLAIMS if words in one.said)
    return found


def compared(places, corpus: str, *pairs: tuple[str, str, float, float]) -> None:
    """Plants the paired tests of (row, baseline, difference, p) for the cards that are there."""
    found = results.read(places)
    known = {
        f"{name} {baseline}": {
            "difference": points,
            "p": p,
            "of": [found.card(corpus, one)["translations"] for one in (name, baseline)],
        }
        for name, baseline, points, p in pairs
    }
    places.comparisons(corpus).write_text(json.dumps(known), encoding="utf-8")


def timed(places, corpus: str, **rates: float) -> None:
    """Plants how fast rows train: 5,000 tokens a second unless said otherwise."""
    rates = dict.fromkeys(CORPORA[corpus].rows, 5000.0) | rates
    places.speed(corpus).parent.mkdir(exist_ok=True)
    places.speed(corpus).write_text(json.dumps({"rates": rates}), encoding="utf-8")


def test_the_committed_page_is_what_the_cards_give():
    text = (ROOT / "docs/attention-study.md").read_text(encoding="utf-8")
    assert text == page.text(results.read(REAL), REAL)


def test_the_taxonomy_s_figures_are_the_cards_and_every_mechanism_has_one():
    text = (ROOT / taxonomy.TAXONOMY).read_text(encoding="utf-8")
    assert text == taxonomy.filled(text, results.read(REAL))
    tables = [line.split("|") for line in text.split("\n") if line.startswith("|")]
    without = [cells[1].strip() for cells in tables if cells[1].strip() not in taxonomy.ROWS]
    assert set(without) == {"mechanism", "---", "rotary", "relative"}  # of a Transformer the study has no row
    assert len(taxonomy.ROWS) == len(tables) - len(without)
    assert set(taxonomy.ROWS.values()) <= set(every_row())


def test_a_figure_is_put_into_the_last_cell_whatever_stands_in_the_others(places, plant):
    plant(Row("multi30k", "dot"), 31.25)
    plant(Row("quickstart", "lexicon"), 99.0)
    head = "| mechanism | BLEU in the study |\n|---|---|\n"
    text = head + "| dot | \\|a\\| | 5 |\n| lexicon | 1 |\n| gate | 2 |\n| x | 3 |\n"
    assert taxonomy.filled(text, results.read(places)) == text.replace("| 5 |", "| 31.2 |").replace(
        "| 1 |", "| 99.0 (quickstart) |"
    ).replace("| 2 |", "| not measured |")
    assert taxonomy.filled("| dot | elsewhere |\n", results.read(places)) == "| dot | elsewhere |\n"


def test_the_committed_cards_are_of_today_s_configs():
    found = results.read(REAL).found
    stale = [row.key for row, card in found.items() if card["changed"] != REAL.changed(row)]
    assert stale == []
    assert len(list(REAL.cards.glob("*/*.json"))) == len(found)


def test_every_picture_of_the_page_is_committed():
    wanted = {name for names in plots.names(results.read(REAL)).values() for name in names}
    assert {path.name for path in REAL.cards.glob("*.svg")} == wanted


def test_without_cards_every_row_and_every_claim_is_said_to_be_missing(places):
    text = page.text(results.read(places), places)
    several = {name for name, one in CORPORA.items() if len(one.seeds) > 1}
    assert text.count("missing: no card yet") == 2 * sum(row.corpus not in several for row in every_row())
    assert all(f"missing: {name}-{CORPORA[name].reference}-seed-1" in text for name in several)
    assert text.count(f"**{UNKNOWN}**") == len(CLAIMS)
    assert "without multi30k-additive" in text


def test_a_row_that_failed_says_why_and_judges_nothing(places, plant):
    plant(Row("multi30k", "dot"), 0.0, state="failed", why="a | b")
    found = results.read(places)
    assert "failed: a \\| b" in page.text(found, places)
    plant(Row("multi30k", "additive"), 30.0)
    assert claim("costs more time").verdict(results.read(places)).effect == "without multi30k-dot failed"


def test_a_row_shows_its_line_its_scores_and_its_difference(places, plant):
    plant(Row("quickstart", "additive"), 30.0)
    plant(Row("quickstart", "dot"), 28.5, alignment=None, erase=None)
    compared(places, "quickstart", ("dot", "additive", -1.5, 0.0123))
    timed(places, "quickstart", dot=5123.4)
    text = page.text(results.read(places), places)
    config = "`model: {attention: {score: {type: dot}}}`"
    figures = "28.5 [27.5, 29.5] | −1.5 (p = 0.012) | 50.0 | 3,000,000 | 5,123 | 12.5"
    assert f"| dot | {config} | {figures} |" in text
    assert "| additive | −3.0 / −6.0 | −3.0 / −6.0 | 3 | 1.50 / 0.25 | 0.300 | 0.200 | 0.600 |" in text
    assert "| dot | −1.5 / −4.5 | −1.5 / −4.5 | 3 | – | – | – | – |" in text


def test_a_row_outside_its_mark_stands_beside_its_remedies(places, plant):
    plant(Row("multi30k", "additive"), 30.0)
    text = page.text(results.read(places), places)
    assert "* local-p: not measured, without multi30k-local-p\n" in text
    plant(Row("multi30k", "local-p"), 28.4)
    plant(Row("multi30k", "local-p-wide"), 28.5)
    text = page.text(results.read(places), places)
    assert "size: 3}}}` 28.4, −1.6 (not compared): **outside**\n" in text
    assert "size: 10}}}` 28.5, −1.5 (not compared): within the mark\n" in text


def test_every_row_that_may_fall_short_has_two_remedies():
    for one in SHORTFALLS:
        assert len(set(one.remedies)) >= 2
        assert set(one.rows) <= set(CORPORA["multi30k"].rows)


def test_a_comparison_of_other_translations_does_not_count(places, plant):
    plant(Row("multi30k", "additive"), 30.0)
    plant(Row("multi30k", "dot"), 29.0)
    compared(places, "multi30k", ("dot", "additive", -1.0, 0.01))
    assert str(results.read(places).difference("multi30k", "dot", "additive")) == "−1.0 (p = 0.010)"
    plant(Row("multi30k", "dot"), 31.0)  # trained anew
    assert str(results.read(places).difference("multi30k", "dot", "additive")) == "+1.0 (not compared)"


@pytest.mark.parametrize(("rate", "word"), [(5200.0, HOLDS), (5000.0, FAILS), (4000.0, FAILS)])
def test_dot_is_cheaper_only_by_rates_of_one_run(places, plant, rate, word):
    for name in ("additive", "dot"):
        plant(Row("multi30k", name), 30.0)
    before = claim("costs more time").verdict(results.read(places))
    assert before.word == UNKNOWN
    assert "speed multi30k" in before.effect
    timed(places, "multi30k", dot=rate)
    assert claim("costs more time").verdict(results.read(places)).word == word


@pytest.mark.parametrize(
    ("points", "p", "word"),
    [(5.0, 0.001, HOLDS), (2.9, 0.001, FAILS), (5.0, 0.2, FAILS), (-4.0, 0.001, FAILS)],
)
def test_attention_beats_none_only_by_three_points_that_are_sure(places, plant, points, p, word):
    for name in ("additive", "general", "dot", "none"):
        plant(Row("multi30k", name), 20.0)
    compared(places, "multi30k", *[(name, "none", points, p) for name in ("additive", "general", "dot")])
    assert claim("beats a fixed vector").verdict(results.read(places)).word == word


def test_long_sentences_gain_most_only_if_every_score_says_so(places, plant):
    plant(Row("europarl", "none"), 5.0, lengths=(10.0, 5.0))
    for name in ("additive", "general", "dot"):
        plant(Row("europarl", name), 9.0, lengths=(12.0, 9.0))
    verdict = claim("long sentences").verdict(results.read(places))
    assert verdict.word == HOLDS
    assert "general +2.0 to +4.0" in verdict.effect
    plant(Row("europarl", "dot"), 9.0, lengths=(16.0, 9.0))
    assert claim("long sentences").verdict(results.read(places)).word == FAILS


def test_erased_words_matter_where_the_difference_is_outside_its_interval(places, plant):
    for corpus in ("multi30k", "europarl", "quickstart"):
        plant(Row(corpus, REFERENCE), 30.0)
    assert claim("relies on").verdict(results.read(places)).word == HOLDS
    plant(
        Row("europarl", "additive"),
        30.0,
        erase={"most": 0.3, "other": 0.25, "difference": 0.05, "half_interval": 0.1},
    )
    assert claim("relies on").verdict(results.read(places)).word == FAILS


def test_every_claim_judges_once_all_its_rows_are_there(places, plant):
    for row in every_row():
        plant(row, 30.0)
    timed(places, "multi30k")
    timed(places, "heads")
    found = results.read(places)
    assert len(CLAIMS) > 5
    for one in CLAIMS:
        assert one.verdict(found).word != UNKNOWN, one.said
        assert chosen(one.rows), one.said


def test_a_claim_names_every_row_that_it_needs(places, plant):
    timed(places, "multi30k")
    timed(places, "heads")
    for one in CLAIMS:
        for row in every_row():
            places.card(row).unlink(missing_ok=True)
            if row in chosen(one.rows):
                plant(row, 30.0)
        assert one.verdict(results.read(places)).word != UNKNOWN, one.said


def heads(places, plant, **scores: tuple[float, ...]) -> None:
    """Plants rows of the Transformer, a score a seed."""
    for name, those in scores.items():
        for seed, score in zip(CORPORA["heads"].seeds, those, strict=True):
            plant(Row("heads", name.replace("_", "-"), seed), score)


def test_a_row_of_several_seeds_is_their_mean_and_their_deviation(places, plant):
    heads(places, plant, concatenated=(30.0, 31.0, 32.0), averaged=(29.0, 29.0, 29.0))
    plant(Row("heads", "one", 1), 28.0)
    text = page.text(results.read(places), places)
    config = "`model: {heads: {count: 4, size: 32, merge: average}}`"
    assert f"| averaged | {config} | 29.0 ± 0.0 | 29.0, 29.0, 29.0 | −2.0 | 50.0 | 3,000,000 | – |" in text
    assert "| 31.0 ± 1.0 | 30.0, 31.0, 32.0 | – | 50.0 |" in text
    assert "| one | `model: {heads: {count: 1}}` | missing: heads-one-seed-2 |" in text
    assert "seeds 1 to 3" in text


@pytest.mark.parametrize(
    ("one", "word"),
    [((29.0, 29.0, 29.0), HOLDS), ((30.0, 30.0, 30.0), OPEN), ((33.0, 33.0, 33.0), FAILS)],
)
def test_many_heads_beat_one_by_more_than_seeds_differ(places, plant, one, word):
    heads(places, plant, concatenated=(30.0, 31.0, 32.0), one=one)
    timed(places, "heads")
    assert claim("equal width").verdict(results.read(places)).word == word


def test_an_average_may_be_a_little_worse(places, plant):
    heads(places, plant, concatenated=(30.0, 31.0, 32.0), averaged=(29.6,) * 3, averaged_wide=(29.5,) * 3)
    found = claim("averaging heads is").verdict(results.read(places))
    assert (found.word, found.effect) == (
        HOLDS,
        "BLEU against concatenated: averaged −1.4 ± 0.6, averaged-wide −1.5 ± 0.6",
    )
    plant(Row("heads", "averaged", 2), 29.0)
    assert claim("averaging heads is").verdict(results.read(places)).word == FAILS


def test_the_page_is_written_with_its_pictures(places, plant, tmp_path):
    for name in ("additive", "none"):
        plant(Row("europarl", name), 9.0, lengths=(12.0, 9.0))
    before = (ROOT / taxonomy.TAXONOMY).read_bytes()
    page.write(places, tmp_path / "page.md")
    assert (ROOT / taxonomy.TAXONOMY).read_bytes() == before  # these cards are not the study's
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    for name in ("europarl-scores.svg", "europarl-lengths.svg"):
        assert f"](study/{name})" in text
        assert 1000 < (places.cards / name).stat().st_size < 100_000
    assert "additive" in (places.cards / "europarl-lengths.svg").read_text(encoding="utf-8")
    assert len(list(places.cards.glob("*.svg"))) == 2


@pytest.mark.parametrize(("points", "text"), [(1.25, "+1.2"), (-0.26, "−0.3"), (0.04, "0.0"), (-0.04, "0.0")])
def test_a_difference_has_its_sign(points, text):
    assert signed(points) == text
