"""Which documents the user's library has: of an author, about something, from some years."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.kinds.library_list import ListAsked, list_asked
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.writing import Origin
from biocopilot.tools.workbench import LibraryChoice


def article(pmid: str, title: str, text: str, author: str, year: int) -> ReadDocument:
    about = About(title=title, pmid=pmid, year=year, authors=(author,))
    return ReadDocument(about, (Part(text, "abstract", section="Abstract"),), "pubmed", 20)


ARTICLES = [
    article("301", "Statins and colorectal cancer", "Statin use went with a lower risk of colorectal cancer.", "Tsilidis KK", 2018),
    article("302", "Type 2 diabetes and cancer", "Diabetes was associated with breast cancer.", "Tsilidis KK", 2015),
    article("303", "Malaria in children", "Intermittent preventive treatment lowered malaria in children by half.", "Greenwood B", 2011),
]  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    choice = LibraryChoice(folder=tmp_path_factory.mktemp("listed") / "library")
    with choice.open(offline=True) as library:
        library.add_documents(ARTICLES, Origin("pubmed:listed", "0" * 64))
    with Copilot(planner="embedded", offline=True, log=False, library=choice) as copilot:
        yield copilot


@pytest.mark.parametrize(
    ("question", "begins", "listed"),
    [
        ("What papers do I have by Tsilidis?", "Your library has 2 documents by Tsilidis", ["PMID 301", "PMID 302"]),
        ("what papers do i have by tsilidis", "Your library has 2 documents by tsilidis", ["PMID 301", "PMID 302"]),
        ("What papers do I have by Tsilidis about statins?", "Your library has 1 document by Tsilidis about statins", ["PMID 301"]),
        ("What papers do I have about statins?", "Your library has 1 document about statins", ["PMID 301"]),
        ("which of my papers are about cancer?", "Your library has 2 documents about cancer", ["PMID 301", "PMID 302"]),
        ("list my papers from 2015", "Your library has 1 document from 2015", ["PMID 302"]),
        ("list my papers since 2015", "Your library has 2 documents from 2015 on", ["PMID 301", "PMID 302"]),
        ("do I have anything on malaria?", "Your library has 1 document about malaria", ["PMID 303"]),
        ("Do we have any articles by Nobody?", "Your library has no document by Nobody. `biocopilot library add` adds some.", []),
        ("How many papers do I have?", "Ask for those of an author, of a year or about something", []),
    ],
)  # fmt: skip
def test_the_library_is_listed_and_nothing_else_is_asked(
    reader: Copilot, question: str, begins: str, listed: list[str]
) -> None:
    answer = reader.ask(question)
    assert {call.tool for call in answer.tool_calls} <= {"search_library"}
    assert answer.text.startswith(begins)
    assert [line.split(" | ")[0].strip("| ") for line in answer.text.splitlines() if line.startswith("| ")][
        2:
    ] == listed
    assert all(claim.verdict == "supported" for claim in answer.claims)
    assert answer.status == ("answered" if listed else "unknown")


@pytest.mark.parametrize(
    "clause",
    ["What do my papers say about statins?", "Which papers about statins are there?", "list papers on statins", "who wrote the first paper?", "what do I have to know about statins"],
)  # fmt: skip
def test_what_papers_say_and_what_is_published_is_another_question(clause: str) -> None:
    assert list_asked(clause) is None


def test_author_topic_and_years_are_told_apart() -> None:
    asked = list_asked("Which articles do I have by Smith J on breast cancer from 2010 to 2015?")
    assert asked == ListAsked("Smith J", "breast cancer", (2010, 2015))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Does intermittent preventive treatment protect children from malaria?", "search_library"),
        ("Does exercise lower the risk of breast cancer?", "search_library"),
        ("Is there a drug for malaria?", "drugs_for_indication"),
        ("Which drugs protect from malaria?", "drugs_for_indication"),
    ],
)
def test_whether_something_does_a_disease_good_is_asked_of_papers(reader: Copilot, question: str, first: str) -> None:
    assert reader.ask(question).tool_calls[0].tool == first
