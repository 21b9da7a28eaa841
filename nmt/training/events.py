"""What the training loop tells: whoever runs it writes the events to files and draws them."""

from collections.abc import Mapping
from dataclasses import dataclass

from nmt.training.validation import Validation


@dataclass(frozen=True)
class Stepped:
    """One update was made, of at most ``max_steps``, with this many target tokens."""

    step: int
    max_steps: int
    tokens: int


@dataclass(frozen=True)
class Skipped:
    """An update that was not made: its loss or gradient was not finite. lines: of its batch, as ``file:line``."""

    step: int
    why: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """A batch did not fit into memory and was done in parts. dropped: lines that do not fit even alone."""

    step: int
    parts: int
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Logged:
    """Means since the last one. loss: what is minimised, nll: unsmoothed, both nats per target token; grad_norm: before
    clipping, norms: of the model's parts; skipped: updates that were not made."""

    step: int
    epoch: int
    loss: float
    nll: float
    lr: float
    grad_norm: float
    norms: Mapping[str, float]
    skipped: int
    tokens_per_second: float
    seconds: float


@dataclass(frozen=True)
class Validated:
    """A validation was made; improved: it is the best so far."""

    step: int
    validation: Validation
    improved: bool
    seconds: float


@dataclass(frozen=True)
class SaveDue:
    """The state is complete: now is the moment to write a checkpoint."""

    step: int


@dataclass(frozen=True)
class Finished:
    """Why training ended: 'max_steps', 'max_seconds', 'early stopping', or 'signal N'."""

    step: int
    reason: str
    signal: int | None = None


Event = Stepped | Skipped | Split | Logged | Validated | SaveDue | Finished
