"""A Reactome of its own on loopback, in the shapes of its content service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from biocopilot.tools.sources.reactome import ReactomeLive

PATH = "/reactome/data/mapping/UniProt/P00533/pathways"


def _event(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "dbId": number,
        "displayName": name,
        "stId": f"R-HSA-{number}",
        "stIdVersion": f"R-HSA-{number}.3",
        "isInDisease": False,
        "isInferred": False,
        "name": [name],
        "releaseDate": "2010-09-21",
        "speciesName": "Homo sapiens",
        "hasDiagram": True,
        "className": "Pathway",
        "schemaClass": "Pathway",
        **more,
    }


class FakeReactome:
    """Answers from `events` for P00533 only."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = faulty
        self.events = [_event(177929, "Signaling by EGFR"), _event(179812, "GRB2 events in EGFR signaling")]
        self.version = "94"
        faulty.serve("/reactome/data/database/version", lambda heard: self.version)
        faulty.serve("/reactome/data/mapping/*", lambda heard: self.absent())
        faulty.serve(PATH, lambda heard: self.events)

    def answer(self, body: Any, status: int = 200, **headers: str) -> Any:
        return self.faulty.answer(body, status, **headers)

    def absent(self, status: int = 404) -> Any:
        return self.answer({"code": 404, "reason": "NOT_FOUND", "messages": ["No entities found"]}, status)


@pytest.fixture
def reactome(faulty: Any) -> FakeReactome:
    return FakeReactome(faulty)


@pytest.fixture(scope="session")
def event() -> Any:
    """`event(number, name)`: a pathway as the service gives it."""
    return _event


@pytest.fixture
async def live(transport: Any) -> AsyncIterator[ReactomeLive]:
    async with transport.session() as session:
        yield ReactomeLive(session)
