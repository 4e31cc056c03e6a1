"""Runs one tool call: checks the arguments, keeps the deadline, and turns findings into numbered evidence.

The policy for every tool stands here and nowhere else. A failure becomes a `failed` result with the error's name and
hint; something looked for and not found becomes an `empty` result with a record of the search; only cancellation
and errors of our own making leave this function as exceptions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from ..memory.errors import (
    Ambiguous,
    BiocopilotError,
    DeadlineExceeded,
    InvalidArguments,
    NotFound,
    OfflineRefused,
    UnknownTool,
)
from ..memory.records import DIGEST_CHARACTERS, Evidence, ToolCall, ToolResult, ToolStatus, record_sha256
from ..memory.text import shorten
from .contract import Draft, Findings, Tool, ToolContext
from .from_services import ANSWERABLE, ask_services
from .patience import within

__all__ = ["execute", "explain_validation", "find_tool", "validate_arguments"]

EvidenceIds = Callable[[], str]


def find_tool(name: str, tools: Mapping[str, Tool]) -> Tool:
    """The tool of that name. Raises UnknownTool with the nearest names."""
    if name in tools:
        return tools[name]
    from rapidfuzz import process

    nearest = [hit[0] for hit in process.extract(name, list(tools), limit=3, score_cutoff=50)]
    hint = f"Nearest: {', '.join(nearest)}." if nearest else "`biocopilot tools list` names them all."
    raise UnknownTool(f"There is no tool called {shorten(name, 60)!r}.", hint)


def explain_validation(error: ValidationError) -> str:
    """What is wrong with the arguments, one clause a field, without the values' full text."""
    clauses = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        where = shorten(".".join(str(part) for part in item["loc"]), 80) or "arguments"
        clauses.append(f"{where} {_REASONS[item['type']]}" if item["type"] in _REASONS else
                       f"{where}: {item['msg'].removeprefix('Value error, ')}")  # fmt: skip
    return "; ".join(clauses[:5])


_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is no field of it",
    "string_too_short": "is empty",
    "string_unicode": "holds characters that are no text",
}
"""pydantic's kinds of error that are better said in other words."""


def validate_arguments(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    """The tool's argument model. Raises InvalidArguments."""
    try:
        return tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        raise InvalidArguments(
            f"{tool.name} does not accept these arguments: {explain_validation(error)}.",
            f"`biocopilot tools show {tool.name}` lists the fields.",
        ) from error


async def execute(
    call: ToolCall,
    tools: Mapping[str, Tool],
    context: ToolContext,
    next_id: EvidenceIds,
    *,
    deadline_s: float | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ToolResult:
    """Run `call` and return its result; see the module's docstring for what becomes of failures.

    Args:
        call: the tool's name and arguments.
        tools: the tools that may be called.
        context: what the tool may use.
        next_id: gives the run's next evidence id.
        deadline_s: a tighter bound than the tool's own, in seconds.
        now: the clock that stamps evidence.
    """
    try:
        tool = find_tool(call.tool, tools)
        arguments = validate_arguments(tool, call.arguments)
        if tool.needs_network and context.offline and not tool.kept_replies:
            raise OfflineRefused(f"{tool.name} needs the network.")
        findings = await _look(tool, arguments, call, context, deadline_s)
    except BiocopilotError as error:
        return ToolResult(status="failed", error=type(error).__name__, digest=f"{error.message}\n{error.hint}".strip())
    return _stamp(call, tool, findings, next_id, now)


async def _look(tool: Tool, arguments: Any, call: ToolCall, context: ToolContext, deadline_s: float | None) -> Findings:
    """What the local stores say; where they are silent, or are to be asked second, what the services say.

    Of two that found nothing, the one stays that knows at least who was meant.
    """
    if tool.name not in ANSWERABLE:
        return await _run(tool, arguments, call, context, deadline_s)
    asked = await ask_services(tool, arguments, context, deadline_s) if context.bench.services.first else None
    if asked is not None and asked.findings is not None and not asked.findings.empty:
        return asked.findings
    findings = await _run(tool, arguments, call, context, deadline_s)
    silent = findings.empty or findings.unknown
    if asked is None and silent:
        asked = await ask_services(tool, arguments, context, deadline_s)
    if asked is None:
        return findings
    if asked.findings is not None and silent:
        found = not (asked.findings.empty or asked.findings.unknown)
        if found or findings.drafts[0].record["type"] == "not_found":
            return asked.findings
    told = asked.warnings if asked.findings is None else asked.findings.warnings
    return replace(findings, warnings=(*findings.warnings, *told))


async def _run(tool: Tool, arguments: Any, call: ToolCall, context: ToolContext, deadline_s: float | None) -> Findings:
    """The tool itself within its deadline; what it did not find is a finding too."""
    bound = min(tool.deadline_s, deadline_s) if deadline_s is not None else tool.deadline_s
    try:
        async with within(bound):
            return await tool.run(arguments, context)
    except NotFound as error:
        return _not_found(error, call, context)
    except TimeoutError as error:
        raise DeadlineExceeded(
            f"{tool.name} was stopped after {bound:g} s.", "Ask about a smaller structure or a shorter list."
        ) from error


def _not_found(error: NotFound, call: ToolCall, context: ToolContext) -> Findings:
    record = {
        "type": "ambiguous" if isinstance(error, Ambiguous) else "not_found",
        "message": error.message,
        "hint": error.hint,
        "nearest": list(error.nearest),
    }
    several = "It could be" if isinstance(error, Ambiguous) else "Nearest"
    near = f" {several}: {'; '.join(error.nearest)}." if error.nearest else ""
    summary = f"{error.message}{near} {error.hint}".strip()
    draft = Draft(record, context.bench.chembl.source, context.bench.chembl.backend, summary)
    return Findings((draft,), matched=0, returned=0, empty=True)


def _stamp(
    call: ToolCall, tool: Tool, findings: Findings, next_id: EvidenceIds, now: Callable[[], datetime]
) -> ToolResult:
    evidence, lines = [], []
    for draft in findings.drafts:
        record = json.loads(json.dumps(draft.record, allow_nan=False))  # what JSON would give back, tuples as lists
        item = Evidence(
            id=next_id(),
            tool=call.tool,
            arguments=call.arguments,
            source=draft.source,
            retrieved_at=findings.retrieved_at or now(),
            backend=draft.backend,
            record=record,
            sha256=record_sha256(record),
        )
        evidence.append(item)
        lines.append(f"{item.id}: {draft.summary}")
    empty = findings.empty or not evidence
    status: ToolStatus = "empty" if empty else "partial" if findings.partial else "ok"
    if findings.omitted is not None:
        lines.append(f"not shown: {findings.omitted.what}")
    lines += [f"warning: {warning}" for warning in findings.warnings]
    return ToolResult(
        status=status,
        evidence=tuple(evidence),
        matched=findings.matched,
        returned=findings.returned,
        filters=findings.filters,
        omitted=findings.omitted,
        warnings=findings.warnings,
        digest=shorten("\n".join(lines), DIGEST_CHARACTERS),
    )
