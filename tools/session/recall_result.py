"""The `recall_result` tool: what an earlier question of this session found, quoted as evidence of this run."""

from __future__ import annotations

import asyncio

from pydantic import Field

from ...memory.errors import InvalidInput
from ...memory.records import canonical_json
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool

__all__ = ["recall_result"]

_SUMMARY_CHARACTERS = 1_200
"""Nearly all of a digest: who recalls a result wants to read it."""


class RecallResultArguments(ToolArguments):
    """Which result."""

    handle: str = Field(
        pattern=r"^[Rr][1-9][0-9]{0,5}\.[Ee][1-9][0-9]{0,5}$",
        description="The result's handle: R2.E3 is evidence E3 of the second question of this session.",
    )


@tool(title="Earlier result", cost="instant", examples=({"handle": "R1.E1"},))
async def recall_result(arguments: RecallResultArguments, context: ToolContext) -> Findings:
    """Carry a result of an earlier question of this session into this one, by its handle.

    Use it when an answer needs what was found before in this conversation, as it was found then. Not for anything
    that can be looked up or computed anew, and not outside a session. Comes back: one record with the earlier run's id,
    the evidence id, the tool and arguments that gave it, its SHA-256 and the record itself, under its own source. Run by
    hand it looks in the newest session. It fails where no earlier question has that handle, and says which there are.
    """
    if context.earlier is None:
        raise InvalidInput(
            "There are no earlier results here: this is no session.",
            "Ask in one: biocopilot ask --session NAME QUESTION",
        )
    recalled = await asyncio.to_thread(context.earlier.result, arguments.handle)
    item = recalled.evidence
    record = {
        "type": "recalled_result",
        "handle": arguments.handle.upper(),
        "run_id": recalled.run_id,
        "evidence": item.id,
        "tool": item.tool,
        "arguments": item.arguments,
        "sha256": item.sha256,
        "record": item.record,
    }
    summary = f"{record['handle']}, which {item.tool} gave in run {recalled.run_id}: {canonical_json(item.record)}"
    draft = Draft(record, item.source, item.backend, shorten(summary, _SUMMARY_CHARACTERS))
    return Findings((draft,), matched=1, returned=1, retrieved_at=item.retrieved_at)
