"""Verification: every claim of a finished run checked again, offline, with the reason where one no longer holds.

Records are hashed and their tools run again (`evidence_check.py`); each claim is checked against its records as they
were and as they are now; the text must be made of the claims and asides (`answer_cover.py`). A claim that was marked as
unsupported when the run was made is no failure, as long as it still is what it was marked as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from ..memory.earlier_runs import EarlierRuns
from ..memory.events import AnswerDelta, AnswerFinished, Event, RunFinished, RunStarted
from ..memory.records import Claim, Evidence
from ..tools.contract import Tool
from ..tools.registry import all_tools
from ..tools.workbench import Workbench
from .answer_cover import Cover, cover
from .claims import check_claim, holds_there
from .environment import changes, environment_of
from .evidence_check import EvidenceCheck, check_evidence

__all__ = ["ClaimCheck", "Verification", "verify_run"]

NO_END = "The run has no end: it was broken off, or is still running."

_MOST_DIFFERENCES = 3


@dataclass(frozen=True)
class ClaimCheck:
    """What became of one claim."""

    number: int
    """From 1, in the order of the answer."""
    claim: Claim
    outcome: Literal["holds", "fails", "not_rechecked"]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What a verification came to."""

    run_id: str
    claims: tuple[ClaimCheck, ...]
    evidence: tuple[EvidenceCheck, ...]
    troubles: tuple[str, ...] = ()
    """What is wrong with the run beside its claims and records."""
    gaps: tuple[str, ...] = ()
    """What could not be looked at beside claims and records, such as a missing end."""
    redone: tuple[str, ...] = ()
    """What was done again that is no tool's call, and how much of it."""
    changed: tuple[str, ...] = ()
    """Versions that are others now: the probable reason where something differs."""

    @property
    def failing(self) -> tuple[ClaimCheck, ...]:
        """The claims that no longer hold."""
        return tuple(check for check in self.claims if check.outcome == "fails")

    @property
    def status(self) -> Literal["verified", "incomplete", "failed"]:
        """`failed` where anything differs, `incomplete` where something was not looked at, else `verified`."""
        if self.failing or self.troubles or any(check.outcome == "differs" for check in self.evidence):
            return "failed"
        checks: list[ClaimCheck | EvidenceCheck] = [*self.claims, *self.evidence]
        if self.gaps or any(check.outcome == "not_rechecked" for check in checks):
            return "incomplete"
        return "verified"


@dataclass
class _Told:
    """What the events say of the answer."""

    claims: tuple[Claim, ...] = ()
    text: str = ""
    asides: tuple[str, ...] = ()
    deltas: list[str] = field(default_factory=list)
    start: RunStarted | None = None
    end: RunFinished | None = None


async def verify_run(
    events: Sequence[Event],
    bench: Workbench,
    tools: Mapping[str, Tool] | None = None,
    earlier: EarlierRuns | None = None,
) -> Verification:
    """Check a recorded run again. Opens no socket, writes nothing, and reads only files that the run was allowed,
    and those from which the library's quoted documents were read.

    Args:
        events: all of a run's events, in order.
        bench: stores and chemistry to run the tools with.
        tools: the tools by name; all of the program's where None.
        earlier: the runs of its session before it; without them what was recalled from there is not looked at again.

    Raises:
        ValueError: the events do not begin with `run_started`.
    """
    told = _told(events)
    if told.start is None:
        raise ValueError("a run's events begin with run_started")
    evidence, troubles = await check_evidence(events, bench, all_tools() if tools is None else tools, earlier)
    covers = [cover(told.text, told.claims, told.asides)]
    shown = "".join(told.deltas)
    if shown != told.text:
        covers.append(cover(shown, told.claims, told.asides))
    claims = tuple(
        _check(number, claim, evidence, any(number - 1 in item.absent_claims for item in covers))
        for number, claim in enumerate(told.claims, 1)
    )
    return Verification(
        run_id=told.start.run_id,
        claims=claims,
        evidence=evidence,
        troubles=(*troubles, *_text_troubles(covers), *_status_trouble(told)),
        gaps=() if told.end else (NO_END,),
        changed=_changed(told.start, bench),
    )


def _told(events: Sequence[Event]) -> _Told:
    told = _Told()
    for event in events:
        match event:
            case RunStarted():
                told.start = event
            case AnswerDelta():
                told.deltas.append(event.text)
            case AnswerFinished():
                told.claims, told.text, told.asides = event.claims, event.text, event.asides
            case RunFinished():
                told.end = event
            case _:
                pass
    return told


def _check(number: int, claim: Claim, evidence: Sequence[EvidenceCheck], absent: bool) -> ClaimCheck:
    recorded = {check.evidence.id: check.evidence for check in evidence}
    now = {check.evidence.id: check.now for check in evidence}
    cited = [check for check in evidence if check.evidence.id in claim.evidence]
    reasons = ["It does not stand in the answer as it is recorded."] if absent else []
    by_record, by_finding = check_claim(claim.text, recorded), check_claim(claim.text, now)
    if by_record != claim and not _elsewhere_in_the_record(claim, by_record, recorded):
        reasons.append(_otherwise(claim, by_record, "its recorded evidence"))
    elif by_finding.verdict != claim.verdict:
        reasons.append(_otherwise(claim, by_finding, "what is found now"))
    if claim.verdict != "unsupported":
        reasons += [_differing(check, claim) for check in cited if check.outcome == "differs"]
    if reasons:
        return ClaimCheck(number, claim, "fails", tuple(reasons))
    open_ones = [check for check in cited if check.outcome == "not_rechecked"]
    if open_ones and claim.verdict != "unsupported":
        return ClaimCheck(
            number, claim, "not_rechecked", tuple(f"{check.evidence.id}: {check.reason}." for check in open_ones)
        )
    return ClaimCheck(number, claim, "holds")


def _elsewhere_in_the_record(claim: Claim, other: Claim, recorded: Mapping[str, Evidence]) -> bool:
    """Whether two checks of a claim differ only in which of the places that hold a value they name, as versions may."""
    return (
        claim.model_copy(update={"support": other.support}) == other
        and [item.token for item in claim.support] == [item.token for item in other.support]
        and all(holds_there(item, recorded) for item in claim.support)
    )


def _otherwise(claim: Claim, other: Claim, by: str) -> str:
    if other.verdict == claim.verdict:
        return f"It is recorded with other citations, support or missing parts than {by} gives."
    missing = f" ({', '.join(other.missing)} does not stand there)" if other.missing else ""
    return f"It is recorded as {claim.verdict}, and by {by} it is {other.verdict}{missing}."


def _differing(check: EvidenceCheck, claim: Claim) -> str:
    """The differences of a cited record, those first on which the claim rests."""
    paths = {support.path for support in claim.support if support.evidence == check.evidence.id}
    first = sorted(check.differences, key=lambda difference: difference.where not in paths)
    left = len(first) - _MOST_DIFFERENCES
    more = f"; and {left} more" if left > 0 else ""
    return f"{check.evidence.id} {'; '.join(str(item) for item in first[:_MOST_DIFFERENCES])}{more}."


def _text_troubles(covers: Sequence[Cover]) -> list[str]:
    found = []
    if len(covers) > 1:
        found.append("The answer's text is not the text that was shown when it was given.")
    for item in covers:
        found += [f"The answer says what no claim or remark says: {stray}" for stray in item.strays]
        found += [f"A recorded remark does not stand in the answer: {aside}" for aside in item.absent_asides]
    return list(dict.fromkeys(found))


def _status_trouble(told: _Told) -> list[str]:
    verdicts = [claim.verdict for claim in told.claims]
    if told.end and told.end.status == "answered" and ("unsupported" in verdicts or "supported" not in verdicts):
        return ["The run is recorded as answered, and its claims do not bear that out."]
    return []


def _changed(start: RunStarted, bench: Workbench) -> tuple[str, ...]:
    now = environment_of(bench)
    recorded = dict(start.environment)
    if start.version:
        recorded["biocopilot"] = start.version
        try:
            now["biocopilot"] = version("biocopilot")
        except PackageNotFoundError:
            now["biocopilot"] = start.version
    return changes(recorded, now)
