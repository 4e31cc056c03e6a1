"""Follow-up questions about the documents that an answer quoted, in sessions over a small library."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.documents import asks_of_documents
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin
from biocopilot.memory.records import Answer
from biocopilot.tools.workbench import LibraryChoice

ASKED = "Does zarvexin reduce mortality in sepsis?"
AUTHORS = tuple(f"{name} A" for name in ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel"))
Ask = Callable[..., list[Answer]]


def article(pmid: str, title: str, text: str, **about: object) -> ReadDocument:
    part = Part(text, "abstract", section="Abstract")
    return ReadDocument(About(title=title, pmid=pmid, **about), (part,), "pubmed", 20)  # type: ignore[arg-type]  # given by name


ARTICLES = [
    article(
        "101",
        "A trial of zarvexin",
        "Zarvexin reduced mortality in sepsis (p = 0.01). The dose of zarvexin was 9 mg a day. Nobody fell ill of it.",
        year=2019,
        journal="Journal of Trials",
        doi="10.1000/zar.1",
        authors=AUTHORS,
    ),
    article("102", "Zarvexin in a cohort", "Zarvexin did not reduce mortality in sepsis. Fever was rare.", year=2021),
]


@pytest.fixture(scope="module")
def copilot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    folder = tmp_path_factory.mktemp("library") / "library"
    with Library.open(folder) as library:
        library.add_documents(ARTICLES, Origin("pubmed:zarvexin", "0" * 64))
        library.remove([row.id for row in library.documents() if row.collection == "biocopilot-notes"])
    with Copilot(planner="embedded", offline=True, log=False, library=LibraryChoice(folder=folder)) as made:
        yield made


@pytest.fixture
def ask(copilot: Copilot, request: pytest.FixtureRequest) -> Ask:
    """`ask(question, …)`: the answers, of one session of this test's own."""
    return lambda *questions: [copilot.ask(question, session=request.node.name[:70]) for question in questions]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("who wrote the first one?", "PMID 101 was written by Ash A, Birch A, Cedar A, Dogwood A, Elm A, Fir A and others, 8 in all."),
        ("Who are the authors of the first paper?", "PMID 101 was written by Ash A"),
        ("when was the second published?", "PMID 102 was published in 2021."),
        ("which journal was the first published in?", "PMID 101 appeared in Journal of Trials."),
        ("what is the title of the second one?", "PMID 102 has the title “Zarvexin in a cohort”."),
        ("DOI of the first?", "Its identifiers are PMID 101 and doi:10.1000/zar.1."),
        ("who wrote the second?", "No author of PMID 102 is recorded."),
        ("which journal was the second one in?", "No journal of PMID 102 is recorded."),
        ("who wrote PMID 102?", "No author of PMID 102 is recorded."),
    ],
)  # fmt: skip
def test_what_a_document_says_of_itself(question: str, said: str, ask: Ask) -> None:
    first, answer = ask(ASKED, question)
    assert first.text.index("PMID 101") < first.text.index("PMID 102")
    assert said in answer.text.replace(" [E1]", "")
    assert answer.status == "answered"
    assert {claim.verdict for claim in answer.claims} == {"supported"}


def test_two_are_asked_of_at_once(ask: Ask) -> None:
    _, answer = ask(ASKED, "when were the first and the second published?")
    assert "PMID 101 was published in 2019" in answer.text
    assert "PMID 102 was published in 2021" in answer.text
    _, every = ask(ASKED, "when were they published?")
    # Both are read side by side, and which is done first, and so is E1, is not said.
    assert [claim.text[:-5] for claim in every.claims] == [claim.text[:-5] for claim in answer.claims]


def test_what_one_says_about_a_topic_is_looked_for_in_it_alone(ask: Ask) -> None:
    _, answer, nothing = ask(ASKED, "what does the first say about the dose?", "does it mention fever?")
    assert answer.tool_calls[0].arguments["within"] == [answer.evidence[0].record["document"]]
    assert "“The dose of zarvexin was 9 mg a day.”" in answer.text
    assert answer.notices == ("“the first” was read as PMID 101 (A trial of zarvexin).",)
    assert "Fever" not in nothing.text
    assert nothing.status == "unknown"


def test_the_passage_is_shown_with_what_stands_around_it(ask: Ask) -> None:
    _, answer = ask(ASKED, "show me the second passage")
    assert "“Zarvexin did not reduce mortality in sepsis.”" in answer.text
    assert "“Fever was rare.”" in answer.text
    assert "biocopilot library show D" in answer.text


def test_a_follow_up_counts_in_the_list_that_stood_before_the_last_follow_up(ask: Ask) -> None:
    *_, answer = ask(
        ASKED, "when was the first published?", "and who wrote the second?", "when was the first published?"
    )
    assert "PMID 101 was published in 2019" in answer.text


def test_it_is_the_paper_also_after_a_question_that_found_nothing(ask: Ask) -> None:
    *_, answer = ask(
        ASKED, "what is the Ki of QX-12345?", "what does the first say about the dose?", "when was it published?"
    )
    assert "PMID 101 was published in 2019" in answer.text


def test_a_place_that_the_list_does_not_have_is_said(ask: Ask) -> None:
    _, answer = ask(ASKED, "who wrote the fifth paper?")
    assert (answer.status, answer.claims) == ("unknown", ())
    assert answer.notices == ("“the fifth paper” is none of the 2 documents that were told last.",)


def test_after_molecules_the_second_one_is_a_molecule_and_it_is_no_paper(ask: Ask) -> None:
    *_, second, it = ask(ASKED, "Which drugs act on BTK?", "when was the second one approved?", "when was it approved?")
    assert "acalabrutinib" in second.text.lower()
    assert "acalabrutinib" in it.text.lower()


@pytest.mark.parametrize(
    "question",
    [
        "What does my library say about zinc?",
        "Does aspirin contain a carboxylic acid?",
        "Find papers on BTK by Smith",
        "When was imatinib first approved?",
        "Show me the structure of aspirin",
        "What does EGFR do?",
        "who wrote about it and what is its logP?",
        "Which drugs are reported for gout?",
    ],
)
def test_other_questions_are_none_of_these(question: str) -> None:
    assert not asks_of_documents(question)
