"""The ``evaluation`` section: which scores are computed, and what is shown.  All of it is free."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, free

Metrics = Annotated[tuple[Literal["bleu", "bleu_lc", "chrf", "ter"], ...], Field(strict=False, min_length=1)]


class Evaluation(Section):
    """Scores of validations and test sets."""

    metrics: Annotated[Metrics, free("scores to compute: bleu, bleu_lc (lower-cased), chrf, ter")] = (
        "bleu",
        "chrf",
    )
    samples: Annotated[int, free("translations shown at each validation", ge=0)] = 2
