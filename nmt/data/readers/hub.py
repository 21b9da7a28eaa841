"""Datasets of the Hugging Face hub, or local folders in its layout, through the ``datasets`` library."""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nmt.data.corpus import Counts, Pair
from nmt.data.readers import arrow
from nmt.errors import NmtError


@dataclass(frozen=True)
class Hub:
    """A split of a dataset, which is downloaded when it is first read, and then read from the disk.

    ``source`` and ``target`` are columns; ``translation.en`` is the English of the hub's usual pairs.
    """

    name: str
    config: str | None
    split: str
    source: str
    target: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self._title,)

    def pairs(self, counts: Counts | None = None) -> Iterator[Pair]:
        """Raises NmtError when there is no such dataset, configuration, split or column, or no network."""
        dataset = self._dataset
        arrow.check_columns(dataset.features.arrow_schema, self.source, self.target, self._title)
        batches = dataset.with_format("arrow").iter(batch_size=arrow.ROWS)
        yield from arrow.pairs(batches, self.source, self.target, begin=1, place=self.place)

    def place(self, line: int) -> str:
        return f"{self._title}:{line}"

    def digests(self) -> dict[str, str]:
        """Of the texts: a dataset's own fingerprint depends on where and when it was unpacked."""
        sha256 = hashlib.sha256()
        for pair in self.pairs():
            sha256.update(f"{pair.source}\n{pair.target}\n".encode())  # no text has a line end
        return {self._title: sha256.hexdigest()}

    @property
    def _title(self) -> str:
        return f"hub {self.name} ({f'{self.config}, ' if self.config else ''}{self.split})"

    @cached_property
    def _dataset(self) -> Any:
        import datasets  # takes a second or two, and only this reader needs it

        datasets.utils.logging.set_verbosity_error()
        if not sys.stderr.isatty():
            datasets.disable_progress_bars()
        try:
            return datasets.load_dataset(self.name, self.config, split=self.split)
        except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
            what = f"cannot be loaded: {str(error).splitlines()[0].rstrip('.')}"
            hint = (
                "it is downloaded from huggingface.co: is there a network?"
                if isinstance(error, ConnectionError)
                else ""
            )
            raise NmtError(self._title, what, hint) from error
