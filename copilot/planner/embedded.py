"""The embedded planner: no weights, no network, the same plan for the same question.

It reads the question into frames (`reading.py`), lays out typed calls for each (`kinds/`), hands the loop every call
whose inputs are known, and tells the results in sentences that cite them. Where it is not sure what was asked it says
what it understood and offers the nearest kinds of question; it never guesses silently.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from ...memory.records import ToolCall, ToolResult
from ...memory.text import shorten
from .by_handle import Handles, recall_calls, resolve, told
from .classifier import LEAST_MARGIN
from .contract import Aside, Break, CallTools, Give, Part, State, Step
from .documents import AboutDocuments, document_calls, documents_asked
from .frames import KINDS, Frame, Reading
from .generated import AskedOfModel, asked_of_model, model_calls, model_told
from .kinds import kind_of
from .kinds.containing import asks_containing
from .kinds.documents import documents_told
from .kinds.elsewhere import asks_elsewhere, what_is_asked
from .kinds.literature import asks_library, beside, look_after, look_beside, nearest_beside, without_lead
from .kinds.own_papers import asks_papers, holds_papers, papers_told, with_papers
from .kinds.plan import Node, Results, Section, Status
from .kinds.selectivity import asks_selectivity
from .reading import read
from .slots import NEEDS, lacking

__all__ = ["EmbeddedPlanner"]

_OF_NAMES = frozenset(
    ("target_identity", "target_profile", "target_activities", "potency", "compound_activities", "mechanism")
)
"""Kinds that look a name up; a name that no store knows may be one that papers are about."""


@dataclass
class _Work:
    """The state of one run: what was read, and each frame's nodes with the ids under which they were called."""

    reading: Reading
    sure: list[bool]
    nodes: list[list[Node]]
    papers: list[bool]
    """Which frames are put to the user's papers first."""
    call_ids: dict[str, tuple[int, str]] = field(default_factory=dict)
    called: set[tuple[int, str]] = field(default_factory=set)
    notes: tuple[str, ...] = ()


class EmbeddedPlanner:
    """Plans by recognised entities and question kinds. Stateless between runs."""

    @property
    def name(self) -> str:
        return "embedded"

    async def next_step(self, state: State) -> Step:
        """The calls that can be made now, or the answer when none is left."""
        handles = state.memo.get("handles")
        if handles is None:
            handles = state.memo["handles"] = resolve(state.question, state.earlier)
        if handles.recalled:
            return _recall(handles, state)
        if "documents" not in state.memo:
            state.memo["documents"] = documents_asked(state)
        if state.memo["documents"] is not None:
            return _of_documents(state.memo["documents"], state)
        if "model" not in state.memo:
            state.memo["model"] = await asked_of_model(state, handles.question)
        if state.memo["model"] is not None:
            return _of_model(state.memo["model"], state)
        work = state.memo.get("work")
        if work is None:
            work = state.memo["work"] = await self._begin(state, handles)
        results = _results_by_frame(work, state)
        calls = [] if state.must_answer else self._ready(work, results)
        if calls:
            first = len(work.call_ids) == len(calls)
            return CallTools(tuple(calls), plan=_summary(work.reading) if first else "", details=_details(work.reading))
        return self._answer(work, results)

    async def understand(self, state: State, handles: Handles) -> Reading:
        """What the question is taken for; a planner above may change it and leave it in the memo as `reading`."""
        bare = without_lead(handles.question)
        reading = await read(bare, state.history, state.bench)
        whole = len(reading.frames) == 1 or bare != handles.question
        frames = tuple(_routed(frame, handles.question if whole else frame.clause) for frame in reading.frames)
        return replace(reading, frames=frames)

    async def _begin(self, state: State, handles: Handles) -> _Work:
        reading = state.memo.get("reading") or await self.understand(state, handles)
        sure = [frame.margin >= LEAST_MARGIN for frame in reading.frames]
        nodes = [
            _planned(frame) if certain else look_beside(frame)
            for frame, certain in zip(reading.frames, sure, strict=True)
        ]
        papers = [asks_papers(frame) for frame in reading.frames]
        if any(papers) and not await asyncio.to_thread(holds_papers, state.bench, state.offline):
            papers = [False] * len(papers)
        nodes = [
            with_papers(frame, planned) if asked else planned
            for frame, planned, asked in zip(reading.frames, nodes, papers, strict=True)
        ]
        return _Work(reading, sure, nodes, papers, notes=(*handles.notes, *reading.notes, *_left_out(reading, state)))

    def _ready(self, work: _Work, results: list[dict[str, ToolResult]]) -> list[ToolCall]:
        calls: list[ToolCall] = []
        for index, nodes in enumerate(work.nodes):
            for node in nodes:
                place = (index, node.key)
                if place in work.called or any(key not in results[index] for key in node.after):
                    continue
                work.called.add(place)
                arguments = node.arguments(Results(results[index])) if callable(node.arguments) else node.arguments
                if arguments is None:
                    continue
                call_id = f"c{len(work.call_ids) + 1}"
                work.call_ids[call_id] = place
                calls.append(ToolCall(id=call_id, tool=node.tool, arguments=dict(arguments)))
        return calls

    def _answer(self, work: _Work, results: list[dict[str, ToolResult]]) -> Give:
        parts: list[Part] = []
        statuses: list[Status] = []
        told: list[Part] = []
        for index, frame in enumerate(work.reading.frames):
            section = self._section(work, index, frame, results[index])
            said_already = bool(section.parts) and all(part in told for part in section.parts)
            if said_already or (frame.optional and section.status == "unknown"):
                continue
            told += section.parts
            if parts:
                parts.append(Break())
            parts += section.parts
            statuses.append(section.status)
        for clause in work.reading.dropped:
            parts += [Break(), Aside(f"Not understood: “{shorten(clause, 120)}”.")]
            statuses.append("unknown")
        if not statuses:
            section = _nothing_understood()
            parts, statuses = list(section.parts), [section.status]
        notices = [f"“{written}” was read as {meant}." for written, meant in work.reading.corrections]
        return Give(
            tuple(parts),
            status=_overall(statuses),
            notices=(*notices, *work.notes),
            plan="" if work.call_ids else _summary(work.reading),
        )

    def _section(self, work: _Work, index: int, frame: Frame, results: dict[str, ToolResult]) -> Section:
        if work.papers[index]:
            without = {key: result for key, result in results.items() if key != "library"}
            return papers_told(frame, Results(results), self._of_stores(work, index, frame, without))
        return self._of_stores(work, index, frame, results)

    def _of_stores(self, work: _Work, index: int, frame: Frame, results: dict[str, ToolResult]) -> Section:
        if not work.sure[index]:
            found = Results(results)
            return beside(frame, found) or _unsure(frame, nearest_beside(frame, found))
        if not work.nodes[index] and NEEDS[frame.kind]:
            return _ask_back(frame)
        section = kind_of(frame.kind).compose(frame, Results(results))
        if not _may_be_of_papers(frame) or section.status != "unknown":
            return section
        said = beside(frame, Results(results))
        if said is not None:
            return Section((*said.parts, Break(), *section.parts), "partial") if frame.kind in _OF_NAMES else said
        near = nearest_beside(frame, Results(results))
        return Section((*section.parts, Break(), *near), "unknown") if near else section


def _planned(frame: Frame) -> list[Node]:
    """What its kind plans; where nobody knows the name that it is asked of, the library after it."""
    nodes = kind_of(frame.kind).plan(frame)
    return [*nodes, *look_after(frame, nodes)] if _may_be_of_papers(frame) else nodes


def _may_be_of_papers(frame: Frame) -> bool:
    """Whether it may ask about a name that papers know and no store does."""
    return frame.kind in _OF_NAMES or (bool(frame.unknown) and not (frame.molecules or frame.targets))


def _recall(handles: Handles, state: State) -> Step:
    """The calls that bring the named results into this run, and then what they hold."""
    results = tuple((item.call, item.result) for item in state.observations)
    if not results and not state.must_answer:
        named = ", ".join(handles.recalled)
        return CallTools(
            recall_calls(handles.recalled), plan=f"Understood as earlier results of this session: {named}."
        )
    statuses: list[Status] = ["unknown" if result.status == "failed" else "answered" for _, result in results]
    return Give(told(results), status=_overall(statuses) if statuses else "unknown")


def _of_documents(asked: AboutDocuments, state: State) -> Step:
    """The calls that look into the documents, and then what they say."""
    calls = document_calls(asked)
    if calls and not state.observations and not state.must_answer:
        named = ", ".join(dict.fromkeys(document.label for document in asked.documents))
        return CallTools(calls, plan=f"Understood as a question about {shorten(named, 160)}.")
    section = documents_told(asked, tuple((item.call, item.result) for item in state.observations))
    return Give(section.parts, status=section.status, notices=asked.notes)


def _of_model(asked: AskedOfModel, state: State) -> Step:
    """The calls that ask BioMedGPT-10B, and then what it wrote."""
    calls = model_calls(asked)
    if calls and not state.observations and not state.must_answer:
        names = ", ".join(name for _, name in (*asked.molecules, *asked.proteins))
        return CallTools(calls, plan=f"Understood as a question to BioMedGPT-10B about {shorten(names, 120)}.")
    section = model_told(asked, tuple(item.result for item in state.observations))
    return Give(section.parts, status=section.status)


def _left_out(reading: Reading, state: State) -> tuple[str, ...]:
    """That a question which leans on earlier ones was read with the newest of them only."""
    if not state.left_out or not (reading.follow_up_of or reading.notes):
        return ()
    every, kept = state.left_out + len(state.history), len(state.history)
    return (f"Of the {every} earlier questions of this session the last {kept} were looked back at.",)


def _routed(frame: Frame, asked_in: str) -> Frame:
    """The frame as what it names outright, whatever else it may be taken for."""
    if asks_library(frame, asked_in):
        return replace(frame, kind="literature", margin=1.0)
    if asks_containing(frame):
        return replace(frame, kind="substructure", margin=1.0)
    if asks_selectivity(frame):
        return replace(frame, kind="compound_activities", margin=1.0)
    return replace(frame, kind="unsupported", margin=1.0) if asks_elsewhere(frame) else frame


def _results_by_frame(work: _Work, state: State) -> list[dict[str, ToolResult]]:
    found: list[dict[str, ToolResult]] = [{} for _ in work.nodes]
    for observation in state.observations:
        index, key = work.call_ids[observation.call.id]
        found[index][key] = observation.result
    return found


def _overall(statuses: list[Status]) -> Status:
    if all(status == "answered" for status in statuses):
        return "answered"
    return "unknown" if all(status == "unknown" for status in statuses) else "partial"


def _summary(reading: Reading) -> str:
    if not reading.frames:
        return "Nothing in this question was understood."
    told = []
    for frame in reading.frames:
        things = [
            entity.name or entity.text
            for entity in (*frame.molecules, *frame.targets, *frame.diseases, *frame.groups, *frame.unknown)
        ]
        about = f": {shorten(', '.join(things), 120)}" if things else ""
        told.append(f"{what_is_asked(frame) or KINDS[frame.kind]}{about}")
    return "Understood as " + "; ".join(told) + "."


def _details(reading: Reading) -> dict[str, object]:
    return {
        "frames": [
            {"kind": frame.kind, "probability": round(frame.probability, 3), "margin": round(frame.margin, 3)}
            for frame in reading.frames
        ],
        "follow_up_of": reading.follow_up_of,
    }


def _unsure(frame: Frame, near: tuple[Part, ...] = ()) -> Section:
    kinds = [KINDS[kind] for kind in dict.fromkeys((frame.kind, *frame.runners_up))][:3]
    seen = [
        entity.name or entity.text for entity in (*frame.molecules, *frame.targets, *frame.diseases, *frame.unknown)
    ]
    recognised = f" I recognised {', '.join(shorten(text, 60) for text in seen)}." if seen else ""
    offers = "\n".join(f"- {text}" for text in kinds)
    asked_back = Aside(f"I am not sure what is asked.{recognised} Did you want to know")
    return Section((*near, asked_back, Aside(offers)), "unknown")


def _ask_back(frame: Frame) -> Section:
    """What was understood, and what has to be named for it."""
    missing = lacking(frame.kind, frame.entities) or "more to go on"
    return Section(
        (Aside(f"I understood a question about {KINDS[frame.kind]}. For that I need {missing}."),), "unknown"
    )


def _nothing_understood() -> Section:
    lines = "\n".join(f"- {text}" for kind, text in KINDS.items() if kind not in ("help", "unsupported"))
    return Section((Aside("I did not understand the question. I can answer questions about"), Aside(lines)), "unknown")
