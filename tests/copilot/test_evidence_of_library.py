"""Runs that quote passages of a library, looked at again after the library has grown, shrunk, or been altered."""

from __future__ import annotations

import runpy
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence
from biocopilot.copilot.verification import Verification
from biocopilot.memory.events import Event
from biocopilot.memory.library.beginning import FILE
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.embedding import EmbeddingSettings
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import LibraryChoice, Workbench

RUNS: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("test_verification.py")))

TEXT = "# Quokkas\n\n## Diet\n\nQuokkas eat 12 kinds of leaves. They drink little.\n"
QUOTE = "Quokkas eat 12 kinds of leaves."


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "quokka.md"
    file.write_text(TEXT, "utf-8")
    return file


@pytest.fixture
def library(tmp_path: Path, paper: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        opened.add([paper])
        yield opened


@pytest.fixture
def events(library: Library) -> list[Event]:
    """A run that quotes the paper."""
    with bench_over(library) as bench:
        return list(
            RUNS["record"](
                bench,
                CallTools((RUNS["call"]("search_library", question="what do quokkas eat?", most=1),)),
                Give((Sentence(f"A document of the library says “{QUOTE}”", ("E1",)),)),
                offline=True,
            )
        )


def bench_over(library: Library) -> Workbench:
    """Over that library by words alone: offline, a server of embeddings is not asked."""
    return Workbench(library=LibraryChoice(folder=library.folder, embedding=EmbeddingSettings(model="server")))


def verified(events: list[Event], library: Library) -> Verification:
    with bench_over(library) as bench:
        found: Verification = RUNS["verify"](events, bench)
        return found


def differing(found: Verification) -> set[str]:
    return {difference.where for check in found.evidence for difference in check.differences}


def alter(library: Library, statement: str) -> None:
    with sqlite3.connect(library.folder / FILE) as connection:
        connection.execute(statement)
    connection.close()


def test_a_quoted_passage_is_found_again(events: list[Event], library: Library) -> None:
    found = verified(events, library)
    assert found.status == "verified", found
    assert [check.claim.verdict for check in found.claims] == ["supported"]


def test_a_library_that_has_grown_changes_nothing(events: list[Event], library: Library, tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"more{n}.md").write_text(
            f"# What quokkas eat {n}\n\nQuokkas eat, quokkas eat leaves {n}.\n", "utf-8"
        )
    library.add([tmp_path])
    assert verified(events, library).status == "verified"


def test_what_was_learnt_of_a_document_since_is_no_difference(events: list[Event], library: Library) -> None:
    alter(
        library,
        "UPDATE document SET journal = 'J', year = 2020, pmid = '77', licence = 'CC BY', authors = '[\"A\"]' WHERE format = 'markdown'",
    )
    assert verified(events, library).status == "verified"


def test_another_title_is_a_difference(events: list[Event], library: Library) -> None:
    alter(library, "UPDATE document SET title = 'Numbats' WHERE format = 'markdown'")
    assert "/title" in differing(verified(events, library))


def test_an_altered_text_differs_and_its_claim_fails(events: list[Event], library: Library) -> None:
    alter(library, "UPDATE part SET text = replace(text, '12 kinds', '13 kinds') WHERE text LIKE '%12 kinds%'")
    found = verified(events, library)
    assert found.status == "failed"
    assert [check.outcome for check in found.claims] == ["fails"]
    assert "/text" in differing(found)


def test_a_text_that_moved_is_shown_where_it_stands_now(events: list[Event], library: Library) -> None:
    alter(library, "UPDATE part SET text = 'Before. ' || text WHERE text LIKE '%12 kinds%'")
    assert {"/start", "/end", "/passage"} <= differing(verified(events, library))


def test_a_document_that_was_removed_is_not_rechecked(events: list[Event], library: Library) -> None:
    document = next(row for row in library.documents() if row.about.title == "Quokkas")
    library.remove([document.id])
    found = verified(events, library)
    assert found.status == "incomplete"
    (check,) = found.evidence
    assert check.reason == f"The document {document.id} (Quokkas) is no longer in the library"


def test_a_document_that_is_retracted_since_is_told(events: list[Event], library: Library) -> None:
    alter(library, "UPDATE document SET retraction = 'retracted', standing = 'RETRACTED' WHERE format = 'markdown'")
    assert {"/standing", "/retracted"} <= differing(verified(events, library))


def test_the_file_is_read_again_where_it_is_what_it_was(
    events: list[Event], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biocopilot.memory.library.reading import markdown

    read: Callable[..., Iterator[ReadDocument]] = markdown.read

    def otherwise(data: bytes, name: str) -> Iterator[ReadDocument]:
        yield from read(data.replace(b"12 kinds", b"14 kinds"), name)

    monkeypatch.setattr(markdown, "read", otherwise)
    found = verified(events, library)
    assert found.status == "failed"
    assert any("14 kinds" in difference.found for check in found.evidence for difference in check.differences)


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_file_that_changed_or_is_gone_leaves_the_librarys_text(
    events: list[Event], library: Library, paper: Path, change: str
) -> None:
    if change == "gone":
        paper.unlink()
    else:
        paper.write_text("# Something else\n\nNothing of it.\n", "utf-8")
    assert verified(events, library).status == "verified"


def test_a_library_that_cannot_be_read_is_not_rechecked(events: list[Event], library: Library) -> None:
    library.close()
    (library.folder / FILE).write_bytes(b"no database at all" * 500)
    found = verified(events, library)
    assert found.status == "incomplete"
    assert "damaged" in found.evidence[0].reason


@pytest.mark.parametrize("grown", [False, True])
def test_a_search_that_found_nothing_holds_until_the_library_changes(
    library: Library, tmp_path: Path, grown: bool
) -> None:
    with bench_over(library) as bench:
        events = RUNS["record"](
            bench, CallTools((RUNS["call"]("search_library", question="wombat"),)), Give(status="unknown"), offline=True
        )
    if grown:
        (tmp_path / "wombat.md").write_text("# Wombat\n\nThe wombat digs.\n", "utf-8")
        library.add([tmp_path / "wombat.md"])
    (check,) = verified(events, library).evidence
    assert check.outcome == ("not_rechecked" if grown else "same")
    assert check.reason == ("It found nothing, and the library has changed since" if grown else "")


def test_a_document_that_was_not_there_and_is_now_is_not_rechecked(library: Library) -> None:
    with bench_over(library) as bench:
        calls = (
            RUNS["call"]("read_passage", "c1", document="PMID 5"),
            RUNS["call"]("read_passage", "c2", document="Quokkas"),
        )
        events = RUNS["record"](bench, CallTools(calls), Give(status="unknown"), offline=True)
    assert [check.outcome for check in verified(events, library).evidence] == ["same", "same"]
    new = ReadDocument(About(title="New", pmid="5"), (Part("New.", "body"),), "text", 10)
    library.add_documents([new], Origin("pubmed:x", "0" * 64))
    assert [check.outcome for check in verified(events, library).evidence] == ["not_rechecked", "same"]


def test_every_library_tool_says_how_its_records_are_found_again() -> None:
    assert all(all_tools()[name].find_again is not None for name in ("search_library", "read_passage"))
