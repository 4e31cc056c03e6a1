"""Questions that are put to the user's own papers first, and those that stay with the stores."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.verification import verify_run
from biocopilot.memory.events import Event
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.writing import Origin
from biocopilot.tools.workbench import LibraryChoice


def article(pmid: str, title: str, text: str) -> ReadDocument:
    return ReadDocument(
        About(title=title, pmid=pmid, year=2015), (Part(text, "abstract", section="Abstract"),), "pubmed", 20
    )


ARTICLES = [
    article(
        "201", "Adrenal sensitivity in critical illness",
        "We followed 59 adults. Critical illness went with a diminished adrenal sensitivity to ACTH. Blood was kept cold.",
    ),
    article("202", "Chromosomes of Oxytricha", "The macronuclear genome of Oxytricha has about 16,000 chromosomes. Reads were assembled."),
    article("203", "ACE polymorphism", "The ACE I/D polymorphism was not associated with preeclampsia. It was typed by PCR."),
]  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    """A copilot whose library has three articles beside the project's own notes."""
    folder = tmp_path_factory.mktemp("papers") / "library"
    choice = LibraryChoice(folder=folder)
    with choice.open(offline=True) as library:
        library.add_documents(ARTICLES, Origin("pubmed:papers", "0" * 64))
    with Copilot(planner="embedded", offline=True, log=False, library=choice) as copilot:
        yield copilot


ANSWERED = [
    (
        "What did the study of ACTH in critical illness find about adrenal sensitivity?",
        "diminished adrenal sensitivity",
    ),
    ("How many chromosomes does the Oxytricha macronuclear genome have?", "about 16,000 chromosomes"),
    ("Is the ACE I/D polymorphism associated with preeclampsia?", "was not associated with preeclampsia"),
]


@pytest.mark.parametrize(("question", "quoted"), ANSWERED, ids=[question for question, _ in ANSWERED])
def test_what_papers_say_is_quoted_first(reader: Copilot, question: str, quoted: str) -> None:
    answer = reader.ask(question)
    assert answer.tool_calls[0].tool == "search_library"
    assert answer.status == "answered"
    assert quoted in answer.claims[0].text
    assert all(claim.verdict == "supported" and claim.evidence for claim in answer.claims)


def test_an_open_question_is_answered_by_the_nearest_sentences(reader: Copilot) -> None:
    text = reader.ask("How many chromosomes does the Oxytricha macronuclear genome have?").text
    assert "Nearest in your library" in text
    assert "PMID 202 (2015): “The macronuclear genome of Oxytricha has about 16,000 chromosomes.” [E" in text


def test_what_a_store_knows_is_told_beside_it(reader: Copilot) -> None:
    answer = reader.ask("Is the ACE I/D polymorphism associated with preeclampsia?")
    assert [call.tool for call in answer.tool_calls] == ["search_library", "target_profile"]
    assert "ACE is Angiotensin-converting enzyme" in answer.text


def test_where_papers_do_not_say_it_that_is_said_and_no_word_is_missed_as_a_target(reader: Copilot) -> None:
    answer = reader.ask("Does the length of the window of implantation affect pregnancy?")
    assert answer.status == "unknown"
    assert "The library does not say" in answer.text
    assert "No target called window" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "MW of aspirin?",
        "Does imatinib inhibit KIT?",
        "How does ibrutinib work?",
        "Is caffeine drug-like?",
        "Which drugs are used for asthma?",
        "What does BTK do?",
        "which data do you use?",
        "which target hides behind CHEMBL240",
        "is EGFR longer than 1000 residues?",
    ],
)
def test_what_the_stores_can_answer_stays_with_them(reader: Copilot, question: str) -> None:
    assert "search_library" not in {call.tool for call in reader.ask(question).tool_calls}


@pytest.mark.parametrize(
    "question", ["How do I synthesise aspirin?", "can I take ibuprofen with alcohol", "tell me a joke"]
)
def test_what_papers_are_not_asked_is_not_looked_for(reader: Copilot, question: str) -> None:
    assert reader.ask(question).tool_calls == ()


@pytest.mark.parametrize("question", ["what is the capital of France", "what does the protein XQZR7 do"])
def test_a_question_that_no_paper_is_near_to_is_not_answered_from_them(reader: Copilot, question: str) -> None:
    answer = reader.ask(question)
    assert answer.tool_calls[0].tool == "search_library"
    assert answer.status == "unknown"
    assert "“" not in answer.text


def test_without_papers_of_the_users_own_nothing_changes(copilot: Copilot) -> None:
    answer = copilot.ask("What did the study of ACTH in critical illness find about adrenal sensitivity?")
    assert answer.tool_calls == ()


def test_near_sentences_and_titles_are_found_again_when_the_run_is_verified(reader: Copilot) -> None:
    async def run() -> list[Event]:
        return [
            event async for event in reader.stream("How many chromosomes does the Oxytricha macronuclear genome have?")
        ]

    verified = asyncio.run(verify_run(asyncio.run(run()), reader.bench))
    assert {check.outcome for check in verified.claims} == {"holds"}
