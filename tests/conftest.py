"""Fixtures for all tests: a home of their own, the shared material where it lies beside the checkout, one copilot, and
the events of a recorded run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.memory.events import (
    AnswerFinished,
    Event,
    EvidenceAdded,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolStarted,
)
from biocopilot.memory.records import Evidence, Source, ToolCall, record_sha256

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home that no other test has touched."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder `shared` with real records is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def copilot() -> Iterator[Copilot]:
    """One offline copilot for all tests that only ask; nothing is recorded."""
    with Copilot(planner="embedded", offline=True, log=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def session_run() -> Callable[..., list[Event]]:
    """`session_run("r1", "kinases", "q?", "a")`: the events of a run that found one thing, whose record holds the answer."""
    begun = datetime(2026, 11, 24, 5, 31, 22, tzinfo=UTC)

    def made(
        run_id: str, session: str | None, question: str = "q?", answer: str = "a", minutes: int = 0
    ) -> list[Event]:
        at = begun + timedelta(minutes=minutes)
        common: dict[str, Any] = {"run_id": run_id, "at": at}
        record = {"type": "x", "text": answer}
        evidence = Evidence(
            id="E1",
            tool="find",
            arguments={"what": question},
            source=Source(name="s", release="1", licence="CC0", attribution="n"),
            retrieved_at=at,
            backend="computed",
            record=record,
            sha256=record_sha256(record),
        )
        finished = ToolFinished(
            **common,
            number=4,
            call_id="c1",
            tool="find",
            status="ok",
            seconds=0.1,
            matched=1,
            returned=1,
            evidence=("E1",),
            digest=f"E1: found {answer[:20]}\nwarning: E9: no result",
        )
        return [
            RunStarted(**common, number=1, question=question, planner="scripted", session=session),
            ToolStarted(**common, number=2, call=ToolCall(id="c1", tool="find", arguments={"what": question})),
            EvidenceAdded(**common, number=3, call_id="c1", evidence=evidence),
            finished,
            AnswerFinished(**common, number=5, text=answer),
            RunFinished(**common, number=6, status="answered", seconds=0.5),
        ]

    return made
