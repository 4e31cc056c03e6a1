"""A quotation is found at its place in the kept text, and in the file that the text was read from."""

from __future__ import annotations

import runpy
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import MissingExtra, NotFound
from biocopilot.memory.library.catalogue import DocumentRow
from biocopilot.memory.library.checking import check
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.quoting import in_source, locate, locate_in
from biocopilot.memory.library.reading import pdf_engine
from biocopilot.memory.library.reading.pdf_engine import engine
from biocopilot.memory.library.reading.pdf_process import PdfProcess
from biocopilot.memory.library.writing import Origin
from hypothesis import given
from hypothesis import strategies as st

CUT = "\n".join(
    f"Sentence {n} of the long text says something about item {n}, and no more than that." for n in range(40)
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def added(library: Library, path: Path, title: str) -> DocumentRow:
    assert library.add([path]).refused == []
    return library.find(title)


def test_a_quotation_that_runs_over_a_cut_is_found(library: Library) -> None:
    document = ReadDocument(
        About(title="Long"), (Part("Short.", "abstract"), Part(CUT, "body", section="Text")), "jats", 40
    )
    (name,) = library.add_documents([document], Origin("pubmed:x", "0" * 64)).documents
    passages = [item for item in library.catalogue.passages_of(name) if item.part == 1]
    assert len(passages) > 2
    quote = CUT[passages[0].end - 30 : passages[1].start + 30]
    where = locate(library, passages[0].id, quote)
    assert (where.part, where.start, where.end) == (1, passages[0].end - 30, passages[1].start + 30)
    assert (where.text, where.exact, where.section) == (quote, True, "Text")
    wrapped = locate(library, passages[1].id, " ".join(quote.split()))
    assert (wrapped.start, wrapped.end, wrapped.exact) == (where.start, where.end, False)


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("He said “it works” – and left.", '"it works" - and left'),
        ("It's a 5–10 nM range.", "It’s a 5-10 nM range"),
        ("wrapped\n  over\u00a0lines", "wrapped over lines"),
        ("«oui» non", '"oui" non'),
    ],
)
def test_marks_dashes_and_spaces_may_be_set_otherwise(said: str, quote: str) -> None:
    where = locate_in([Part(f"Before. {said} After.", "body")], quote)
    assert where.text == f"Before. {said} After."[where.start : where.end]
    assert where.text in said
    assert not where.exact


@pytest.mark.parametrize("quote", ["it worked", "IT WORKS", "works it", "", "…", "it  worksx"])
def test_other_words_are_not_found(quote: str) -> None:
    with pytest.raises(NotFound):
        locate_in([Part("it works", "body")], quote)


def test_of_several_places_the_one_at_or_behind_the_passage_is_taken() -> None:
    parts = [Part("one two one two one", "body"), Part("one", "body")]
    assert locate_in(parts, "one", (0, 5)).start == 8
    assert locate_in(parts, "one", (1, 0)).part == 1
    assert locate_in(parts, "two", (0, 13)).start == 4


@given(st.text(alphabet="ab “”'–- \n.", min_size=1, max_size=60), st.data())
def test_every_stretch_of_a_text_is_found_where_it_says(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    if not any(character.isalnum() for character in quote):
        return
    where = locate_in([Part(text, "body")], quote)
    assert text[where.start : where.end] == where.text == quote
    assert where.start <= start


def test_a_document_is_read_again_in_its_file_and_in_an_archive(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Alpha\n\nAlpha text.\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as packed:
        packed.writestr("inner/b.md", "# Beta\n\nBeta text.\n")
        packed.writestr("c.md", "# Gamma\n\nGamma text.\n")
    for path, title in ((tmp_path / "a.md", "Alpha"), (tmp_path / "z.zip", "Beta")):
        row = added(library, path, title)
        found = in_source(library, row)
        assert (found.trouble, found.parts) == ("", tuple(library.catalogue.parts(row.id)))


def test_what_cannot_be_compared_says_why(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Alpha\n\nAlpha text.\n", "utf-8")
    row = added(library, file, "Alpha")
    file.write_text("# Alpha\n\nAnother.\n", "utf-8")
    assert in_source(library, row).trouble == "a.md has changed since"
    file.unlink()
    assert in_source(library, row).trouble == "a.md is gone"
    note = library.find("ABL1 T315I")
    assert in_source(library, note).trouble == "it was read from no file"


def test_another_version_of_the_reader_is_not_compared(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Alpha\n\nAlpha text.\n", "utf-8")
    row = added(library, file, "Alpha")
    monkeypatch.setattr("biocopilot.memory.library.reading.formats.Format.reader", "markdown 0")
    assert in_source(library, row).trouble == "a.md was read by another version of its reader"


def test_another_engine_is_told_by_name_and_is_no_change(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = runpy.run_path(str(Path(__file__).with_name("reading") / "pdf_making.py"))
    file = tmp_path / "a.pdf"
    file.write_bytes(making["pdf"]([[making["Put"](60, 700, "Alpha text of a page.")]], "/Title (Alpha of the PDFs)"))
    assert library.add([file]).added == 1
    then = engine()
    monkeypatch.setattr("biocopilot.memory.library.reading.pdf_engine.engine", lambda _name: "another 1.0")
    found = check(library, read=True)
    assert [item.what for item in found.read_otherwise] == [
        f"a.pdf was read by another engine: {then}, and here is another 1.0"
    ]
    assert (found.read_again, found.astray, found.sources) == (0, [], [])
    assert library.add([file]).unchanged_files == 0
    ((reader,),) = library.catalogue.rows("SELECT reader FROM file WHERE path = ?", (str(file),))
    assert reader.endswith(" another 1.0")


def test_a_pdf_is_read_again_by_the_engine_that_read_it_whichever_reads_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pypdfium2")
    making = runpy.run_path(str(Path(__file__).with_name("reading") / "pdf_making.py"))
    file = tmp_path / "a.pdf"
    file.write_bytes(making["pdf"]([[making["Put"](60, 700, "Alpha text of a page.")]], "/Title (Alpha of the PDFs)"))
    asked: list[str] = []
    reading = PdfProcess.document

    def noting(self: PdfProcess, data: bytes, name: str, engine: str = "pypdf") -> dict[str, Any]:
        asked.append(engine)
        return reading(self, data, name, engine)

    monkeypatch.setattr(PdfProcess, "document", noting)
    folder = tmp_path / "engines"
    with Library.open(folder, pdf_engine="pdfium") as library:
        assert library.add([file]).added == 1
    with Library.open(folder) as library:
        row = library.documents()[-1]
        assert (in_source(library, row).trouble, asked) == ("", ["pdfium", "pdfium"])
        assert library.add([file]).files == 1  # read anew, since another engine may place text otherwise
        assert in_source(library, row).trouble == ""
        assert asked[2:] == ["pypdf", "pypdf"]
    with Library.open(folder, pdf_engine="pdfium") as library:
        assert library.add([file]).files == 1


def test_an_engine_that_is_missing_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pypdfium2")
    making = runpy.run_path(str(Path(__file__).with_name("reading") / "pdf_making.py"))
    file = tmp_path / "a.pdf"
    file.write_bytes(making["pdf"]([[making["Put"](60, 700, "Alpha text of a page.")]], "/Title (Alpha of the PDFs)"))
    with Library.open(tmp_path / "engines", pdf_engine="pdfium") as library:
        library.add([file])
        row = library.documents()[-1]
        version = pdf_engine.version

        def without_pdfium(name: str) -> str:
            if name == "pypdfium2":
                raise PackageNotFoundError(name)
            return version(name)

        monkeypatch.setattr(pdf_engine, "version", without_pdfium)
        pdf_engine.engine.cache_clear()
        try:
            found = in_source(library, row)
            assert found.read_otherwise
            assert "pdfium is not installed" in found.trouble
            note = tmp_path / "a.md"
            note.write_text("# A note\n\nOf something else.\n", "utf-8")
            with pytest.raises(MissingExtra, match="pdfium is not installed"):
                library.add([note, file])
            assert library.documents()[-1].id == row.id
        finally:
            pdf_engine.engine.cache_clear()
