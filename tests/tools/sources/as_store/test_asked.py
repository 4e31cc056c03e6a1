"""Questions about what only the services know, from the question to the verified run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.verification import Verification, verify_run
from biocopilot.memory.events import Event
from biocopilot.memory.store_connection import STARTER


@pytest.fixture
def asked(dump: Path, objects_of: Any, chembl: Any, uniprot: Any, make_bench: Any) -> Copilot:
    """A copilot over the starter set, and a ChEMBL that also has hopefulinib."""
    chembl(objects_of(dump))
    copilot = Copilot(planner="embedded", log=False)
    copilot.bench = make_bench(STARTER)
    return copilot


async def events_of(copilot: Copilot, question: str) -> list[Event]:
    return [event async for event in copilot.stream(question)]


async def verified(copilot: Copilot, events: list[Event]) -> Verification:
    return await verify_run(events, copilot.bench)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is hopefulinib used for?", "anemia"),
        ("Is hopefulinib approved?", "small molecule"),
    ],
)
def test_a_drug_that_only_the_service_knows(asked: Copilot, question: str, told: str) -> None:
    answer = asked.ask(question)
    assert answer.status == "answered", answer.text
    assert told in answer.text.casefold()
    assert {item.backend for item in answer.evidence} <= {"live", "computed"}
    assert all(claim.verdict == "supported" for claim in answer.claims)


def test_a_drug_that_the_service_knows_too_little_of(asked: Copilot) -> None:
    answer = asked.ask("How does hopefulinib work?")
    assert answer.status == "unknown"
    assert "No molecule called" not in answer.text
    assert any("in vain: ChEMBL 36" in notice for notice in answer.notices)


@pytest.mark.parametrize("question", ["Is imatinib withdrawn?", "Why was imatinib withdrawn?"])
def test_warnings_that_only_the_service_knows(asked: Copilot, question: str) -> None:
    answer = asked.ask(question)
    assert answer.status == "answered", answer.text
    assert answer.text.startswith(
        "Warnings that ChEMBL records; a list, no safety assessment and no medical advice:"
    ), answer.text
    assert (
        "| imatinib mesylate | Withdrawn | hepatotoxicity, liver failure | Liver failure in the made-up trial |"
        " Utopia; Erewhon | 2009 | [E1] |"
    ) in answer.text
    assert {claim.verdict for claim in answer.claims} == {"supported"}
    assert {item.backend for item in answer.evidence} == {"live"}


def test_other_warnings_are_not_a_withdrawal(asked: Copilot) -> None:
    answer = asked.ask("Was hopefulinib withdrawn?")
    assert answer.status == "answered", answer.text
    assert answer.text.startswith("No withdrawal of hopefulinib is recorded in this source; other warnings are. [E1]")
    assert "| hopefulinib | Black Box Warning | – | – | United States | – | [E1] |" in answer.text
    assert {claim.verdict for claim in answer.claims} == {"supported"}


def test_no_warning_anywhere_is_not_safety(asked: Copilot) -> None:
    answer = asked.ask("Is aspirin withdrawn?")
    assert answer.status == "unknown"
    assert "cannot tell" in answer.text
    assert any("in vain: ChEMBL 36" in notice for notice in answer.notices)


async def test_a_run_is_verified_from_kept_replies(asked: Copilot) -> None:
    events = await events_of(asked, "What is hopefulinib used for?")
    found = await verified(asked, events)
    assert (found.status, [check.outcome for check in found.evidence]) == ("verified", ["same"])


async def test_without_kept_replies_it_is_not_called_fine(asked: Copilot) -> None:
    events = await events_of(asked, "What is hopefulinib used for?")
    asked.bench.kept_replies.cache.clear()  # type: ignore[union-attr]
    found = await verified(asked, events)
    assert (found.status, [check.outcome for check in found.evidence]) == ("incomplete", ["not_rechecked"])
    assert "not kept" in found.evidence[0].reason


def test_offline_the_name_is_not_found_and_nothing_is_sent(asked: Copilot, faulty: Any) -> None:
    asked.offline = True
    answer = asked.ask("How does hopefulinib work?")
    assert answer.status == "unknown"
    assert faulty.count() == 0


def test_every_service_down_the_run_still_ends_with_an_answer(asked: Copilot, faulty: Any) -> None:
    faulty.serve("/*", faulty.answer("busy", 503))
    faulty.serve("/chembl/*", faulty.answer("busy", 503))
    answer = asked.ask("Is hopefulinib approved, and what is the molecular weight of aspirin?")
    assert answer.status == "partial"
    assert "180.16" in answer.text
    assert any("ChEMBL" in notice for notice in answer.notices)


def test_asking_from_several_threads_gives_each_its_answer(asked: Copilot) -> None:
    async def both() -> list[Any]:
        return await asyncio.gather(
            *(asyncio.to_thread(asked.ask, f"What is hopefulinib used for{'?' * n}") for n in (1, 2, 3))
        )

    answers = asyncio.run(both())
    assert {answer.status for answer in answers} == {"answered"}
