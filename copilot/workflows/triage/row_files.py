"""A table written row after row: a CSV file, and beside it the same as Parquet where pyarrow is installed, in groups of rows.

Each takes its name when it is whole. Memory holds one group of rows, however long the table is.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ....memory.errors import StorageError

__all__ = ["Write", "parquet_beside", "row_files"]

Write = Callable[[Sequence[Any]], None]

_GROUP = 20_000


def parquet_beside(path: Path) -> Path | None:
    """Where the table stands as Parquet; None where it is not written, because pyarrow is not installed."""
    return path.with_suffix(".parquet") if find_spec("pyarrow") is not None else None


@contextmanager
def row_files(path: Path, columns: Mapping[str, type]) -> Iterator[Write]:
    """Begin a table; what is yielded writes one row.

    Args:
        path: that of the CSV file.
        columns: names and the types of their cells: str, int or float. None is an empty cell, and so is empty text.

    Raises:
        StorageError: it cannot be written.
    """
    parquet = parquet_beside(path)
    try:
        with _csv(path, columns) as to_csv:
            if parquet is None:
                yield to_csv
            else:
                with _parquet(parquet, columns) as to_parquet:

                    def to_both(cells: Sequence[Any]) -> None:
                        to_csv(cells)
                        to_parquet(cells)

                    yield to_both
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}).", "Make room, and go on with --resume."
        ) from error


@contextmanager
def _csv(path: Path, columns: Mapping[str, type]) -> Iterator[Write]:
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield lambda cells: writer.writerow([_inert(cell) for cell in cells])
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def _parquet(path: Path, columns: Mapping[str, type]) -> Iterator[Write]:
    import pyarrow
    from pyarrow import parquet

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    kinds = list(columns.values())
    group: list[Sequence[Any]] = []
    beside = path.with_name(f"{path.name}.new")

    def flush() -> None:
        columned = zip(*group, strict=True) if group else [()] * len(kinds)
        arrays = [
            pyarrow.array([_typed(cell, kind) for cell in cells], type=types[kind])
            for cells, kind in zip(columned, kinds, strict=True)
        ]
        writer.write_table(pyarrow.table(arrays, schema=schema))
        group.clear()

    def write(cells: Sequence[Any]) -> None:
        group.append(cells)
        if len(group) == _GROUP:
            flush()

    with parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
        yield write
        flush()
    beside.replace(path)


def _typed(cell: Any, kind: type) -> Any:
    if cell is None or cell == "":
        return None
    return cell.encode("utf-8", "replace").decode() if kind is str else kind(cell)


def _inert(cell: Any) -> Any:
    """Text of the user's file that a spreadsheet would run as a formula gets an apostrophe in front; SMILES do not begin so."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "@", "-") and not cell[1:].isdigit() else cell
