"""What no key shows alone: settings that contradict each other.

Each check is a small function of the whole experiment; it yields findings, each at the key to change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nmt.config.attention import Attention, Dot
from nmt.config.experiment import Experiment
from nmt.config.tokenizer import Sided, SideTokenizer, Tokenizer


@dataclass(frozen=True)
class Finding:
    """A contradiction: the path of the key to change, the cause and the way out."""

    path: tuple[str, ...]
    what: str
    hint: str = ""


def crosscheck(experiment: Experiment) -> list[Finding]:
    """Every contradiction in an experiment whose keys are each right on their own."""
    return [finding for check in CHECKS for finding in check(experiment)]


def dot_needs_equal_widths(experiment: Experiment) -> Iterator[Finding]:
    """q . k exists only where the decoder's state is as wide as the encoder's annotations."""
    match experiment.model.attention:
        case Attention(score=Dot()):
            query = experiment.model.hidden
            key = query * (2 if experiment.model.bidirectional else 1)
            if query != key:
                what = f"dot needs equal widths: decoder state {query}, annotations {key} (two directions)"
                hint = "choose general or additive, or bidirectional: false"
                yield Finding(("model", "attention", "score", "type"), what, hint)


def tying_all_needs_one_vocabulary(experiment: Experiment) -> Iterator[Finding]:
    """Source and target can share vectors only where they share the pieces."""
    if experiment.model.tie != "all":
        return
    match experiment.tokenizer:
        case Tokenizer(joint=True):
            return
        case Tokenizer():
            why = "tokenizer.joint is false"
        case Sided():
            why = "the tokenizer has a source and a target"
    yield Finding(("model", "tie"), f"all needs one joint vocabulary: {why}", "choose decoder or none")


def best_needs_its_metric(experiment: Experiment) -> Iterator[Finding]:
    """The best checkpoint can only be chosen by a score that is computed."""
    best, metrics = experiment.training.best, experiment.evaluation.metrics
    if best != "loss" and best not in metrics:
        what = f"{best} is not computed: evaluation.metrics is {', '.join(metrics)}"
        yield Finding(
            ("training", "best"), what, f"add {best} there, or choose {' or '.join(_usable(metrics))}"
        )


def _usable(metrics: tuple[str, ...]) -> list[str]:
    return [metric for metric in metrics if metric in ("bleu", "chrf")] + ["loss"]


def metrics_are_named_once(experiment: Experiment) -> Iterator[Finding]:
    """The same score twice is a slip."""
    metrics = experiment.evaluation.metrics
    for metric in sorted({metric for metric in metrics if metrics.count(metric) > 1}):
        yield Finding(("evaluation", "metrics"), f"{metric} is given twice")


def byte_fallback_fits_the_vocabulary(experiment: Experiment) -> Iterator[Finding]:
    """The 256 bytes that unknown characters are spelt with are pieces of the vocabulary."""
    for path, section in _tokenizers(experiment):
        if section.byte_fallback and section.vocab_size <= _BYTES_AND_SPECIAL:
            what = f"byte_fallback takes {_BYTES_AND_SPECIAL} of the {section.vocab_size} pieces"
            yield Finding((*path, "vocab_size"), what, "a larger vocab_size, or byte_fallback: false")


_BYTES_AND_SPECIAL = 256 + 4


def _tokenizers(experiment: Experiment) -> list[tuple[tuple[str, ...], SideTokenizer]]:
    match experiment.tokenizer:
        case Sided(source=source, target=target):
            return [(("tokenizer", "source"), source), (("tokenizer", "target"), target)]
        case Tokenizer() as tokenizer:
            return [(("tokenizer",), tokenizer)]


def test_sets_have_plain_names(experiment: Experiment) -> Iterator[Finding]:
    """The names go into file names and onto the command line."""
    for name in experiment.data.test:
        if not re.fullmatch(r"\w[\w.-]*", name):
            yield Finding(
                ("data", "test", name), "a test set's name is made of letters, digits, '.', '_' and '-'"
            )


CHECKS = (
    dot_needs_equal_widths,
    tying_all_needs_one_vocabulary,
    best_needs_its_metric,
    metrics_are_named_once,
    byte_fallback_fits_the_vocabulary,
    test_sets_have_plain_names,
)
