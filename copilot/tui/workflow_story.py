"""What a workflow's run has come to, as a story: while it runs a step for each tool that it calls, at the end its evidence too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ...memory.records import ToolCall
from ..answer_writing import sentence_text, table_lines
from ..cli.workflow_progress import Counter
from ..step_text import one_line
from ..workflows.contract import (
    Aside,
    Cell,
    Finished,
    Missing,
    Part,
    Report,
    ResultRow,
    RowFailure,
    Section,
    Sentence,
    Struck,
    Table,
)
from ..workflows.work import Happening
from .story import CallState, Story, StoryCall, StoryStep
from .tables import TableData
from .workflow_command import to_go_on

__all__ = ["REPORT", "WorkflowStory"]

REPORT = "report.html"
_ROWS = "rows that failed"
_STATES: dict[str, CallState] = {"ok": "ok", "partial": "partial", "empty": "empty", "failed": "failed"}
_CHARACTERS = 3_000
"""Of the report that the chat shows; its first section always."""
_MOST_TOLD = 8
"""Notes, and changes, that are told."""


@dataclass
class WorkflowStory(Story):
    """The story of a workflow; `question` is what was typed.

    Args:
        flow: the workflow's name, or the file that it is in.
    """

    flow: str = ""
    counter: Counter = field(default_factory=Counter)
    _began: float = field(default_factory=time.monotonic)
    _steps: dict[str, StoryStep] = field(default_factory=dict)
    """By tool; rows that failed have one too."""
    _open: dict[str, StoryCall] = field(default_factory=dict)
    """The calls under way, by what is said of them."""

    @property
    def again(self) -> str:
        """What is typed to go on with it, or to try again what failed."""
        return to_go_on(self.flow, self.folder or Path())

    @property
    def report(self) -> Path | None:
        """Its page, where it was written."""
        path = None if self.folder is None else (self.folder / REPORT).absolute()
        return path if path is not None and path.is_file() else None

    def happen(self, happening: Happening) -> None:
        """Let something happen."""
        self.changed += 1
        self.counter.line(happening)
        rows = list(self.counter.rows.values())
        self.doing = " · ".join([self.counter.doing(), *rows[:1]])
        text = one_line(happening.text)
        match happening.kind:
            case "begun":
                self._open[text] = self._add(text.partition(" ")[0], text, "running")
            case "step":
                if (call := self._open.pop(text, None)) is None:
                    call = self._add(text.partition(" ")[0], text, "ok")
                call.state = "ok"
            case "failure":
                self._fail(happening)
            case "note":
                self.remarks.append(text)
            case "row" | "progress":
                pass

    def _fail(self, happening: Happening) -> None:
        """Tell a failure: a call's where it was made, a row's by itself."""
        failure = happening.failure or RowFailure("", "", happening.text)
        label, why = one_line(failure.label), one_line(f"{failure.message} {failure.hint}")
        call = None if happening.of_row else self._open.pop(label, None)
        if call is None:
            call = self._add(_ROWS if happening.of_row else label.partition(" ")[0], label, "failed")
        call.state, call.message = "failed", why

    def end(self, finished: Finished) -> None:
        """Let it end: what was heard of gives way to what it came to, with the evidence behind it."""
        self.changed += 1
        self.run_id, self.status, self.doing = finished.folder.name, finished.status, ""
        self.seconds = time.monotonic() - self._began
        self.evidence = {item.id: item for item in finished.evidence}
        self.steps.clear()
        self._calls.clear()
        self._steps.clear()
        for failure in finished.failures:
            self._add(_ROWS, failure.label, "failed", one_line(f"{failure.message} {failure.hint}"))
        for step in finished.steps:
            call = self._add(step.tool, step.tool, _STATES[step.status], one_line(step.message))
            call.call = ToolCall(id=call.call.id, tool=step.tool, arguments=dict(step.arguments))
            call.exact, call.evidence = True, list(step.evidence)
            call.matched, call.returned = step.matched, step.returned
            call.backends = list(dict.fromkeys(self.evidence[name].backend for name in step.evidence))
        self.remarks = list(_remarks(finished))
        self.tables = _results(finished.report)
        self.text = "\n\n".join(_told(finished))

    def _add(self, group: str, said: str, state: CallState, message: str = "") -> StoryCall:
        """A line of a group, which is a step; of a row that failed it is a line and no call."""
        step = self._steps.get(group)
        if step is None:
            now = datetime.now(UTC)  # no time is told of a group, whose calls take turns with others
            step = self._steps[group] = StoryStep(len(self.steps) + 1, now, ended=now)
            self.steps.append(step)
        call = StoryCall(
            ToolCall(id=f"{step.number}.{len(step.calls)}", tool=said), state, message=message, exact=False
        )
        if group != _ROWS:
            self._calls[call.call.id] = call
        step.calls.append(call)
        step.plan = f"{group} · {len(step.calls):,}"
        return call


def _told(finished: Finished) -> Iterator[str]:
    """The report as far as the chat shows it, a paragraph or a table each, in the answers' Markdown."""
    report = finished.report
    yield f"# {one_line(report.title)}"
    room = _CHARACTERS
    for number, section in enumerate(report.sections):
        parts = list(_parts(section))
        room -= sum(map(len, parts))
        if number and room < 0:
            yield f"The report has {len(report.sections) - number} more sections: /report opens it."
            break
        if parts:
            heading = " · ".join(one_line(name) for name in (section.subject, section.title) if name)
            yield f"## {heading}"
            yield from parts


def _parts(section: Section) -> Iterator[str]:
    sentences: list[str] = []
    for part in section.parts:
        if isinstance(part, Sentence):
            sentences.append(sentence_text(part))
            continue
        if sentences:
            yield " ".join(sentences)
            sentences.clear()
        yield from _block(part)
    if sentences:
        yield " ".join(sentences)


def _block(part: Part) -> Iterator[str]:
    match part:
        case Table():
            yield "\n".join(table_lines(part.header, part.rows))
        case Aside():
            yield part.text
        case Missing():
            yield sentence_text(Sentence(f"Missing: {part.text}", part.evidence))
        case Struck():
            yield sentence_text(Sentence(f"~~{part.text}~~", part.evidence))
        case _:  # a structure is in the molecule pane, a plot in the report
            pass


def _results(report: Report) -> tuple[TableData, ...]:
    """The results table, with the evidence of each row; none where there are no rows."""
    if not report.rows:
        return ()
    rows = tuple((*(_shown(row.get(name)) for name in report.columns), _evidence(row)) for row in report.rows)
    return (TableData("Results", (*report.columns, "evidence"), rows),)


def _shown(cell: Cell | None) -> str:
    if cell is None or cell.value is None:
        return ""
    return one_line(("yes" if cell.value else "no") if isinstance(cell.value, bool) else str(cell.value))


def _evidence(row: ResultRow) -> str:
    return ", ".join(dict.fromkeys(name for cell in row.values() for name in cell.evidence))


def _remarks(finished: Finished) -> Iterator[str]:
    """What is to be known besides the report: notes, and which answers are others than in an earlier start of the run."""
    notes = [one_line(note.text) for note in finished.notes if note.kind != "failure"]
    changes = [f"Other than before: {change.tool}: {one_line(change.why)}" for change in finished.changes]
    for told in (notes, changes):
        yield from told[:_MOST_TOLD]
        if len(told) > _MOST_TOLD:
            yield f"and {len(told) - _MOST_TOLD:,} more in the report"
