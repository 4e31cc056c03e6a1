"""The results table as CSV and Parquet: beside each column another with the evidence ids of its cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..contract import Cell, CellValue, Report

__all__ = ["results_as_csv", "write_parquet"]

_EMPTY = Cell(None)


def results_as_csv(report: Report) -> str:
    """`name` and `name.evidence` for each column; ids are separated by spaces, what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_heads(report))
    for row in report.rows:
        cells = [row.get(name, _EMPTY) for name in report.columns]
        writer.writerow([value for cell in cells for value in (_shown(cell.value), " ".join(cell.evidence))])
    return text.getvalue()


def write_parquet(report: Report, to: Path) -> Path:
    """The same table with types; needs the extra `parquet`."""
    import pyarrow
    from pyarrow import parquet

    columns: dict[str, Any] = {}
    for name in report.columns:
        cells = [row.get(name, _EMPTY) for row in report.rows]
        columns[name] = _typed([cell.value for cell in cells])
        columns[f"{name}.evidence"] = pyarrow.array([" ".join(cell.evidence) for cell in cells], pyarrow.string())
    beside = to.with_name(f".{to.name}.part")
    parquet.write_table(pyarrow.table(columns), beside)
    return beside.replace(to)


def _heads(report: Report) -> Iterator[str]:
    for name in report.columns:
        yield from (name, f"{name}.evidence")


def _shown(value: CellValue) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(values: list[CellValue]) -> Any:
    """A column of one type: numbers where all are, else text."""
    import pyarrow

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and float in kinds:
        return pyarrow.array([None if value is None else float(value) for value in values], pyarrow.float64())
    if len(kinds) == 1 and kinds <= {int, bool}:
        return pyarrow.array(values)
    return pyarrow.array([None if value is None else _shown(value) for value in values], pyarrow.string())
