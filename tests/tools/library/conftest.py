"""A library of a few written articles, and its tools over it as the loop calls them. It goes by words: no model is loaded."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.library.read_passage import read_passage
from biocopilot.tools.library.search_library import search_library
from biocopilot.tools.workbench import LibraryChoice, Workbench

TOOLS = {tool.name: tool for tool in (search_library, read_passage)}

Ask = Callable[..., Awaitable[ToolResult]]


def article(pmid: str, title: str, *parts: Part, **about: Any) -> ReadDocument:
    """A written article."""
    return ReadDocument(About(title=title, pmid=pmid, **about), parts, "pubmed", 20)


@pytest.fixture
def written() -> list[ReadDocument]:
    return [
        article(
            "101",
            "Zarvexin lowers blood pressure in adults",
            Part(
                "OBJECTIVE: To test zarvexin.\nRESULTS: Zarvexin lowered pressure by 9 mmHg in 120 adults.", "abstract"
            ),
            authors=("Ada One", "Bo Two"),
            year=2019,
            journal="Journal of Trials",
            doi="10.1000/zar.1",
            publication_types=("Randomized Controlled Trial",),
        ),
        article(
            "102",
            "Zarvexin did not change blood pressure",
            Part("Zarvexin had no effect on pressure in 40 adults.", "abstract", section="Abstract"),
            year=2021,
            journal="Other Journal",
            licence="CC BY 4.0",
        ),
        article(
            "103",
            "Zarvexin cures hypertension",
            Part("Zarvexin cured all 12 patients of hypertension and lowered pressure.", "abstract"),
            year=2015,
            state="retracted",
            standing="RETRACTED (notice PMID 999)",
        ),
    ]


@pytest.fixture
def choice(tmp_path: Path) -> LibraryChoice:
    return LibraryChoice(folder=tmp_path / "library")


@pytest.fixture
def filled(choice: LibraryChoice, written: list[ReadDocument]) -> Library:
    """The library's folder with the articles in it and without the project's own notes."""
    assert choice.folder is not None
    library = Library.open(choice.folder)
    library.add_documents(written, Origin("pubmed:zarvexin", "0" * 64), "trials")
    library.remove([row.id for row in library.documents() if row.collection == "biocopilot-notes"])
    return library


@pytest.fixture
def bench(choice: LibraryChoice, filled: Library) -> Iterator[Workbench]:
    with Workbench(library=choice) as opened:
        opened.__dict__["library_offline"] = filled
        yield opened


@pytest.fixture
def ask(bench: Workbench) -> Ask:
    """`await ask("tool_name", field=value)` over that library."""
    ids = itertools.count(1)

    async def run(tool: str, **arguments: Any) -> ToolResult:
        context = ToolContext(bench=bench, offline=True)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, TOOLS, context, lambda: f"E{next(ids)}")

    return run
