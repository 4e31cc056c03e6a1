"""Questions to the library: which search they become, and how both sides, nothing, and an open answer are told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.frames import Frame
from biocopilot.copilot.planner.kinds.literature import look_after
from biocopilot.copilot.planner.kinds.plan import Node, Results
from biocopilot.copilot.verification import verify_run
from biocopilot.memory.events import Event
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin
from biocopilot.memory.records import Answer, Evidence, Source, ToolResult, record_sha256
from biocopilot.memory.transcript import answer_of
from biocopilot.tools.workbench import LibraryChoice


def article(pmid: str, title: str, text: str, **about: Any) -> ReadDocument:
    part = Part(text, "abstract", section="Abstract")
    return ReadDocument(About(title=title, pmid=pmid, **about), (part,), "pubmed", 20)


ARTICLES = [
    article(
        "101", "A trial of zarvexin", "OBJECTIVE: To see whether zarvexin reduces mortality in sepsis.\nMETHODS: Randomly assigned, 120 patients were"
        " included.\nRESULTS: Zarvexin reduced mortality in sepsis (p = 0.01).", year=2019, publication_types=("Randomized Controlled Trial",),
    ),
    article("102", "Zarvexin and sepsis in a cohort", "In this cohort study zarvexin did not reduce mortality in sepsis.", year=2021),
    article(
        "103", "Zarvexin saves all", "Zarvexin reduced mortality in sepsis in all 12 patients.", year=2015, state="retracted",
        standing="RETRACTED (notice PMID 999)",
    ),
    article("105", "Light and proteorhodopsin", "Vibrio bacteria with proteorhodopsin survive starvation better in the light."),
    article("104", "Copper in plants", "Copper is taken up by roots. Why copper binds to sulfur is a matter of softness."),
]  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    """A copilot with a library of four articles, and without the project's own notes."""
    folder = tmp_path_factory.mktemp("library") / "library"
    with Library.open(folder) as library:
        library.add_documents(ARTICLES, Origin("pubmed:zarvexin", "0" * 64))
        library.remove([row.id for row in library.documents() if row.collection == "biocopilot-notes"])
    with Copilot(planner="embedded", offline=True, log=False, library=LibraryChoice(folder=folder)) as copilot:
        yield copilot


def calls(answer: Answer) -> list[tuple[str, str]]:
    return [(call.tool, str(call.arguments.get("question", call.arguments.get("query")))) for call in answer.tool_calls]


SEARCHES = [
    ("What does my library say about zarvexin?", "zarvexin"),
    ("In my library, does zarvexin reduce mortality in sepsis?", "In my library, does zarvexin reduce mortality in sepsis?"),
    ("what do my papers say about copper in plants", "copper in plants"),
    ("According to the literature, does zarvexin reduce mortality?", "does zarvexin reduce mortality?"),
    ("Does zarvexin reduce mortality in sepsis?", "Does zarvexin reduce mortality in sepsis?"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "searched"), SEARCHES, ids=[question for question, _ in SEARCHES])
def test_the_library_is_searched_first(asked: Copilot, question: str, searched: str) -> None:
    tool, found = calls(asked.ask(question))[0]
    assert tool == "search_library"
    assert found.casefold().rstrip("?") in (
        searched.casefold().rstrip("?"),
        searched.casefold().removeprefix("in my library, ").rstrip("?"),
    )


def test_both_sides_stand_with_study_size_year_and_id_and_the_retracted_one_is_marked_and_last(asked: Copilot) -> None:
    answer = asked.ask("Does zarvexin reduce mortality in sepsis?")
    assert answer.status == "answered"
    assert all(claim.verdict == "supported" for claim in answer.claims)
    lines = [line for line in answer.text.split("\n\n") if line]
    so, otherwise = lines.index("Passages that say so:"), lines.index("Passages that say otherwise:")
    ids = {item.record["pmid"]: item.id for item in answer.evidence}
    assert lines[so + 1] == (
        f"PMID 101 (randomised trial, “120 patients”, 2019): “Zarvexin reduced mortality in sepsis (p = 0.01).” [{ids['101']}]"
    )
    assert lines[so + 2].startswith("**RETRACTED (notice PMID 999)** PMID 103 (")
    assert lines[otherwise + 1] == (
        f"PMID 102 (cohort study, 2021): “In this cohort study zarvexin did not reduce mortality in sepsis.” [{ids['102']}]"
    )
    assert re.fullmatch(r"Looked at [34] passages of [34] documents in your library\.", lines[0])


def test_where_no_sentence_states_either_side_the_nearest_is_no_answer(asked: Copilot) -> None:
    answer = asked.ask("Does copper increase growth in my library?")
    assert answer.status == "partial"
    assert "No sentence is near enough to be taken for an answer. Nearest in your library:" in answer.text


def test_where_it_does_not_say_the_nearest_titles_are_named(asked: Copilot) -> None:
    answer = asked.ask("Does my library say whether zarvexin prevents baldness?")
    assert "The library does not say" in answer.text
    assert "A near document: Zarvexin" in answer.text
    assert all(claim.verdict == "supported" for claim in answer.claims)


def test_the_users_own_papers_are_not_looked_for_outside(asked: Copilot) -> None:
    assert {tool for tool, _ in calls(asked.ask("what do my papers say about baldness"))} == {"search_library"}
    assert {tool for tool, _ in calls(asked.ask("what does the literature say about baldness"))} == {
        "search_library",
        "literature_search",
    }


def test_an_answer_in_the_library_is_not_looked_for_outside(asked: Copilot) -> None:
    assert [tool for tool, _ in calls(asked.ask("Does zarvexin reduce mortality in sepsis?"))] == ["search_library"]


CONCEPTS = [
    ("Why does ATP concentration shift IC50?", "IC50 = Ki × (1 + [ATP]/Km)"),
    ("What is the hook effect of PROTACs?", "the hook effect"),
    ("What is known about resistance to osimertinib?", "after osimertinib"),
    ("Does T790M increase the affinity of EGFR for ATP?", "T790M raises the affinity of EGFR for ATP"),
]


@pytest.mark.parametrize(("question", "quoted"), CONCEPTS, ids=[question for question, _ in CONCEPTS])
def test_a_fresh_install_answers_concepts_from_its_own_notes(copilot: Copilot, question: str, quoted: str) -> None:
    answer = copilot.ask(question)
    assert answer.status == "answered"
    assert quoted in answer.text
    assert "in Biocopilot's own notes." in answer.text
    assert all(claim.verdict == "supported" for claim in answer.claims)


@pytest.mark.parametrize(
    "question",
    [
        "How do I synthesise aspirin?",
        "what is the dose of ibuprofen",
        "can I take ibuprofen with alcohol",
        "book me a flight",
    ],
)
def test_what_documents_do_not_state_is_not_looked_for_in_them(copilot: Copilot, question: str) -> None:
    answer = copilot.ask(question)
    assert answer.tool_calls == ()
    assert answer.status == "unknown"


def test_a_question_that_nothing_answers_is_told_the_nearest_sentences(asked: Copilot) -> None:
    answer = asked.ask("How do plants with roots eat copper?")
    assert answer.status != "unknown"
    assert "“Copper is taken up by roots.”" in answer.text


def test_a_name_that_no_store_knows_is_looked_for_in_the_library(asked: Copilot) -> None:
    answer = asked.ask("Does proteorhodopsin help bacteria survive starvation?")
    assert [call.tool for call in answer.tool_calls] == ["search_library", "target_profile"]
    assert "No target called proteorhodopsin" not in answer.text
    assert "“Vibrio bacteria with proteorhodopsin survive starvation better in the light.”" in answer.text


@pytest.mark.parametrize(("status", "searched"), [("ok", False), ("failed", False), ("empty", True)])
def test_the_library_is_searched_behind_a_look_up_only_where_that_knew_nothing(status: Any, searched: bool) -> None:
    frame = Frame(kind="target_profile", clause="Does BTK increase survival?", probability=0.9, margin=0.8)
    (node,) = look_after(frame, [Node("profile", "target_profile", {"target": "BTK"})])
    assert (node.tool, node.after) == ("search_library", ("profile",))
    assert callable(node.arguments)
    source = Source(name="s", release="1", licence="CC0", attribution="s")
    record = Evidence(
        id="E1", tool="target_profile", arguments={}, source=source, retrieved_at=datetime.now(UTC), backend="starter",
        record={"type": "x"}, sha256=record_sha256({"type": "x"}),
    )  # fmt: skip
    evidence = () if status == "failed" else (record,)
    arguments = node.arguments(Results({"profile": ToolResult(status=status, evidence=evidence)}))
    assert (arguments is not None) == searched


def test_where_no_sentence_is_near_the_title_that_is_named_is_told(copilot: Copilot) -> None:
    answer = copilot.ask("How do colloidal aggregators fool assays?")
    assert answer.status == "unknown"
    assert "A near document: Colloidal aggregators and the use of detergent. [E" in answer.text
    assert len(answer.claims) == 1


def test_every_quotation_is_found_again_when_the_run_is_verified(asked: Copilot) -> None:
    async def run() -> list[Event]:
        return [event async for event in asked.stream("Does zarvexin reduce mortality in sepsis?")]

    events = asyncio.run(run())
    assert answer_of(events).claims
    verified = asyncio.run(verify_run(events, asked.bench))
    assert {check.outcome for check in verified.claims} == {"holds"}


def test_a_name_that_only_papers_know_is_looked_for_in_the_library_whatever_kind_it_was_taken_for(
    asked: Copilot,
) -> None:
    answer = asked.ask("Is zarvexin used for sepsis to reduce mortality?")
    assert "search_library" in {call.tool for call in answer.tool_calls}
    assert "PMID 101" in answer.text
