"""Choices of an attention that mean nothing together, or nothing in the model around them.

Each check is a small function of one attention, whichever model it is of; it yields findings, each at the key to
change.
"""

from collections.abc import Iterator

from nmt.config.attention import (
    Additive,
    BestCentre,
    Concat,
    Cosine,
    Dot,
    Gumbel,
    Hard,
    Heads,
    Location,
    Predictive,
    RealCentre,
    Reinforce,
    SampledCentre,
    ScaledDot,
    TopK,
    Uniform,
)
from nmt.config.experiment import Experiment
from nmt.config.finding import Finding
from nmt.config.rnn import RnnModel
from nmt.config.sites import Role, Site, sites


def attention_findings(experiment: Experiment) -> Iterator[Finding]:
    """What is wrong with the attentions of an experiment; what several of them share is said once."""
    yield from dict.fromkeys(found for site in sites(experiment) for check in CHECKS for found in check(site))
    yield from dot_needs_equal_widths(experiment)
    yield from locations_reach_the_longest_side(experiment)


def dot_needs_equal_widths(experiment: Experiment) -> Iterator[Finding]:
    """q . k exists only where the decoder's state is as wide as the encoder's annotations; heads project both."""
    for site in sites(experiment):
        match site:
            case Site(score=Dot() | ScaledDot() | Cosine() as score, heads=None, query=query, key=key) if (
                query != key
            ):
                what = f"{score.type} needs equal widths: decoder state {query}, annotations {key}"
                hint = "choose general or additive"
                if isinstance(model := experiment.model, RnnModel):
                    what += " (two directions)" if model.bidirectional else " (one direction)"
                    hint += f", or encoder_hidden: {query // 2 if model.bidirectional else query}"
                yield Finding((*site.at, "score", "type"), what, hint)


def heads_divide_the_width(site: Site) -> Iterator[Finding]:
    """Each head has an equal share of the annotations, or of the layer, unless its width is given."""
    match site.heads:
        case Heads(size=None, count=count) if site.shared % count:
            whose = "the annotations' width" if site.heads_at[:-1] == site.at else "a d_model"
            what = f"{count} heads do not divide {whose} of {site.shared}"
            yield Finding((*site.heads_at, "count"), what, "another count, or give heads.size")


def coverage_needs_an_additive_score(site: Site) -> Iterator[Finding]:
    """It enters the sum inside the tanh."""
    if site.coverage is not None and not isinstance(site.score, Additive | Concat):
        what = f"coverage has no place in the {site.score.type} score"
        yield Finding((*site.at, "coverage"), what, "score: additive or concat, or coverage: null")


def one_estimator_is_enough(site: Site) -> Iterator[Finding]:
    """Two choices sampled in a row would share one reward, and neither would know what it is for."""
    match site:
        case Site(align=Hard(), window=Predictive(centre=SampledCentre())):
            what = "the centre and the place are both sampled: two estimators"
            hint = "centre: real or argmax, or align: soft"
            yield Finding((*site.at, "window", "centre", "type"), what, hint)


def _reinforce(site: Site) -> tuple[Reinforce, tuple[str, ...]] | None:
    """The estimator of places that are drawn, and where it stands."""
    match site:
        case Site(align=Hard(estimator=Reinforce() as estimator)):
            return estimator, (*site.at, "align", "estimator")
        case Site(window=Predictive(centre=SampledCentre(estimator=estimator))):
            return estimator, (*site.at, "window", "centre", "estimator")
        case _:
            return None


def rewards_are_for_places_of_the_source(site: Site) -> Iterator[Finding]:
    """A target word rewards what was chosen for it alone; a choice inside a side is for all words that follow."""
    if site.role is not Role.CROSS and (found := _reinforce(site)):
        what = f"reinforce has no reward in {site.role.value}_attention: it serves many target words"
        hint = "estimator: straight_through or gumbel, or a window and align that draw nothing"
        yield Finding((*found[1], "type"), what, hint)


def decay_needs_a_moving_baseline(site: Site) -> Iterator[Finding]:
    """It is that baseline's memory."""
    if (found := _reinforce(site)) is None:
        return
    estimator, path = found
    if estimator.baseline != "moving" and estimator.decay != Reinforce().decay:
        what = f"has no effect: the baseline is {estimator.baseline}"
        yield Finding((*path, "decay"), what, "baseline: moving")


def rewards_need_draws(site: Site) -> Iterator[Finding]:
    """Where every batch takes the expectation, or the reward counts nothing, it does not matter what it is."""
    if (found := _reinforce(site)) is None:
        return
    estimator, path = found
    idle: tuple[str, ...]
    if estimator.expected == 1:
        idle, why, hint = ("baseline", "reward", "weight", "entropy"), "expected is 1", "expected below 1"
    elif estimator.weight == 0:
        idle, why, hint = ("baseline", "reward"), "weight is 0", "a weight above 0"
    else:
        return
    for key in idle:
        if getattr(estimator, key) != getattr(Reinforce(), key):
            yield Finding((*path, key), f"has no effect: {why}", hint)


def gumbel_cools_down(site: Site) -> Iterator[Finding]:
    """The temperature falls from the one to the other."""
    match site:
        case Site(align=Hard(estimator=Gumbel(start=start, least=least))) if start < least:
            what = f"{start} is below least: the temperature is {least} at every step"
            yield Finding((*site.at, "align", "estimator", "start"), what, "a lower least")


def uniform_goes_by_no_scores(site: Site) -> Iterator[Finding]:
    """What guides the scores, or is chosen by them, needs weights that go by them; a sampled centre does by itself."""
    match site:
        case Site(align=Uniform(), window=Predictive(centre=SampledCentre())):
            return
        case Site(align=Uniform(), window=Predictive(centre=BestCentre())):
            what = "argmax goes by the scores, and uniform weights teach them nothing"
            yield Finding((*site.at, "window", "centre", "type"), what, "centre: real or sampled")
        case Site(align=Uniform(), coverage=coverage, lexicon=lexicon):
            for key, given in (("coverage", coverage), ("lexicon", lexicon)):
                if given is not None:
                    what = f"{key} enters the scores, and uniform weights go by none"
                    yield Finding((*site.at, key), what, f"another align, or {key}: null")


def one_place_of_one_teaches_nothing(site: Site) -> Iterator[Finding]:
    """The softmax of a single score is 1, whatever the score; a sampled centre teaches the scores by itself."""
    match site:
        case Site(window=Predictive(centre=SampledCentre())):
            return
        case Site(align=TopK(k=1)):
            what = "1 teaches the scores nothing: the weight of a single place is always 1"
            yield Finding((*site.at, "align", "k"), what, "align: hard, or a larger k")


def coverage_costs_what_it_can_teach(site: Site) -> Iterator[Finding]:
    """Its loss learns through the weights, and through those of a drawn place no gradient passes."""
    match site:
        case Site(coverage=coverage) if coverage and coverage.loss == 0 and coverage.start:
            yield Finding((*site.at, "coverage", "start"), "has no effect: loss is 0", "a loss, or start: 0")
        case Site(window=Predictive(centre=RealCentre())):
            return  # it moves the centre
        case Site(coverage=coverage, align=Hard(estimator=Reinforce(expected=0))) if (
            coverage and coverage.loss
        ):
            what = "has no effect: through places that are always drawn no gradient passes"
            yield Finding((*site.at, "coverage", "loss"), what, "loss: 0, or an estimator.expected above 0")


def locations_reach_the_longest_side(experiment: Experiment) -> Iterator[Finding]:
    """The location score has a row for each place, the end symbol's included."""
    longest = experiment.data.filters.max_length
    for site in sites(experiment):
        match site.score:
            case Location(max_source=size) if size <= longest:
                side = "targets" if site.role is Role.DECODER else "sources"
                what = f"{size} places, but {side} have up to {longest} pieces and an end symbol"
                hint = "a larger max_source, or shorter pairs"
                yield Finding((*site.at, "score", "max_source"), f"{what} (data.filters.max_length)", hint)


CHECKS = (
    heads_divide_the_width,
    coverage_needs_an_additive_score,
    one_estimator_is_enough,
    rewards_are_for_places_of_the_source,
    decay_needs_a_moving_baseline,
    rewards_need_draws,
    gumbel_cools_down,
    uniform_goes_by_no_scores,
    one_place_of_one_teaches_nothing,
    coverage_costs_what_it_can_teach,
)
