"""Markdown: parts by headings, the head's fields."""

from __future__ import annotations

import time

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.markdown import front_matter, read


def document(text: str | bytes, name: str = "some_notes.md") -> ReadDocument:
    (found,) = read(text if isinstance(text, bytes) else text.encode(), name)
    return found


def sections(text: str) -> list[tuple[str, str]]:
    return [(part.section, part.text) for part in document(text).parts]


def test_parts_stand_under_their_headings_as_they_are_written() -> None:
    found = sections(
        "Before.\n\n# Title\n\nFirst *kept* line.\nSecond.\n\n## Methods ##\n\n- a\n- b\n\n### Cells\n\nHeLa.\n\n# Other\n\nEnd.\n"
    )
    assert found == [
        ("", "Before."), ("", "First *kept* line.\nSecond."), ("Methods", "- a\n- b"), ("Methods > Cells", "HeLa."), ("Other", "End."),
    ]  # fmt: skip


def test_a_heading_that_skips_a_level_stands_under_what_there_is() -> None:
    assert sections("# T\n\n### Deep\n\nText.\n\n## Up\n\nMore.") == [("Deep", "Text."), ("Up", "More.")]
    assert document("## First\n\nText.").about.title == "First"


def test_a_hash_in_code_is_no_heading() -> None:
    assert sections("# T\n\n```\n# comment\n~~~\n# more\n```\n\n## A\n\nx") == [
        ("", "```\n# comment\n~~~\n# more\n```"),
        ("A", "x"),
    ]


def test_the_head_says_what_the_document_is() -> None:
    about = document(
        '---\ntitle: "On EGFR"\nauthors: Lee, Min S.; Kim J\ndate: 2010-05-01\ndoi: https://doi.org/10.1000/X\npmid: 12\n'
        "keywords:\n  - a\n  - b c\n---\nText."
    ).about
    assert (about.title, about.authors, about.year, about.doi, about.pmid) == (
        "On EGFR",
        ("Lee MS", "Kim J"),
        2010,
        "10.1000/x",
        "12",
    )
    assert about.keywords == ("a", "b c")
    assert document("---\nauthor: Lee MS, Kim J\ntags: [x, y]\ndoi: none\npmid: abc\n---\nText.").about.authors == (
        "Lee MS",
        "Kim J",
    )
    assert document("---\ntags: [x, y]\n---\nText.").about.keywords == ("x", "y")
    assert document("---\ndoi: none\npmid: abc\n---\nText.").about.label == "some notes"


def test_hashes_that_close_a_heading_go_and_others_stay() -> None:
    assert [section for section, _ in sections("# T\n\n## C#\n\na\n\n## Closed ###  \n\nb")] == ["C#", "Closed"]


def test_lines_that_are_made_to_take_forever_do_not() -> None:
    begin = time.process_time()
    for line in (
        "# " + " " * 200_000 + "x",
        "## x" + " #" * 100_000,
        "---\na" + " " * 200_000 + "\n---\nx",
        "-" * 200_000,
    ):
        document(line)
    assert time.process_time() - begin < 3


def test_a_rule_at_the_top_is_no_head() -> None:
    assert front_matter("---\nno end") == ({}, "---\nno end")


def test_headings_alone_are_text_and_nothing_is_refused() -> None:
    assert sections("# One\n## Two\n") == [("", "One\nTwo")]
    with pytest.raises(FileRefused, match="is empty"):
        document("\n\n")


def test_encodings_and_line_ends_make_no_difference() -> None:
    text = "# Café\n\nNaïve text.\n"
    for data in (
        text.encode(),
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        text.encode("cp1252"),
        text.replace("\n", "\r\n").encode(),
    ):
        assert (document(data).about.title, document(data).parts) == ("Café", document(text).parts)
