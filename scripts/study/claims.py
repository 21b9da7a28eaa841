"""What courses say about attention, each with the rows that test it and a verdict computed from their figures.

A claim asks its cards; one that is not there raises Missing, and the claim says so instead of judging. All figures are
of one seed: a difference counts where the paired bootstrap over sentences finds it (p < 0.05).
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

from study.results import Difference, Missing, Results, signed
from study.rows import REFERENCE

HOLDS, FAILS, OPEN, UNKNOWN = "holds", "does not hold", "not shown", "not measured"


@dataclass(frozen=True)
class Verdict:
    """One word for it, and the size of the effect."""

    word: str
    effect: str


@dataclass(frozen=True)
class Claim:
    """``said``: as it is taught; ``rows``: what to train for it, as the study's command takes them."""

    said: str
    rows: tuple[str, ...]
    judge: Callable[[Results], Verdict]

    def verdict(self, results: Results) -> Verdict:
        try:
            return self.judge(results)
        except Missing as missing:
            return Verdict(UNKNOWN, f"without {missing}")

    @property
    def command(self) -> str:
        return f"python scripts/study_attention.py run {' '.join(self.rows)}"


def better(
    corpus: str, names: tuple[str, ...], baseline: str, *, least: float = 0.0
) -> Callable[[Results], Verdict]:
    """Holds where every row is above the baseline, surely, and by at least so many points."""

    def judge(results: Results) -> Verdict:
        found = {name: results.difference(corpus, name, baseline) for name in names}
        if all(one.sure and one.points >= least for one in found.values()):
            word = HOLDS
        elif any(one.sure and one.points < 0 for one in found.values()) or least:
            word = FAILS
        else:
            word = OPEN
        return Verdict(word, _listed(found, f"BLEU against {baseline}"))

    return judge


def within(corpus: str, names: tuple[str, ...], baseline: str, points: float) -> Callable[[Results], Verdict]:
    """Holds where no row is further below the baseline than so many points."""

    def judge(results: Results) -> Verdict:
        found = {name: results.difference(corpus, name, baseline) for name in names}
        word = HOLDS if all(one.points >= -points for one in found.values()) else FAILS
        return Verdict(word, _listed(found, f"BLEU against {baseline}"))

    return judge


def _listed(found: dict[str, Difference], what: str) -> str:
    return f"{what}: " + ", ".join(f"{name} {one}" for name, one in found.items())


def _weighting_is_what_counts(results: Results) -> Verdict:
    """Of the gain over a fixed vector, the share that access alone (uniform weights) does not bring."""
    access = results.difference("multi30k", "uniform", "none")
    weighting = results.difference("multi30k", REFERENCE, "uniform")
    word = HOLDS if weighting.sure and weighting.points > max(access.points, 0) else FAILS
    return Verdict(
        word, f"BLEU: access (uniform − none) {access}, weighting ({REFERENCE} − uniform) {weighting}"
    )


def _long_sentences_gain_most(results: Results) -> Verdict:
    soft = (REFERENCE, "general", "dot")
    gains = {name: results.gains_by_length("europarl", name, "none") for name in soft}
    word = HOLDS if all(gain[-1] > gain[0] for gain in gains.values()) else FAILS
    told = ", ".join(f"{name} {signed(gain[0])} to {signed(gain[-1])}" for name, gain in gains.items())
    return Verdict(word, f"BLEU over none, shortest to longest sources: {told}")


def _heads_are_better_at_no_cost(results: Results) -> Verdict:
    heads, one = (results.card("multi30k", name) for name in ("heads-concat", REFERENCE))
    difference = results.difference("multi30k", "heads-concat", REFERENCE)
    speed = heads["tokens_per_second"] / one["tokens_per_second"]
    more = heads["parameters"] / one["parameters"] - 1
    good = difference.points > 0 and speed > 0.9
    word = OPEN if not difference.sure else HOLDS if good else FAILS
    return Verdict(word, f"BLEU {difference}, {speed:.2f} times the speed, {more:+.1%} parameters")


def _additive_is_slower(results: Results) -> Verdict:
    rates = {name: results.card("multi30k", name)["tokens_per_second"] for name in (REFERENCE, "dot")}
    ratio = rates["dot"] / rates[REFERENCE]
    return Verdict(HOLDS if ratio > 1.02 else FAILS, f"training with dot is {ratio:.2f} times as fast")


def _weights_are_alignments(results: Results) -> Verdict:
    told, good = [], []
    for corpus in ("quickstart", "europarl"):
        found = results.card(corpus, REFERENCE)["alignment"]
        told.append(f"{corpus} {found['as_is']:.3f}, diagonal {found['diagonal']:.3f}")
        good.append(found["as_is"] < found["diagonal"] / 2)
    return Verdict(HOLDS if all(good) else FAILS, "AER: " + "; ".join(told) + " (holds: half the diagonal's)")


def _attended_words_matter(results: Results) -> Verdict:
    tests = {
        corpus: results.card(corpus, REFERENCE)["erase"] for corpus in ("multi30k", "europarl", "quickstart")
    }
    told = ", ".join(
        f"{corpus} {one['most']:.2f} against {one['other']:.2f}" for corpus, one in tests.items()
    )
    sure = all(one["difference"] > one["half_interval"] for one in tests.values())
    word = HOLDS if sure else FAILS
    return Verdict(word, f"log-probability lost without the most attended word against another: {told}")


def _coverage_repeats_less(results: Results) -> Verdict:
    counts = {name: results.card("multi30k", name)["repeated_4grams"] for name in ("coverage", REFERENCE)}
    difference = results.difference("multi30k", "coverage", REFERENCE)
    word = HOLDS if counts["coverage"] < counts[REFERENCE] and difference.points >= -0.5 else FAILS
    told = f"lines that repeat a 4-gram: {counts['coverage']} against {counts[REFERENCE]}"
    return Verdict(word, f"{told}; BLEU {difference}")


def _attention_bears_noise(results: Results) -> Verdict:
    """The share of BLEU that is lost to noise, mean of both kinds and shares."""
    lost = {}
    for name in (REFERENCE, "none"):
        card = results.card("multi30k", name)
        lost[name] = 1 - fmean(card["noise"].values()) / card["bleu"]["score"]
    word = HOLDS if lost[REFERENCE] < lost["none"] else FAILS
    return Verdict(
        word, f"BLEU lost to noise: {lost[REFERENCE]:.0%} of {REFERENCE}'s, {lost['none']:.0%} of none's"
    )


SOFT = (REFERENCE, "general", "dot")

CLAIMS = (
    Claim(
        "Attention beats a fixed vector (by 3 BLEU and more).",
        tuple(f"multi30k-{name}" for name in (*SOFT, "none")),
        better("multi30k", SOFT, "none", least=3.0),
    ),
    Claim(
        "It is the weighting that helps, not the mere access to all annotations.",
        tuple(f"multi30k-{name}" for name in (REFERENCE, "uniform", "none")),
        _weighting_is_what_counts,
    ),
    Claim(
        "Attention helps long sentences most.",
        tuple(f"europarl-{name}" for name in (*SOFT, "none")),
        _long_sentences_gain_most,
    ),
    Claim(
        "Additive attention costs more time than dot products.",
        (f"multi30k-{REFERENCE}", "multi30k-dot"),
        _additive_is_slower,
    ),
    Claim(
        "Attention makes a model more robust.",
        (f"multi30k-{REFERENCE}", "multi30k-none"),
        _attention_bears_noise,
    ),
    Claim(
        "The weights are word alignments, clear and interpretable.",
        (f"quickstart-{REFERENCE}", f"europarl-{REFERENCE}"),
        _weights_are_alignments,
    ),
    Claim(
        "What the model attends to is what it relies on.",
        tuple(f"{corpus}-{REFERENCE}" for corpus in ("multi30k", "europarl", "quickstart")),
        _attended_words_matter,
    ),
)
