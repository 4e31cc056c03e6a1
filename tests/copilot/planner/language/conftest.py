"""A server that speaks OpenAI's protocol, and asking a planner over it; chemistry and stores are shared by all tests here."""

from __future__ import annotations

import asyncio
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.loop import Budget
from biocopilot.copilot.planner.language.choice import ModelChoice
from biocopilot.memory.errors import BiocopilotError
from biocopilot.memory.events import Event
from biocopilot.memory.records import Answer
from biocopilot.memory.transcript import answer_of

SERVER = runpy.run_path(str(Path(__file__).parent / "openai_server.py"))


@dataclass
class Asked:
    """A finished run."""

    answer: Answer
    events: list[Event] = field(default_factory=list)
    error: BiocopilotError | None = None

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.type == kind]

    def notices(self, kind: str) -> list[str]:
        return [event.text for event in self.of("notice") if event.kind == kind]

    @property
    def called(self) -> list[tuple[str, dict[str, Any]]]:
        return [(call.tool, call.arguments) for call in self.answer.tool_calls]


@pytest.fixture
def openai() -> Any:
    """What tests write replies with: `Reply`, `call`, `failure`."""
    pytest.importorskip("langchain_openai", reason="the extra `agent` is not installed")
    return type("OpenAI", (), {name: staticmethod(SERVER[name]) for name in ("Reply", "call", "failure")})


@pytest.fixture
def server(openai: Any) -> Iterator[Any]:
    with SERVER["serving"]() as fake:
        yield fake


@pytest.fixture
def ask(copilot: Copilot, server: Any) -> Callable[..., Asked]:
    """Asks a question of `openai:fake` on the server, or of the planner given."""

    def asked(
        question: str = "What is the molecular weight of aspirin?",
        planner: Any = "openai:fake",
        budget: Budget | None = None,
        session: str | None = None,
        **choice: Any,
    ) -> Asked:
        made = Copilot(
            planner,
            log=False,
            budget=budget,
            model=ModelChoice(**{"base_url": server.url, "timeout_s": 5.0, "max_new_tokens": 1024, **choice}),
        )
        made.bench = copilot.bench
        made.offline = True  # the tools' share of it: the planner has its server on this machine
        events: list[Event] = []
        error = None
        try:
            answer = asyncio.run(made.aask(question, session=session, listener=events.append))
        except BiocopilotError as raised:
            answer, error = answer_of(events), raised
        return Asked(answer, events, error)

    return asked
