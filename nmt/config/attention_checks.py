"""Choices of the ``attention`` section that mean nothing together, or nothing in the model around them."""

from collections.abc import Iterator

from nmt.config.attention import (
    Additive,
    Attention,
    Concat,
    Cosine,
    Dot,
    Hard,
    Heads,
    Location,
    Predictive,
    Reinforce,
    SampledCentre,
    ScaledDot,
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


def decay_needs_a_moving_baseline(experiment: Experiment) -> Iterator[Finding]:
    """It is that baseline's memory."""
    path: tuple[str, ...]
    match experiment.model.attention:
        case Attention(align=Hard(estimator=Reinforce() as estimator)):
            path = ("align", "estimator", "decay")
        case Attention(window=Predictive(centre=SampledCentre(estimator=estimator))):
            path = ("window", "centre", "estimator", "decay")
        case _:
            return
    if estimator.baseline != "moving" and estimator.decay != Reinforce().decay:
        what = f"has no effect: the baseline is {estimator.baseline}"
        yield Finding((*ATTENTION, *path), what, "baseline: moving")


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
    locations_reach_the_longest_source,
)
