"""The list of workflow runs as text and JSON: a line each, its folder beneath."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from ...memory.text import clean, shorten
from ..workflows.known_runs import KnownRun

__all__ = ["rows_json", "rows_text"]

_INPUTS = 60


def rows_json(rows: Sequence[KnownRun]) -> str:
    """A JSON list of the runs."""
    found = [
        {
            "folder": str(row.folder),
            "workflow": row.workflow,
            "inputs": row.inputs,
            "status": row.state,
            "began_at": row.began_at,
            "last_at": row.last_at or None,
            "trouble": row.trouble,
        }
        for row in rows
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def rows_text(rows: Sequence[KnownRun]) -> str:
    """When it ended or was last begun, how it stands, what was asked; beneath, where it is. Nothing where there are none."""
    if not rows:
        return ""
    wide = max(len("workflow"), *(len(_line(row.workflow)) for row in rows))
    lines = [f"{'when':<16}  {'status':<11}  {'workflow':<{wide}}  inputs"]
    for row in rows:
        inputs = shorten(_line(row.inputs), _INPUTS)
        lines.append(f"{_when(row):<16}  {row.state:<11}  {_line(row.workflow):<{wide}}  {inputs}".rstrip())
        lines.append(f"{'':<16}  {_line(str(row.folder))}")
        if row.trouble:
            lines.append(f"{'':<16}  ! {_line(row.trouble)}")
    return "\n".join(lines) + "\n"


def _when(row: KnownRun) -> str:
    """In this machine's time."""
    try:
        return f"{datetime.fromisoformat(row.last_at or row.began_at).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return "-"


def _line(text: str) -> str:
    return " ".join(clean(text).split())
