"""Choices of the ``attention`` section that mean nothing together, or nothing in the model around them."""

from collections.abc import Iterator

from nmt.config.attention import (
    Additive,
    Attention,
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

ATTENTION = ("model", "attention")


def dot_needs_equal_widths(experiment: Experiment) -> Iterator[Finding]:
    """q . k exists only where the decoder's state is as wide as the encoder's annotations; heads project both."""
    match experiment.model.attention:
        case Attention(score=Dot() | ScaledDot() | Cosine() as score, heads=None):
            query, key = experiment.model.hidden, experiment.model.annotation
            if query != key:
                directions = "two directions" if experiment.model.bidirectional else "one direction"
                what = f"{score.type} needs equal widths: decoder state {query}, annotations {key} ({directions})"
                half = query // 2 if experiment.model.bidirectional else query
                hint = f"choose general or additive, or encoder_hidden: {half}"
                yield Finding((*ATTENTION, "score", "type"), what, hint)


def heads_divide_the_width(experiment: Experiment) -> Iterator[Finding]:
    """Each head has an equal share of the annotations, unless its width is given."""
    match experiment.model.attention:
        case Attention(heads=Heads(size=None, count=count)) if experiment.model.annotation % count:
            what = f"{count} heads do not divide the annotations' width of {experiment.model.annotation}"
            yield Finding((*ATTENTION, "heads", "count"), what, "another count, or give heads.size")


def coverage_needs_an_additive_score(experiment: Experiment) -> Iterator[Finding]:
    """It enters the sum inside the tanh."""
    match experiment.model.attention:
        case Attention(coverage=coverage, score=score) if coverage and not isinstance(
            score, Additive | Concat
        ):
            what = f"coverage has no place in the {score.type} score"
            yield Finding((*ATTENTION, "coverage"), what, "score: additive or concat, or coverage: null")


def one_estimator_is_enough(experiment: Experiment) -> Iterator[Finding]:
    """Two choices sampled in a row would share one reward, and neither would know what it is for."""
    match experiment.model.attention:
        case Attention(align=Hard(), window=Predictive(centre=SampledCentre())):
            what = "the centre and the place are both sampled: two estimators"
            hint = "centre: real or argmax, or align: soft"
            yield Finding((*ATTENTION, "window", "centre", "type"), what, hint)


def _reinforce(experiment: Experiment) -> tuple[Reinforce, tuple[str, ...]] | None:
    """The estimator of places that are drawn, and where it stands."""
    match experiment.model.attention:
        case Attention(align=Hard(estimator=Reinforce() as estimator)):
            return estimator, (*ATTENTION, "align", "estimator")
        case Attention(window=Predictive(centre=SampledCentre(estimator=estimator))):
            return estimator, (*ATTENTION, "window", "centre", "estimator")
        case _:
            return None


def decay_needs_a_moving_baseline(experiment: Experiment) -> Iterator[Finding]:
    """It is that baseline's memory."""
    if (found := _reinforce(experiment)) is None:
        return
    estimator, path = found
    if estimator.baseline != "moving" and estimator.decay != Reinforce().decay:
        what = f"has no effect: the baseline is {estimator.baseline}"
        yield Finding((*path, "decay"), what, "baseline: moving")


def rewards_need_draws(experiment: Experiment) -> Iterator[Finding]:
    """Where every batch takes the expectation, or the reward counts nothing, it does not matter what it is."""
    if (found := _reinforce(experiment)) is None:
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


def gumbel_cools_down(experiment: Experiment) -> Iterator[Finding]:
    """The temperature falls from the one to the other."""
    match experiment.model.attention:
        case Attention(align=Hard(estimator=Gumbel(start=start, least=least))) if start < least:
            what = f"{start} is below least: the temperature is {least} at every step"
            yield Finding((*ATTENTION, "align", "estimator", "start"), what, "a lower least")


def uniform_goes_by_no_scores(experiment: Experiment) -> Iterator[Finding]:
    """What guides the scores, or is chosen by them, needs weights that go by them; a sampled centre does by itself."""
    match experiment.model.attention:
        case Attention(align=Uniform(), window=Predictive(centre=SampledCentre())):
            return
        case Attention(align=Uniform(), window=Predictive(centre=BestCentre())):
            what = "argmax goes by the scores, and uniform weights teach them nothing"
            yield Finding((*ATTENTION, "window", "centre", "type"), what, "centre: real or sampled")
        case Attention(align=Uniform(), coverage=coverage, lexicon=lexicon):
            for key, given in (("coverage", coverage), ("lexicon", lexicon)):
                if given is not None:
                    what = f"{key} enters the scores, and uniform weights go by none"
                    yield Finding((*ATTENTION, key), what, f"another align, or {key}: null")


def one_place_of_one_teaches_nothing(experiment: Experiment) -> Iterator[Finding]:
    """The softmax of a single score is 1, whatever the score; a sampled centre teaches the scores by itself."""
    match experiment.model.attention:
        case Attention(window=Predictive(centre=SampledCentre())):
            return
        case Attention(align=TopK(k=1)):
            what = "1 teaches the scores nothing: the weight of a single place is always 1"
            yield Finding((*ATTENTION, "align", "k"), what, "align: hard, or a larger k")


def coverage_costs_what_it_can_teach(experiment: Experiment) -> Iterator[Finding]:
    """Its loss learns through the weights, and through those of a drawn place no gradient passes."""
    match experiment.model.attention:
        case Attention(coverage=coverage) if coverage and coverage.loss == 0 and coverage.start:
            yield Finding(
                (*ATTENTION, "coverage", "start"), "has no effect: loss is 0", "a loss, or start: 0"
            )
        case Attention(window=Predictive(centre=RealCentre())):
            return  # it moves the centre
        case Attention(coverage=coverage, align=Hard(estimator=Reinforce(expected=0))) if (
            coverage and coverage.loss
        ):
            what = "has no effect: through places that are always drawn no gradient passes"
            yield Finding((*ATTENTION, "coverage", "loss"), what, "loss: 0, or an estimator.expected above 0")


def locations_reach_the_longest_source(experiment: Experiment) -> Iterator[Finding]:
    """The location score has a row for each place, the end symbol's included."""
    match experiment.model.attention:
        case Attention(score=Location(max_source=size)) if size <= experiment.data.filters.max_length:
            what = (
                f"{size} places, but sources have up to {experiment.data.filters.max_length} pieces "
                "and an end symbol (data.filters.max_length)"
            )
            yield Finding((*ATTENTION, "score", "max_source"), what, "a larger max_source, or shorter pairs")


CHECKS = (
    dot_needs_equal_widths,
    heads_divide_the_width,
    coverage_needs_an_additive_score,
    one_estimator_is_enough,
    decay_needs_a_moving_baseline,
    rewards_need_draws,
    gumbel_cools_down,
    uniform_goes_by_no_scores,
    one_place_of_one_teaches_nothing,
    coverage_costs_what_it_can_teach,
    locations_reach_the_longest_source,
)
