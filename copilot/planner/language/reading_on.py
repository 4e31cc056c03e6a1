"""`read_result`: how a model reads a record of this run whole, page by page; a digest names only the first of many rows.

It is no tool of the program: what it shows was recorded when the call ended, so nothing is run and nothing is recorded again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....memory.records import canonical_json
from ..contract import State
from .prompt import as_data

__all__ = ["READ_FUNCTION", "READ_RESULT", "page_of"]

READ_RESULT = "read_result"
_PAGE = 3_000
"""Characters of a page: some 1,000 tokens."""

READ_FUNCTION: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": READ_RESULT,
        "description": "Read the whole record behind an evidence id of this question, when its line does not say enough: all rows, all"
        " fields. Not for anything else, and not twice for the same.",
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "evidence": {"type": "string", "pattern": "^E[1-9][0-9]{0,5}$", "description": "such as E3"},
                "start": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 10_000_000,
                    "description": "where the last page ended",
                },
            },
            "required": ["evidence"],
        },
    },
}


def page_of(arguments: Mapping[str, Any], state: State) -> str:
    """A page of a record, fenced as data; or why there is none."""
    wanted, start = str(arguments.get("evidence", "")).strip().strip("[]").upper(), arguments.get("start", 0)
    records = {item.id: item for seen in state.observations for item in seen.result.evidence}
    if wanted not in records:
        there = f"There are {', '.join(list(records)[:40])}." if records else "There is none yet."
        return f"Not run. {wanted[:20] or 'That'} is no evidence of this question. {there}"
    text = canonical_json(records[wanted].record)
    if not isinstance(start, int) or isinstance(start, bool) or not 0 <= start < len(text):
        return f"Not run. The record of {wanted} has {len(text):,} characters; start is one of them, from 0."
    page = text[start : start + _PAGE]
    end = start + len(page)
    more = f" start={start} next={end}" if end < len(text) else f" start={start} end"
    return f'<result record="{wanted}"{more}>\n{as_data(page)}\n</result>'
