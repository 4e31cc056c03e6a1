"""`biocopilot runs verify`: what became of each claim and record, as text or JSON, and the exit code for it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ...memory.earlier_runs import EarlierRuns
from ...memory.errors import VerificationFailed
from ...memory.events import Event
from ...memory.text import clean
from ...tools.contract import Tool
from ...tools.registry import all_tools
from ...tools.workbench import Workbench
from ..evidence_check import EvidenceCheck
from ..rendering import call_label
from ..settings import load_settings
from ..verification import ClaimCheck, Verification, verify_run

__all__ = ["verification_json", "verification_text", "verify_and_show", "verify_folder_and_show"]

_GLYPHS = {"holds": "✓", "same": "✓", "fails": "✗", "differs": "✗", "not_rechecked": "○"}
_MOST_DIFFERENCES = 5


def verify_and_show(events: Sequence[Event], as_json: bool, earlier: EarlierRuns | None = None) -> int:
    """Verify, print what came of it, and return 0, or 3 where something could not be re-checked.

    Args:
        events: the run's.
        as_json: print one JSON object.
        earlier: the runs of its session before it.

    Raises:
        VerificationFailed: something differs; it was printed.
    """
    return _shown(lambda bench, tools: verify_run(events, bench, tools, earlier), as_json)


def verify_folder_and_show(folder: Path, as_json: bool, whole: bool, which: str | None = None) -> int:
    """The same for the folder of a workflow's run; `whole` does all of a batch again, `which` names the workflow."""
    from ...memory.paths import workflow_runs_dir
    from ..workflows.known_runs import was_run_here
    from ..workflows.running import opened
    from ..workflows.verifying import verify_folder

    flow, may_execute = None if which is None else opened(which), partial(was_run_here, workflow_runs_dir())
    return _shown(lambda bench, tools: verify_folder(folder, bench, tools, flow, may_execute, whole=whole), as_json)


def _shown(verify: Callable[[Workbench, Mapping[str, Tool]], Coroutine[Any, Any, Verification]], as_json: bool) -> int:
    settings = load_settings().settings
    with Workbench(
        settings.store, settings.workers, settings.services, settings.library_choice, settings.weights_choice
    ) as bench:
        found = asyncio.run(verify(bench, all_tools(settings.weights_choice.folder)))
    sys.stdout.write(verification_json(found) if as_json else verification_text(found))
    sys.stdout.flush()
    if found.status == "failed":
        raise VerificationFailed(_failure(found), _probable_reason(found))
    return 0 if found.status == "verified" else 3


def verification_json(found: Verification) -> str:
    """One JSON object."""
    told = {
        "run_id": found.run_id,
        "status": found.status,
        "claims": [
            {
                "number": check.number,
                "text": check.claim.text,
                "evidence": list(check.claim.evidence),
                "verdict": check.claim.verdict,
                "outcome": check.outcome,
                "reasons": list(check.reasons),
            }
            for check in found.claims
        ],
        "evidence": [
            {
                "id": check.evidence.id,
                "tool": check.evidence.tool,
                "outcome": check.outcome,
                "differences": [
                    {"where": item.where, "recorded": item.recorded, "found": item.found} for item in check.differences
                ],
                "reason": check.reason,
            }
            for check in found.evidence
        ],
        "troubles": list(found.troubles),
        "gaps": list(found.gaps),
        "redone": list(found.redone),
        "changed": list(found.changed),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def verification_text(found: Verification) -> str:
    """Lines for reading: the sum, then each claim and record."""
    lines = [f"Run {found.run_id}: {_sum(found)}"]
    lines += [f"✗ {_line(trouble)}" for trouble in found.troubles]
    lines += [f"○ {gap}" for gap in found.gaps]
    lines += [f"· {redone}" for redone in found.redone]
    if found.claims:
        lines += ["", "Claims", *(line for check in found.claims for line in _claim_lines(check))]
    if found.evidence:
        lines += ["", "Evidence", *(line for check in found.evidence for line in _evidence_lines(check))]
    if found.changed:
        lines += ["", "Since then", *(f"· {line}" for line in found.changed)]
    return "\n".join(lines) + "\n"


def _sum(found: Verification) -> str:
    if not found.claims and found.status == "verified":
        return "verified; it made no claims."
    held = sum(check.outcome == "holds" for check in found.claims)
    same = sum(check.outcome == "same" for check in found.evidence)
    word = {"verified": "verified", "incomplete": "not fully verified", "failed": "FAILED"}[found.status]
    return f"{word}; {held} of {len(found.claims)} claims hold, {same} of {len(found.evidence)} records found again."


def _claim_lines(check: ClaimCheck) -> Iterator[str]:
    marked = "" if check.claim.verdict == "supported" else f" (recorded as {check.claim.verdict})"
    yield f"{_GLYPHS[check.outcome]} C{check.number} {_line(check.claim.text)}{marked}"
    start = "not re-checked, " if check.outcome == "not_rechecked" else ""
    yield from (f"      {start}{_line(reason)}" for reason in check.reasons)


def _evidence_lines(check: EvidenceCheck) -> Iterator[str]:
    item = check.evidence
    yield f"{_GLYPHS[check.outcome]} {item.id} {call_label(item.tool, item.arguments)}"
    if check.reason:
        yield f"      not re-checked, {_line(check.reason)}"
    yield from (f"      {_line(str(difference))}" for difference in check.differences[:_MOST_DIFFERENCES])
    left = len(check.differences) - _MOST_DIFFERENCES
    if left > 0:
        yield f"      and {left} more; --json shows them all"


def _failure(found: Verification) -> str:
    names = [f"C{check.number}" for check in found.failing]
    if len(names) == 1:
        return f"Claim {names[0]} of run {found.run_id} no longer holds."
    if names:
        return f"{len(names)} claims of run {found.run_id} no longer hold: {', '.join(names)}."
    return f"Run {found.run_id} is not what was recorded, though no claim fails."


def _probable_reason(found: Verification) -> str:
    if found.changed:
        return f"Probably because of another version: {' '.join(found.changed)}"
    return "The versions are those of the run, so the run log was probably altered."


def _line(text: str) -> str:
    return " ".join(clean(text).split())
