"""The loop: plan → call → observe → answer. Second hop of the main path (cli → agent.py → here → tools/execute.py).

One `Run` answers one question. It asks the planner for steps, runs their calls side by side within a budget, keeps
every happening as an event, has each claim of the answer checked (`answer_writing.py`), and closes what is open when it is
cancelled. It knows nothing of any planner, tool or terminal.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from ..memory.earlier_runs import EarlierRuns
from ..memory.errors import BiocopilotError, NotApproved
from ..memory.events import (
    AnswerDelta,
    AnswerFinished,
    ApprovalGiven,
    ApprovalRequested,
    EvidenceAdded,
    Notice,
    NoticeKind,
    PlanProposed,
    RunFinished,
    RunStarted,
    Thought,
    ToolFailed,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    Usage,
)
from ..memory.records import Answer, AnswerStatus, Evidence, ToolCall, ToolResult, canonical_json
from ..memory.transcript import answer_of
from ..tools.contract import Tool, ToolContext
from ..tools.execute import execute
from ..tools.patience import standing_still
from ..tools.sources.sending import Sending
from ..tools.workbench import Workbench
from .answer_writing import written
from .budget import Budget, ModelUse
from .planner.contract import Aside, CallTools, Give, Observation, Planner, State, Turn
from .recorder import Recorder
from .user_files import hashed

__all__ = ["Approve", "ApproveSending", "Budget", "Run"]

Approve = Callable[[ToolCall], Awaitable[bool]]
ApproveSending = Callable[[ToolCall, Sending], Awaitable[bool]]

_CLOSING_SECONDS = 0.05
"""How long a cancelled call may take to end by itself before the run closes it all the same."""


async def _refuse(_call: ToolCall) -> bool:
    return False


@dataclass
class Run:
    """One question on its way to an answer; `answer()` is called once.

    Args:
        question: cleaned text.
        planner: says the steps.
        tools: the tools that may be called.
        bench: what the tools share.
        recorder: keeps the events.
        history: the newest of the session's earlier turns, bounded.
        left_out: how many earlier turns there are before those.
        earlier: the session's earlier runs, for results by handle.
        files: files that the user named.
        offline: whether tools that need the network are refused.
        budget: bounds.
        approve: asked before a tool that writes runs; refuses unless told otherwise.
        approve_sending: asked before a structure of the user's leaves this machine; where None, the setting alone rules.
    """

    question: str
    planner: Planner
    tools: Mapping[str, Tool]
    bench: Workbench
    recorder: Recorder
    history: tuple[Turn, ...] = ()
    files: frozenset[Path] = frozenset()
    offline: bool = False
    budget: Budget = field(default_factory=Budget)
    approve: Approve = _refuse
    approve_sending: ApproveSending | None = None
    session: str | None = None
    version: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    """Trouble met before the run began, told first."""
    remarks: tuple[str, ...] = ()
    """What else is to be known before the answer."""
    left_out: int = 0
    earlier: EarlierRuns | None = None

    def __post_init__(self) -> None:
        self._observations: list[Observation] = []
        self._evidence: dict[str, Evidence] = {}
        self._evidence_numbers = count(1)
        self._asked: Counter[str] = Counter()
        self._results: dict[str, ToolResult] = {}
        self._open: dict[str, tuple[ToolCall, float]] = {}
        self._memo: dict[str, Any] = {}
        self._calls = self._steps = self._bytes = 0
        self._spent = ""
        self._failed = 0
        self._warned: set[str] = set()
        self._model: ModelUse | None = None
        self._questions = 0
        self._asked_at = 0.0
        self._waited_s = 0.0

    async def answer(self) -> Answer:
        """Run to the end. Cancellation closes open calls, records the end as cancelled, and is raised on.

        A planner that cannot work ends the run as `failed` with the error's name and hint recorded; the error is
        raised on as well. Tool failures do not end a run.
        """
        emit, started = self.recorder.emit, time.perf_counter()
        emit(
            RunStarted,
            question=self.question,
            planner=self.planner.name,
            session=self.session,
            offline=self.offline,
            version=self.version,
            environment=dict(self.environment),
            files=hashed(self.files),
        )
        for text in self.notices:
            emit(Notice, text=text, kind="storage")
        for text in self.remarks:
            emit(Notice, text=text, kind="info")
        try:
            status = await self._steps_to_answer(started)
        except asyncio.CancelledError:
            self._close_open_calls()
            self._finish("cancelled", started)
            raise
        except BiocopilotError as error:
            self._close_open_calls()
            self._finish("failed", started, error=error)
            raise
        except BaseException as error:
            self._close_open_calls()
            self._finish("failed", started, error=error)
            raise
        self._finish(status, started)
        return answer_of(self.recorder.events)

    async def _steps_to_answer(self, started: float) -> AnswerStatus:
        while True:
            left = self.budget.seconds - (time.perf_counter() - started - self._waited_s)
            if left <= 0:
                self._spend(f"The {self.budget.seconds:g} s for this question are used up.")
            state = State(
                question=self.question,
                history=self.history,
                observations=tuple(self._observations),
                tools=self.tools,
                bench=self.bench,
                files=tuple(sorted(str(path) for path in self.files)),
                calls_left=max(0, self.budget.calls - self._calls),
                must_answer=bool(self._spent),
                memo=self._memo,
                left_out=self.left_out,
                earlier=self.earlier,
                offline=self.offline,
                seconds_left=max(0.0, left),
                tell=self._tell,
                spend=self._count,
            )
            step = await self.planner.next_step(state)
            self._steps += 1
            if isinstance(step, Give):
                return self._give(step)
            if self._spent:  # asked to answer and asked for more calls instead
                return self._give(Give(status="partial" if self._evidence else "unknown"))
            self._announce(step)
            await self._call_all(step.calls, left)

    def _tell(self, text: str, kind: NoticeKind = "planner") -> None:
        self.recorder.emit(Notice, text=text, kind=kind)

    def _count(self, tokens_in: int, tokens_out: int, seconds: float) -> None:
        self._model = (self._model or ModelUse()).and_one_call(tokens_in, tokens_out, seconds)

    def _announce(self, step: CallTools) -> None:
        if step.plan:
            self.recorder.emit(PlanProposed, summary=step.plan, calls=step.calls, details=dict(step.details))
        if step.thought:
            self.recorder.emit(Thought, text=step.thought)

    def _spend(self, text: str) -> None:
        if not self._spent:
            self.recorder.emit(Notice, text=text, kind="limit")
        self._spent = text

    # Calls -------------------------------------------------------------------------------------------------------

    async def _call_all(self, calls: tuple[ToolCall, ...], seconds: float) -> None:
        keys = [f"{call.tool} {canonical_json(call.arguments)}" for call in calls]
        wanted: dict[str, ToolCall] = {}
        for key, call in zip(keys, calls, strict=True):
            self._asked[key] += 1
            if key in self._results or key in wanted:
                if self._asked[key] > self.budget.repeated:
                    self._spend(f"{call.tool} was asked for with the same arguments {self._asked[key]} times.")
            elif self._calls >= self.budget.calls:
                self._spend(f"The {self.budget.calls} tool calls for this question are used up.")
            else:
                self._calls += 1
                wanted[key] = call
        if not calls:
            self._spend("The planner asked for nothing and gave no answer.")
        tasks = [asyncio.create_task(self._call(call, seconds)) for call in wanted.values()]
        try:
            if tasks:  # not gather, which waits for cancelled calls to end
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            self._results.update((key, task.result()) for key, task in zip(wanted, tasks, strict=True))
        except BaseException:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=_CLOSING_SECONDS)
            raise
        for key, call in zip(keys, calls, strict=True):
            if key in self._results:
                self._observations.append(Observation(call, self._results[key]))
        if self._bytes > self.budget.bytes:
            self._spend(f"The results of this question reached {self.budget.bytes:,} bytes.")

    async def _call(self, call: ToolCall, seconds: float) -> ToolResult:
        emit, started = self.recorder.emit, time.perf_counter()
        emit(ToolStarted, call=call)
        self._open[call.id] = (call, started)

        def progress(text: str, done: int | None = None, total: int | None = None) -> None:
            if call.id in self._open:
                emit(ToolProgress, call_id=call.id, text=text, done=done, total=total)

        may_send = None if self.approve_sending is None else partial(self._may_send, call, self.approve_sending)
        context = ToolContext(self.bench, self.files, self.offline, progress, self.earlier, may_send)
        refusal = await self._refusal(call)
        if refusal is None:
            result = await execute(call, self.tools, context, self._next_evidence_id, deadline_s=seconds)
        else:
            result = ToolResult(
                status="failed", error=type(refusal).__name__, digest=f"{refusal.message}\n{refusal.hint}".strip()
            )
        if self._open.pop(call.id, None) is None:  # closed by a cancellation while it was ending
            return result
        elapsed = round(time.perf_counter() - started, 6)
        if result.status == "failed":
            message, _, hint = result.digest.partition("\n")
            self._failed += 1
            emit(
                ToolFailed,
                call_id=call.id,
                tool=call.tool,
                seconds=elapsed,
                error=result.error,
                message=message,
                hint=hint,
            )
            return result
        for item in result.evidence:
            self._evidence[item.id] = item
            event = emit(EvidenceAdded, call_id=call.id, evidence=item)
            self._bytes += len(canonical_json(event.evidence.record))
        self._bytes += len(result.digest)
        emit(
            ToolFinished,
            call_id=call.id,
            tool=call.tool,
            status=result.status,
            seconds=elapsed,
            matched=result.matched,
            returned=result.returned,
            evidence=tuple(item.id for item in result.evidence),
            filters=result.filters,
            omitted=result.omitted.model_dump(mode="json") if result.omitted else None,
            warnings=result.warnings,
            digest=result.digest,
        )
        for warning in result.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                emit(Notice, text=warning, kind="source")
        return result

    async def _refusal(self, call: ToolCall) -> NotApproved | None:
        tool = self.tools.get(call.tool)
        if tool is None or not tool.writes(call.arguments):
            return None
        if await self._ask(call, f"{tool.title} writes to your disk.", self.approve(call)):
            return None
        return NotApproved(
            f"{call.tool} writes a file and was not allowed to.", "Name the file to write in the command."
        )

    async def _may_send(self, call: ToolCall, approve: ApproveSending, sending: Sending) -> bool:
        return await self._ask(call, f"It sends {sending}.", approve(call, sending))

    async def _ask(self, call: ToolCall, reason: str, reply: Awaitable[bool]) -> bool:
        """The user's yes or no. How long it takes counts neither against the call's time nor against the question's."""
        self.recorder.emit(ApprovalRequested, call=call, reason=reason)
        self._questions += 1
        if self._questions == 1:
            self._asked_at = time.perf_counter()
        try:
            with standing_still():
                approved = await reply
        finally:
            self._questions -= 1
            if self._questions == 0:
                self._waited_s += time.perf_counter() - self._asked_at
        self.recorder.emit(ApprovalGiven, call_id=call.id, approved=approved)
        return approved

    def _next_evidence_id(self) -> str:
        return f"E{next(self._evidence_numbers)}"

    def _close_open_calls(self) -> None:
        for call, started in self._open.values():
            self.recorder.emit(
                ToolFailed,
                call_id=call.id,
                tool=call.tool,
                seconds=round(time.perf_counter() - started, 6),
                error="Cancelled",
                message="Stopped before it ended.",
            )
        self._open.clear()

    # Answer ------------------------------------------------------------------------------------------------------

    def _give(self, give: Give) -> AnswerStatus:
        emit = self.recorder.emit
        if give.plan:
            emit(PlanProposed, summary=give.plan)
        if give.thought:
            emit(Thought, text=give.thought)
        for text in give.notices:
            emit(Notice, text=text, kind="planner")
        blocks, claims = written(give, self._evidence)
        for index, block in enumerate(blocks):
            emit(AnswerDelta, text=block if index == 0 else f"\n\n{block}")
        unsupported = [claim for claim in claims if claim.verdict == "unsupported"]
        for claim in unsupported:
            what = ", ".join(claim.missing) or "no evidence cited"
            emit(
                Notice,
                text=f"Struck from the answer, because no evidence holds it ({what}): {claim.text}",
                kind="claim",
            )
        asides = tuple(part.text for part in give.parts if isinstance(part, Aside))
        emit(AnswerFinished, text="\n\n".join(blocks), claims=tuple(claims), asides=asides)
        supported = any(claim.verdict == "supported" for claim in claims)
        if give.status == "answered" and (not supported or unsupported or self._spent):
            return "partial" if supported else "unknown"
        return give.status

    def _finish(self, status: AnswerStatus, started: float, error: BaseException | None = None) -> None:
        emit = self.recorder.emit
        emit(
            Usage,
            steps=self._steps,
            calls=self._calls,
            bytes=self._bytes,
            **(self._model.as_fields() if self._model else {}),
        )
        emit(
            RunFinished,
            status=status,
            seconds=round(time.perf_counter() - started, 6),
            error=type(error).__name__ if error else "",
            message=(error.message if isinstance(error, BiocopilotError) else str(error)) if error else "",
            hint=error.hint if isinstance(error, BiocopilotError) else "",
        )
