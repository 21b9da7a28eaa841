"""What courses say about attention, each with the rows that test it and a verdict computed from their figures.

A claim asks its cards; one that is not there raises Missing, and the claim says so instead of judging. Where figures
are of one seed, a difference counts where the paired bootstrap over sentences finds it (p < 0.05); where they are of
several, where it is twice its standard error over seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, variance

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
    heads, one = (results.card("multi30k", name)["parameters"] for name in ("heads-concat", REFERENCE))
    difference = results.difference("multi30k", "heads-concat", REFERENCE)
    speed = results.times_as_fast("multi30k", "heads-concat", REFERENCE)
    good = difference.points > 0 and speed > 0.9
    word = OPEN if not difference.sure else HOLDS if good else FAILS
    return Verdict(word, f"BLEU {difference}, {speed:.2f} times the speed, {heads / one - 1:+.1%} parameters")


def _additive_is_slower(results: Results) -> Verdict:
    ratio = results.times_as_fast("multi30k", "dot", REFERENCE)
    return Verdict(HOLDS if ratio > 1.02 else FAILS, f"training with dot is {ratio:.2f} times as fast")


def _weights_are_alignments(results: Results) -> Verdict:
    told, good = [], []
    for corpus in ("quickstart", "europarl"):
        card = results.card(corpus, REFERENCE)
        found, bleu = card["alignment"], card["bleu"]["score"]
        told.append(f"{corpus} {found['as_is']:.3f} at BLEU {bleu:.1f}, diagonal {found['diagonal']:.3f}")
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


def _hard_beats_chance(results: Results) -> Verdict:
    """Hard attention that learnt where to look, against one that looks where chance will have it."""
    difference = results.difference("multi30k", "hard", "hard-random")
    word = HOLDS if difference.sure and difference.points > 0 else FAILS
    return Verdict(word, f"BLEU {difference}")


def _hard_needs_reinforcement(results: Results) -> Verdict:
    """Refuted by any estimator that passes a gradient through the choice and is not surely worse."""
    others = ("hard-straight-through", "hard-gumbel")
    found = {name: results.difference("multi30k", "hard", name) for name in others}
    word = HOLDS if all(one.sure and one.points > 0 for one in found.values()) else FAILS
    told = ", ".join(f"{one} over {name}" for name, one in found.items())
    return Verdict(word, f"BLEU of REINFORCE: {told}")


def _over_seeds(results: Results, name: str, baseline: str) -> tuple[float, float]:
    """The difference in BLEU of two rows of the Transformer, and its standard error."""
    scores = [[card["bleu"]["score"] for card in results.seeds("heads", one)] for one in (name, baseline)]
    error = sum(variance(one) / len(one) for one in scores) ** 0.5
    return fmean(scores[0]) - fmean(scores[1]), error


def _many_heads_beat_one(results: Results) -> Verdict:
    points, error = _over_seeds(results, "concatenated", "one")
    word = OPEN if abs(points) < 2 * error else HOLDS if points > 0 else FAILS
    speed = results.times_as_fast("heads", "concatenated", "one")
    return Verdict(
        word, f"BLEU of four against one of equal width {_with(points, error)}, {speed:.2f} times the speed"
    )


def _average_is_as_good(results: Results) -> Verdict:
    found = {name: _over_seeds(results, name, "concatenated") for name in ("averaged", "averaged-wide")}
    word = HOLDS if all(points >= -1.5 for points, _ in found.values()) else FAILS
    told = ", ".join(f"{name} {_with(*one)}" for name, one in found.items())
    return Verdict(word, f"BLEU against concatenated: {told}")


def _with(points: float, error: float) -> str:
    return f"{signed(points)} ± {error:.1f}"


SOFT = (REFERENCE, "general", "dot")
CONTENT = ("general", "dot", "scaled-dot", "concat", "cosine")

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
    Claim(
        "Which content score is chosen hardly matters (2 BLEU).",
        tuple(f"multi30k-{name}" for name in (REFERENCE, *CONTENT)),
        within("multi30k", CONTENT, REFERENCE, 2.0),
    ),
    Claim(
        "Dot products must be scaled.",
        ("multi30k-scaled-dot", "multi30k-dot"),
        better("multi30k", ("scaled-dot",), "dot"),
    ),
    Claim(
        "Local attention is as good as global (1.5 BLEU).",
        tuple(f"multi30k-{name}" for name in (REFERENCE, "local-m", "local-p")),
        within("multi30k", ("local-m", "local-p"), REFERENCE, 1.5),
    ),
    Claim(
        "Hard attention comes near to soft (2 BLEU).",
        tuple(f"multi30k-{name}" for name in (REFERENCE, "hard")),
        within("multi30k", ("hard",), REFERENCE, 2.0),
    ),
    Claim(
        "Hard attention learns where to look.",
        ("multi30k-hard", "multi30k-hard-random"),
        _hard_beats_chance,
    ),
    Claim(
        "Hard attention is not differentiable, so it needs reinforcement learning.",
        ("multi30k-hard", "multi30k-hard-straight-through", "multi30k-hard-gumbel"),
        _hard_needs_reinforcement,
    ),
    Claim(
        "Looking at few places is enough: a threshold, the best three, sparsemax (1 BLEU).",
        tuple(f"multi30k-{name}" for name in (REFERENCE, "threshold", "top-k", "sparsemax")),
        within("multi30k", ("threshold", "top-k", "sparsemax"), REFERENCE, 1.0),
    ),
    Claim(
        "Several heads are better than one, at no more cost.",
        (f"multi30k-{REFERENCE}", "multi30k-heads-concat"),
        _heads_are_better_at_no_cost,
    ),
    Claim(
        "Averaging heads is as good as concatenating them (1.5 BLEU).",
        ("multi30k-heads-average", "multi30k-heads-concat"),
        within("multi30k", ("heads-average",), "heads-concat", 1.5),
    ),
    Claim(
        "In a Transformer, several heads are better than one of equal width (three seeds).",
        ("heads-concatenated", "heads-one"),
        _many_heads_beat_one,
    ),
    Claim(
        "In a Transformer, averaging heads is as good as concatenating them (1.5 BLEU, three seeds).",
        ("heads-averaged", "heads-averaged-wide", "heads-concatenated"),
        _average_is_as_good,
    ),
    Claim(
        "Coverage repeats less (and costs at most 0.5 BLEU).",
        (f"multi30k-{REFERENCE}", "multi30k-coverage"),
        _coverage_repeats_less,
    ),
    Claim(
        "Input feeding helps.",
        ("multi30k-luong", "multi30k-luong-no-feeding"),
        better("multi30k", ("luong",), "luong-no-feeding"),
    ),
)
