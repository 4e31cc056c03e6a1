"""Tables of references: columns by many names, lists in cells, and real exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.reading.reference_table import read


def documents(text: str) -> list[ReadDocument]:
    return list(read(text.encode(), "a.csv"))


@pytest.mark.parametrize(
    "table",
    [
        'Title,Abstract Note,Author,Publication Year,DOI,Manual Tags\n"On, EGFR","It ""binds"".\nTwice.","Lee, Min S.; Kim, J.",2010,10.1000/X,a; b\n',
        'title;abstract;authors;year;doi;keywords\n"On, EGFR";"It ""binds"".\nTwice.";"[\'Lee, Min S.\', \'Kim, J.\']";2010;10.1000/x;"[\'a\', \'b\']"\n',
        '\ufeffTITLE\t abstract \tAuthors\tDate\tdoi\tkeywords\r\nOn, EGFR\t"It ""binds"".\nTwice."\tLee MS, Kim J\t2010-05-01\thttps://doi.org/10.1000/x\ta, b\r\n',
    ],
)  # fmt: skip
def test_columns_and_lists_are_read_however_they_are_written(table: str) -> None:
    (document,) = documents(table)
    about = document.about
    assert (about.title, about.authors, about.year, about.doi) == ("On, EGFR", ("Lee MS", "Kim J"), 2010, "10.1000/x")
    assert about.keywords == ("a", "b")
    assert [part.text for part in document.parts] == ['It "binds".\nTwice.']


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ('"Lee, Min"', ("Lee M",)),
        ("\"['Cocke', 'Lee, M.']\"", ("Cocke", "Lee M")),
        ("Cocke; Lee M", ("Cocke", "Lee M")),
    ],
)
def test_one_author_with_a_comma_is_one(cell: str, authors: tuple[str, ...]) -> None:
    (document,) = documents(f"title,authors\nT,{cell}\n")
    assert document.about.authors == authors


def test_rows_without_text_are_named_and_empty_ones_left_out() -> None:
    found = documents("title,abstract,doi\nOne,,\n,,10.1/x\n,,\nTwo\n")
    assert [(item.entry, item.about.title, item.notes) for item in found] == [
        (0, "One", ()), (1, "", ("the row has neither a title nor an abstract.",)), (2, "Two", ()),
    ]  # fmt: skip


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(FileRefused, match="no table of references"):
        documents("smiles,ic50\nCCO,5\n")


def test_a_field_beyond_all_bounds_is_refused_with_the_reason() -> None:
    with pytest.raises(FileRefused, match="field larger than field limit"):
        documents("title,abstract\nx," + "a" * 200_000 + "\n")


def test_real_exports_are_read(shared: Path) -> None:
    folder = shared / "data/references_ris_bib/asreview_demo"
    (first, *rest) = read((folder / "embase.csv").read_bytes(), "embase.csv")
    assert len(rest) == 5
    assert (first.about.journal, first.about.year, first.about.authors) == (
        "Endoscopic Ultrasound",
        2014,
        ("Liu R", "Adler DG"),
    )
    assert "bronchogenic duplication cyst (diagnosis, surgery)" in first.about.keywords
    for name in ("generic.csv", "generic_semicolon.csv", "generic_tab.tab", "generic_column_names_with_spaces.csv"):
        found = list(read((folder / name).read_bytes(), name))
        assert [item.about.authors for item in found] == [("Marx K", "Lindgren A"), ("Marxus K", "Lindgren A")]
        assert all(item.rank == 20 for item in found)
