"""A run's folder taken hold of: locked, put in order, and where in it the run stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nmt.config.experiment import Experiment
from nmt.stages.assemble import refuse_another
from nmt.stages.batch_tokens import as_stored
from nmt.stages.run_folder import RunFolder
from nmt.stages.run_lock import locked
from nmt.training.checkpoint import newest_checkpoint
from nmt.training.ranks import Ranks


@contextmanager
def claimed(
    folder: RunFolder, experiment: Experiment, *, fresh: bool, tell: Callable[[str], None], ranks: Ranks
) -> Iterator[tuple[Path | None, Experiment]]:
    """While open, the folder is this job's. Gives the newest checkpoint, None where the run begins, and the experiment
    as that one has it.

    Raises:
        NmtError: another job has the folder, or the run in it is damaged.
        UsageError: the run in it is of another experiment, or it is no run's folder.
    """
    if not ranks.first:
        yield ranks.from_first(lambda: (None, experiment))
        return
    with locked(folder.path):
        found = _claim(folder, experiment, fresh, tell)
        try:
            yield ranks.from_first(lambda: found)
        finally:
            folder.restore()


def _claim(
    folder: RunFolder, experiment: Experiment, fresh: bool, tell: Callable[[str], None]
) -> tuple[Path | None, Experiment]:
    folder.sweep()
    if fresh:
        folder.set_aside()
    checkpoint = newest_checkpoint(folder.checkpoints, tell)
    if checkpoint is not None:
        experiment = as_stored(experiment, checkpoint)
        refuse_another(folder, checkpoint, experiment)
    return checkpoint, experiment
