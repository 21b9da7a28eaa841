"""Two columns of texts out of Arrow record batches: what Parquet files and the hub's datasets are made of."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nmt.data.corpus import Pair
from nmt.data.readers.record import WHICH, as_line
from nmt.errors import NmtError

ROWS = 8192  # of one record batch: what is held in memory at a time


def check_columns(schema: pa.Schema, source: str, target: str, place: str) -> None:
    """Raises NmtError where one of two columns, dotted inside structs, is not there or holds no text."""
    columns = dict(_leaves(schema))
    for name in (source, target):
        if name not in columns:
            raise NmtError(
                place, f"has no column {name!r}, only {', '.join(columns) or 'none at all'}", WHICH
            )
        if not _is_text(columns[name]):
            raise NmtError(place, f"expected text in column {name!r}, found {columns[name]}")


def pairs(
    batches: Iterator[Any], source: str, target: str, *, begin: int, place: Callable[[int], str]
) -> Iterator[Pair]:
    """The pairs of record batches, or tables, whose columns were checked; ``begin`` is the first one's number.

    Raises:
        NmtError: at ``place(number)``, a text is not UTF-8.
    """
    for batch in batches:
        texts = (_texts(_column(batch, name), begin, place) for name in (source, target))
        for number, (source_text, target_text) in enumerate(zip(*texts, strict=True), start=begin):
            yield Pair(as_line(source_text), as_line(target_text), number)
        begin += batch.num_rows


def _texts(column: Any, begin: int, place: Callable[[int], str]) -> list[str | None]:
    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        for number, value in enumerate(column, start=begin):
            try:
                value.as_py()
            except UnicodeDecodeError as error:
                raise NmtError(place(number), "not valid UTF-8") from error
        raise


def _column(batch: Any, name: str) -> Any:
    """A column of a batch or table; a dotted name leads into structs, where null has nulls inside."""
    head, rest = name, ""
    while head not in batch.schema.names:
        head, _, last = head.rpartition(".")
        rest = f"{last}.{rest}" if rest else last
    return pc.struct_field(batch.column(head), rest.split(".")) if rest else batch.column(head)


def _leaves(fields: Any, prefix: str = "") -> Iterator[tuple[str, pa.DataType]]:
    """All columns, those inside structs with dotted names."""
    for field in fields:
        if pa.types.is_struct(field.type):
            yield from _leaves(field.type, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", field.type


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
