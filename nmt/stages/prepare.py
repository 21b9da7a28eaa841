"""What a training needs before its model: tokenizers, the table of its pairs, and the size of a batch."""

from pathlib import Path
from typing import NamedTuple

from nmt.config.experiment import Experiment
from nmt.data.build import build_table, samples
from nmt.data.report import Report
from nmt.data.table import Table
from nmt.stages.assemble import run_tokenizers
from nmt.stages.batch_tokens import settled
from nmt.stages.parent import Parent
from nmt.text.files import Tokenizers
from nmt.training.ranks import Ranks


class Prepared(NamedTuple):
    """``experiment`` has ``batch_tokens`` as a number, which stands beside it."""

    experiment: Experiment
    batch_tokens: int
    tokenizers: Tokenizers
    table: Table
    report: Report


def prepare(experiment: Experiment, origin: Path | Parent | None, folder: Path, ranks: Ranks) -> Prepared:
    """Those of a run that starts from ``origin``; the first of the ranks makes what is not yet in ``folder``.

    Raises:
        NmtError: a corpus cannot be read, no pair is left, or there is no room for the smallest batch.
    """
    tokenizers = ranks.from_first(lambda: run_tokenizers(experiment, origin))
    data, texts = experiment.data, samples(experiment.tokenizer)
    table, report = ranks.by_first(
        lambda: build_table(data.train, tokenizers, data.filters, folder, texts=texts)
    )
    sized = ranks.from_first(lambda: settled(experiment, tokenizers, table))
    return Prepared(*sized, tokenizers, table, report)
