from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin
from biocopilot.memory.records import ToolResult

Ask = Callable[..., Awaitable[ToolResult]]

LONG = "\n".join(f"Paragraph {n} speaks of item {n} at some length, so that it fills its line well." for n in range(60))


@pytest.fixture
def long(filled: Library) -> str:
    """Id of a document with a long part behind a short one."""
    parts = (Part("Short.", "abstract", section="Abstract"), Part(LONG, "body", section="Methods > Assays"))
    added = filled.add_documents(
        [ReadDocument(About(title="A long one", pmid="300"), parts, "jats", 40)], Origin("pubmed:long", "4" * 64)
    )
    return added.documents[0]


async def test_a_passage_is_read_with_what_stands_around_it(ask: Ask, filled: Library, long: str) -> None:
    passage = filled.catalogue.passages_of(long)[2]
    alone = (await ask("read_passage", passage=passage.id)).evidence[0].record
    assert (alone["text"], alone["passage"]) == (passage.text, passage.id)
    around = (await ask("read_passage", passage=passage.id, before=50, after=70)).evidence[0].record
    assert (around["start"], around["end"]) == (passage.start - 50, passage.end + 70)
    assert around["text"] == LONG[passage.start - 50 : passage.end + 70]
    assert around["passage"] is None
    assert around["section"] == "Methods > Assays"


async def test_a_whole_section_is_read_up_to_the_limit_and_the_rest_by_the_call_that_is_given(
    ask: Ask, filled: Library, long: str
) -> None:
    passage = filled.catalogue.passages_of(long)[1]
    result = await ask("read_passage", passage=passage.id, whole=True, most_characters=3_000)
    said = result.evidence[0].record["text"]
    assert said == LONG[:3_000]
    while result.omitted is not None:
        result = await ask(result.omitted.tool, **result.omitted.arguments)
        said += result.evidence[0].record["text"]
    assert said == LONG


async def test_a_document_lists_its_parts(ask: Ask, long: str) -> None:
    for name in (long, "PMID 300", "a long one"):
        record = (await ask("read_passage", document=name)).evidence[0].record
        assert record["type"] == "library_document"
        assert [(part["part"], part["section"], part["characters"]) for part in record["parts"]] == [
            (0, "Abstract", 6),
            (1, "Methods > Assays", len(LONG)),
        ]


async def test_the_end_of_a_passage_at_the_end_of_its_part_is_the_end(ask: Ask, filled: Library) -> None:
    (passage,) = filled.catalogue.passages_of(filled.find("102").id)
    record = (await ask("read_passage", passage=passage.id, before=900, after=900)).evidence[0].record
    assert (record["start"], record["end"], record["passage"]) == (0, len(passage.text), passage.id)


async def test_a_retracted_document_is_marked_when_it_is_read(ask: Ask, filled: Library) -> None:
    result = await ask("read_passage", document="103", part=0)
    assert result.digest.startswith("E")
    assert "RETRACTED (notice PMID 999): PMID 103" in result.digest
    assert result.warnings == ("PMID 103: RETRACTED (notice PMID 999).",)


@pytest.mark.parametrize(
    "arguments",
    [
        {"passage": "D000000000.00000000"},
        {"document": "PMID 9"},
        {"document": "101", "part": 7},
        {"document": "101", "part": 0, "start": 9_000},
    ],
)
async def test_what_is_not_there_is_an_empty_finding_of_the_library(ask: Ask, arguments: dict[str, object]) -> None:
    result = await ask("read_passage", **arguments)
    assert (result.status, result.returned) == ("empty", 0)
    assert (result.evidence[0].record["type"], result.evidence[0].source.name) == ("not_found", "Library")


@pytest.mark.parametrize("arguments", [{}, {"passage": "D1.2", "document": "101"}, {"passage": "D1.2", "part": 1}])
async def test_arguments_that_name_nothing_or_two_things_are_refused(ask: Ask, arguments: dict[str, object]) -> None:
    result = await ask("read_passage", **arguments)
    assert (result.status, result.error) == ("failed", "InvalidArguments")


async def test_two_documents_of_one_title_are_told_apart_by_id(ask: Ask, filled: Library) -> None:
    for number in ("1", "2"):
        document = ReadDocument(
            About(title="Twins", pmid=f"40{number}"), (Part(f"Twin {number}.", "body"),), "text", 10
        )
        filled.add_documents([document], Origin(f"pubmed:{number}", number * 64))
    record = (await ask("read_passage", document="Twins")).evidence[0].record
    assert set(record["nearest"]) == {filled.find("401").id, filled.find("402").id}
