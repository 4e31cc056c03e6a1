"""Records made by hand, for what the real ones seldom hold, and how an answer's parts read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.copilot.claims import check_claim
from biocopilot.copilot.planner.contract import Aside, Part, Row, Sentence, Table
from biocopilot.copilot.planner.frames import Entity, Frame
from biocopilot.copilot.planner.kinds import kind_of
from biocopilot.copilot.planner.kinds.plan import Results, Section
from biocopilot.memory.records import Evidence, Source, ToolResult, record_sha256

SOURCE = Source(name="test", release="1", licence="none", attribution="none")


def quantity(value: float, unit: str = "count", **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "relation": "=", "kind": "test", "convention": "as told", **more}


def evidence_of(record: Mapping[str, Any], id: str = "E1") -> Evidence:
    made = dict(record)
    return Evidence(
        id=id, tool="t", arguments={}, source=SOURCE, retrieved_at=datetime(2026, 11, 24, tzinfo=UTC), backend="computed", record=made, sha256=record_sha256(made)
    )  # fmt: skip


def results_of(records: Mapping[str, Mapping[str, Any] | ToolResult]) -> Results:
    made: dict[str, ToolResult] = {}
    for number, (key, record) in enumerate(records.items(), 1):
        made[key] = (
            record
            if isinstance(record, ToolResult)
            else ToolResult(status="ok", evidence=(evidence_of(record, f"E{number}"),), matched=1, returned=1)
        )
    return Results(made)


def entities(kind: str, *names: str) -> tuple[Entity, ...]:
    return tuple(Entity(kind, name, place, place + 1, name, name) for place, name in enumerate(names))  # type: ignore[arg-type]  # kinds by name


class Told:
    """A composed section: its words, its status, and whether its evidence holds them."""

    def __init__(self, section: Section, results: Results) -> None:
        self.section = section
        self.status = section.status
        self.evidence = {item.id: item for result in results.by_key.values() for item in result.evidence}

    @property
    def sentences(self) -> list[str]:
        return [part.text for part in self.section.parts if isinstance(part, Sentence)]

    @property
    def asides(self) -> list[str]:
        return [part.text for part in self.section.parts if isinstance(part, Aside)]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [row.cells for part in self.section.parts if isinstance(part, Table) for row in part.rows]

    def unsupported(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each sentence and row that the cited evidence does not hold, with what is missing."""
        claims = [check_claim(text, self.evidence) for text in _cited(self.section.parts)]
        return [(claim.text, claim.missing) for claim in claims if claim.verdict != "supported"]


def _cited(parts: Iterable[Part]) -> Iterable[str]:
    for part in parts:
        items: Iterable[Sentence | Row] = (
            [part] if isinstance(part, Sentence) else part.rows if isinstance(part, Table) else []
        )
        for item in items:
            text = item.text if isinstance(item, Sentence) else " | ".join(item.cells)
            yield f"{text} [{', '.join(item.evidence)}]"


Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """`tell("property", "MW of X", {"m1": record}, molecules=…)`: what a kind says of records; slots as in `Frame`."""

    def compose(kind: str, clause: str, records: Mapping[str, Any], **slots: Any) -> Told:
        frame = Frame(kind=kind, clause=clause, probability=1.0, margin=1.0, **slots)  # type: ignore[arg-type]  # kinds by name
        results = results_of(records)
        return Told(kind_of(frame.kind).compose(frame, results), results)

    return compose


@pytest.fixture(scope="session")
def plan() -> Callable[..., list[tuple[str, str, Any]]]:
    """`plan("property", "MW of X", molecules=…)`: key, tool and arguments of each call."""

    def lay_out(kind: str, clause: str = "", **slots: Any) -> list[tuple[str, str, Any]]:
        frame = Frame(kind=kind, clause=clause, probability=1.0, margin=1.0, **slots)  # type: ignore[arg-type]  # kinds by name
        return [(node.key, node.tool, node.arguments) for node in kind_of(frame.kind).plan(frame)]

    return lay_out


@pytest.fixture(scope="session")
def made() -> Any:
    """The makers above, by name: `made.quantity(5, "nM")`, `made.entities("molecule", "aspirin")`."""

    class Makers:
        quantity = staticmethod(quantity)
        entities = staticmethod(entities)
        evidence = staticmethod(evidence_of)
        results = staticmethod(results_of)

    return Makers


@pytest.fixture
def first(copilot: Any) -> Callable[[str], str]:
    """The first sentence of a real answer, none of whose claims was struck."""

    def asked(question: str) -> str:
        answer = copilot.ask(question)
        assert all(claim.verdict == "supported" and claim.evidence for claim in answer.claims), answer.text
        return str(answer.text).split(" [E", 1)[0]

    return asked
