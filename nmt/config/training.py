"""The ``training`` section: how long, with what optimiser, and what is kept."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from nmt.config.optimizer import AdamW, Optimizer
from nmt.config.schedule import Constant, Schedule
from nmt.config.section import Section, free, identity

Reset = Annotated[tuple[Literal["optimizer", "schedule", "data", "best"], ...], Field(strict=False)]
Patterns = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)]


class WordDropout(Section):
    """Bowman et al. 2016: pieces that the model reads are hidden behind the unknown piece, at random."""

    source: Annotated[float, identity("probability for a piece of the source", ge=0, lt=1)] = 0.0
    target: Annotated[
        float, identity("probability for a target piece that the decoder reads", ge=0, lt=1)
    ] = 0.0


class EarlyStopping(Section):
    """Stop when the validation score no longer improves."""

    patience: Annotated[int, free("validations without improvement before stopping", ge=1)] = 5


def _number_or_word(value: Any) -> str:
    """``auto`` is the one word that may stand for the number."""
    return "auto" if value == "auto" else "number"


BatchTokens = Annotated[
    Annotated[int, Field(ge=1), Tag("number")] | Annotated[Literal["auto"], Tag("auto")],
    Discriminator(_number_or_word),
]


class Training(Section):
    """One run of the training loop.  A batch token is rows times the longer padded side."""

    batch_tokens: Annotated[
        BatchTokens,
        identity("tokens of one update's batch, padding included; auto: as many as memory has room for"),
    ] = 4096
    accumulate: Annotated[int, identity("batches whose gradients are summed into one update", ge=1)] = 1
    max_steps: Annotated[int, free("updates after which training is done", ge=1)]
    max_seconds: Annotated[
        float | None, free("seconds after which training is done, last validation and save included", gt=0)
    ] = None
    validate_every: Annotated[int, free("steps between validations", ge=1)] = 500
    save_every: Annotated[int, free("steps between checkpoints", ge=1)] = 500
    log_every: Annotated[int, free("steps between log lines", ge=1)] = 50
    keep_last: Annotated[int, free("newest checkpoints kept", ge=1)] = 2
    keep_best: Annotated[int, free("best checkpoints kept beside them", ge=1)] = 1
    seed: Annotated[int, identity("the seed of every random choice", ge=0, lt=2**63)] = 1
    threads: Annotated[int | None, free("processor threads; null: all cores", ge=1, le=4096)] = None
    precision: Annotated[
        Literal["auto", "fp32", "bf16"],
        identity("number format of the arithmetic; auto: bf16 where it is fast"),
    ] = "auto"
    clip_norm: Annotated[float, identity("largest norm of the gradient", gt=0)] = 1.0
    max_skipped: Annotated[
        int, free("updates in a row that may be skipped for a loss or gradient that is not finite", ge=1)
    ] = 10
    ema: Annotated[
        float | None,
        identity("decay of an average of the weights, which is what is used; null: none", gt=0, lt=1),
    ] = None
    label_smoothing: Annotated[float, identity("probability spread over the other pieces", ge=0, lt=1)] = 0.1
    r_drop: Annotated[
        float | None,
        identity(
            "R-Drop: weight of the divergence of two passes in their mean loss, half the paper's alpha "
            "(its 5 is 2.5 here); null: one pass",
            gt=0,
        ),
    ] = None
    word_dropout: Annotated[WordDropout, identity("hide pieces that the model reads")] = WordDropout()
    optimizer: Annotated[Optimizer, identity("how gradients move the weights")] = AdamW()
    schedule: Annotated[Schedule, identity("how the learning rate moves")] = Constant()
    freeze: Annotated[Patterns, identity("parameters that stay as they are, as in [encoder.*]")] = ()
    best: Annotated[
        Literal["bleu", "bleu_lc", "chrf", "ter", "loss"],
        identity("validation figure that names the best checkpoint"),
    ] = "bleu"
    early_stopping: Annotated[EarlyStopping | None, free("stop when that figure stalls; null: never")] = None
    init_from: Annotated[
        str | None, identity("a model whose weights and vocabulary to start from; null: none", min_length=1)
    ] = None
    reset: Annotated[
        Reset, identity("what of that model's training starts anew: optimizer, schedule, data, best")
    ] = ("optimizer", "schedule", "data", "best")
