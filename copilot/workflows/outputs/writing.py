"""Writes all output files of a finished run, each whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from ....tools.workbench import Workbench
from ...export.bibtex import sources_as_bibtex
from ...export.writing import write_new
from ..contract import Finished
from .cited import cited_evidence
from .drawings import drawings_of
from .evidence_lines import evidence_as_jsonl
from .methods import methods_as_markdown
from .report_html import report_as_html
from .report_markdown import report_as_markdown
from .table import results_as_csv, write_parquet

__all__ = ["FILES", "write_outputs"]

FILES = ("report.md", "report.html", "results.csv", "evidence.jsonl", "methods.md", "references.bib")
"""Written for every run; `results.csv` only where the workflow has a table that it did not write itself."""
PARQUET = "results.parquet"


async def write_outputs(finished: Finished, bench: Workbench) -> tuple[Path, ...]:
    """Write them into the run's folder, over those of an earlier start, and return their paths.

    Args:
        finished: the run.
        bench: whose chemistry draws.

    Raises:
        StorageError: the folder cannot be written.
    """
    drawings = await drawings_of(finished.report, bench)
    return await asyncio.to_thread(_write, finished, drawings)


def _write(finished: Finished, drawings: Mapping[str, str]) -> tuple[Path, ...]:
    has_table = bool(finished.report.columns) and "results.csv" not in finished.report.files
    made: dict[str, Callable[[], str | Iterable[str]]] = {
        "report.md": lambda: report_as_markdown(finished),
        "report.html": lambda: report_as_html(finished, drawings),
        "results.csv": lambda: results_as_csv(finished.report),
        "evidence.jsonl": lambda: evidence_as_jsonl(finished),
        "methods.md": lambda: methods_as_markdown(finished),
        "references.bib": lambda: sources_as_bibtex(
            cited_evidence(finished), f"Sources of {finished.report.title}", dated=False
        ),
    }
    if not has_table:
        del made["results.csv"]
    written = [write_new(finished.folder / name, make(), force=True) for name, make in made.items()]
    if has_table and find_spec("pyarrow") is not None:
        written.append(write_parquet(finished.report, finished.folder / PARQUET))
    return tuple(written)
