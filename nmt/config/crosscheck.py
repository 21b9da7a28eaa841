"""What no key shows alone: settings that contradict each other.

Each check is a small function of the whole experiment; it yields findings, each at the key to change.
"""

import re
from collections.abc import Iterator

from nmt.config import model_checks
from nmt.config.attention_checks import attention_findings
from nmt.config.experiment import Experiment
from nmt.config.finding import Finding
from nmt.config.messages import either
from nmt.config.optimizer import Sgd
from nmt.config.schedule import Cosine, InverseSqrt, Linear, Plateau
from nmt.config.section import Section
from nmt.config.tokenizer import BpeDropout, Sided, SideTokenizer, Tokenizer, UnigramSampling
from nmt.config.training import Training


def crosscheck(experiment: Experiment) -> list[Finding]:
    """Every contradiction in an experiment whose keys are each right on their own."""
    return [finding for check in CHECKS for finding in check(experiment)]


def best_needs_its_metric(experiment: Experiment) -> Iterator[Finding]:
    """The best checkpoint can only be chosen by a score that is computed."""
    best, metrics = experiment.training.best, experiment.evaluation.metrics
    if best != "loss" and best not in metrics:
        what = f"{best} is not computed: evaluation.metrics is {', '.join(metrics)}"
        yield Finding(("training", "best"), what, f"add {best} there, or choose {either([*metrics, 'loss'])}")


def warmup_ends_before_the_fall(experiment: Experiment) -> Iterator[Finding]:
    """A schedule that falls to its end at a step needs steps to fall in."""
    match experiment.training.schedule:
        case Cosine(warmup=warmup, steps=steps) | Linear(warmup=warmup, steps=steps):
            end = steps or experiment.training.max_steps
            fits, fall = warmup < end, f"ends at step {end}"
        case InverseSqrt(warmup=warmup, steps=steps, decay=decay):
            end = steps or experiment.training.max_steps
            begin = end - decay * end
            fits, fall = not decay or warmup <= begin, f"of decay begins after step {int(begin)}"
        case _:
            return
    if not fits:
        where = "schedule.steps" if steps else "training.max_steps"
        what = f"the warm-up lasts {warmup} steps, but the fall {fall} ({where})"
        yield Finding(("training", "schedule", "warmup"), what, "a shorter warmup")


def a_line_falls_where_it_may(experiment: Experiment) -> Iterator[Finding]:
    """Where the line of an inverse root ends matters where there is one."""
    match experiment.training.schedule:
        case InverseSqrt(decay=0) as schedule:
            for key in ("steps", "min_factor"):
                if getattr(schedule, key) != InverseSqrt.model_fields[key].default:
                    yield Finding(
                        ("training", "schedule", key),
                        "has no effect: decay is 0",
                        "decay: 0.25, or remove it",
                    )


def r_drop_needs_dropout(experiment: Experiment) -> Iterator[Finding]:
    """Two passes differ by what they drop."""
    if experiment.training.r_drop is not None and not _drops(experiment.model):
        what = "compares two passes under other dropout, and the model has none"
        yield Finding(("training", "r_drop"), what, "model.dropout: 0.2, or r_drop: null")


def _drops(section: Section) -> bool:
    """Whether a key of a section, or of one below it, is a dropout above 0."""
    return any(
        _drops(value) if isinstance(value, Section) else name.endswith("dropout") and bool(value)
        for name, value in section
    )


def nesterov_needs_momentum(experiment: Experiment) -> Iterator[Finding]:
    """It looks ahead along the momentum."""
    match experiment.training.optimizer:
        case Sgd(nesterov=True, momentum=0):
            what = "nesterov has no effect without momentum"
            yield Finding(("training", "optimizer", "nesterov"), what, "momentum: 0.9, or nesterov: false")


def decay_needs_a_weight(experiment: Experiment) -> Iterator[Finding]:
    """What is pulled does not matter where nothing pulls."""
    optimizer = experiment.training.optimizer
    if optimizer.decay != "all" and not optimizer.weight_decay:
        what = f"{optimizer.decay} has no effect: weight_decay is 0"
        yield Finding(("training", "optimizer", "decay"), what, "a weight_decay, or decay: all")


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


def sampling_fits_the_tokenizer(experiment: Experiment) -> Iterator[Finding]:
    """Each way of sampling belongs to one way of cutting; characters and words have but one."""
    for path, section in _tokenizers(experiment):
        match section:
            case SideTokenizer(sampling=None):
                continue
            case SideTokenizer(type="unigram", sampling=UnigramSampling()):
                continue
            case SideTokenizer(type="bpe", sampling=BpeDropout()):
                continue
            case SideTokenizer(type="unigram"):
                hint = "unigram samples with {alpha: 0.5}"
            case SideTokenizer(type="bpe"):
                hint = "bpe samples with {dropout: 0.1}"
            case _:
                hint = "unigram and bpe can, others cannot: sampling: null"
        yield Finding((*path, "sampling"), f"does not fit type {section.type}", hint)


def weights_are_of_training_corpora(experiment: Experiment) -> Iterator[Finding]:
    """Validation and test sets are read once, whole."""
    data = experiment.data
    sets = {("validation",): data.validation} | {("test", name): one for name, one in data.test.items()}
    for path, corpus in sets.items():
        if corpus.weight != 1:
            yield Finding(("data", *path, "weight"), "has no effect here", "weights are of data.train")


def test_sets_have_plain_names(experiment: Experiment) -> Iterator[Finding]:
    """The names go into file names and onto the command line."""
    for name in experiment.data.test:
        if not re.fullmatch(r"\w[\w.-]*", name):
            yield Finding(
                ("data", "test", name), "a test set's name is made of letters, digits, '.', '_' and '-'"
            )


def reset_needs_a_model(experiment: Experiment) -> Iterator[Finding]:
    """What is kept of a training is kept of that of ``init_from``; and a plateau is of one's own validations."""
    training = experiment.training
    if training.init_from is None and training.reset != Training.model_fields["reset"].default:
        yield Finding(("training", "reset"), "has no effect without training.init_from", "remove it")
    if training.init_from and isinstance(training.schedule, Plateau) and "schedule" not in training.reset:
        what = "plateau goes by the validations of this run alone"
        yield Finding(("training", "reset"), what, "add schedule to training.reset")


CHECKS = (
    attention_findings,
    *model_checks.CHECKS,
    best_needs_its_metric,
    warmup_ends_before_the_fall,
    a_line_falls_where_it_may,
    r_drop_needs_dropout,
    nesterov_needs_momentum,
    decay_needs_a_weight,
    reset_needs_a_model,
    metrics_are_named_once,
    byte_fallback_fits_the_vocabulary,
    sampling_fits_the_tokenizer,
    weights_are_of_training_corpora,
    test_sets_have_plain_names,
)
