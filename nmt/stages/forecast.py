"""What a training will be and cost, as a dry run foretells it, and that as a table. Torch-free."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = 12  # width of the first column


@dataclass(frozen=True)
class Forecast:
    """Sizes in bytes, times in seconds; ``memory`` is None where the system does not tell.

    ``sampled`` of ``pairs`` were looked at: where they are fewer, what depends on the text is an estimate.
    ``largest`` is (rows, source length, target length) of the batch that ``memory`` is for.
    """

    model: str
    parameters: Mapping[str, int]
    source_pieces: int
    target_pieces: int
    pairs: int
    sampled: int
    kept: int
    dropped: str
    batch_tokens: int
    automatic: bool
    largest: tuple[int, int, int]
    memory: float | None
    memory_per_row: float | None
    free_memory: float
    steps_per_epoch: float
    seconds_per_step: float
    max_steps: int
    max_seconds: float | None
    validate_every: int
    checkpoint: int
    checkpoints: int
    disk: float
    free_disk: int
    precision: str
    threads: int
    run: Path
    step: int | None
    elapsed: float

    @property
    def steps_left(self) -> int:
        """Until max_steps or max_seconds, whichever comes first."""
        left = max(0, self.max_steps - (self.step or 0))
        if self.max_seconds is None:
            return left
        return min(left, math.ceil(max(0.0, self.max_seconds - self.elapsed) / self.seconds_per_step))

    def text(self) -> str:
        """The table, a line each, names on the left."""
        return "".join(f"{name:<{NAME}}{text}\n" for name, text in self._lines())

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "model", self.model
        yield "parameters", f"{sum(self.parameters.values()):>13,}"
        for part, count in self.parameters.items():
            yield "", f"{count:>13,}  {part}"
        yield "pieces", f"{self.source_pieces:,} source, {self.target_pieces:,} target"
        yield "pairs", self._pairs()
        yield "batches", self._batches()
        yield "memory", self._memory()
        yield "time", self._time()
        yield "disk", self._disk()
        yield "machine", f"{self.precision} on {self.threads} thread{'s' * (self.threads != 1)}"
        yield "run", f"{self.run}: {'new' if self.step is None else f'is there, at step {self.step:,}'}"

    def _pairs(self) -> str:
        estimate = f"estimated from {self.sampled:,} of {self.pairs:,}: " if self.sampled < self.pairs else ""
        dropped = f" (dropped: {self.dropped})" if self.dropped else ""
        return f"{estimate}{self.kept:,} of {self.sampled:,} kept{dropped}"

    def _batches(self) -> str:
        auto = " (auto)" if self.automatic else ""
        rows, source, target = self.largest
        longest = f"the largest {rows} pairs of {source} source and {target} target pieces"
        return f"{self.batch_tokens:,} tokens{auto}, {self.steps_per_epoch:,.0f} steps an epoch; {longest}"

    def _memory(self) -> str:
        if self.memory is None or self.memory_per_row is None:
            return "not measured: this system does not tell"
        fixed = self.memory - self.memory_per_row * self.largest[0]
        short = "" if self.memory < self.free_memory else ": NOT ENOUGH, a smaller training.batch_tokens"
        return (
            f"{size(self.memory)} at the largest batch, {size(fixed)} and {size(self.memory_per_row)} a pair; "
            f"{size(self.free_memory)} free{short}"
        )

    def _time(self) -> str:
        step, left = self.seconds_per_step, self.steps_left
        in_full = left + (self.step or 0) >= self.max_steps
        steps = f"{left:,} steps to max_steps" if in_full else f"at most {left:,} steps to max_seconds"
        validations = math.ceil(left / self.validate_every)
        return (
            f"{step:.3g} s a step, {steps} ({left / self.steps_per_epoch:.1f} epochs): {duration(left * step)}"
            f"{f', with {validations} validations beside' if in_full else ''}"
        )

    def _disk(self) -> str:
        short = "" if self.disk < self.free_disk else ": NOT ENOUGH"
        return (
            f"{size(self.disk)} with {self.checkpoints} checkpoints of {size(self.checkpoint)}; "
            f"{size(self.free_disk)} free{short}"
        )


def size(count: float) -> str:
    """Bytes for a person: ``1.2 GB``."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count / 1e3:.3g} kB"


def duration(seconds: float) -> str:
    """Seconds for a person: ``35 s``, ``58 min``, ``2 h 5 min``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours >= 2 else f"{60 * hours + minutes} min"
