"""What the training loop tells: whoever runs it writes the events to files and draws them."""

from dataclasses import dataclass

from nmt.training.validation import Validation


@dataclass(frozen=True)
class Stepped:
    """One update was made, of at most ``max_steps``, with this many target tokens."""

    step: int
    max_steps: int
    tokens: int


@dataclass(frozen=True)
class Logged:
    """Means since the last one. loss: what is minimised, nll: unsmoothed, both nats per target token."""

    step: int
    epoch: int
    loss: float
    nll: float
    lr: float
    grad_norm: float
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


Event = Stepped | Logged | Validated | SaveDue | Finished
