"""Writes all output files of a finished run, each whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
    texts = {
        "report.md": report_as_markdown(finished),
        "report.html": report_as_html(finished, drawings),
        "evidence.jsonl": evidence_as_jsonl(finished),
        "methods.md": methods_as_markdown(finished),
        "references.bib": sources_as_bibtex(
            cited_evidence(finished), f"Sources of {finished.report.title}", dated=False
        ),
    }
    has_table = bool(finished.report.columns) and "results.csv" not in finished.report.files
    if has_table:
        texts["results.csv"] = results_as_csv(finished.report)
    written = [write_new(finished.folder / name, texts[name], force=True) for name in FILES if name in texts]
    if has_table and find_spec("pyarrow") is not None:
        written.append(write_parquet(finished.report, finished.folder / PARQUET))
    return tuple(written)
