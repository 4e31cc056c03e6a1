"""PDFs as the library reads them: a part a page, and every fault told."""

from __future__ import annotations

import io
import runpy
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import FileRefused, InvalidSetting, MissingExtra
from biocopilot.memory.library.document import ReadDocument, keys_of
from biocopilot.memory.library.passages import passages_of
from biocopilot.memory.library.reading import pdf_document, pdf_engine
from biocopilot.memory.library.reading.formats import format_of
from biocopilot.memory.library.reading.pdf import read
from pypdf import PdfReader, PdfWriter

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("pdf_making.py")))
Put, pdf, whole, IMAGE = MADE["Put"], MADE["pdf"], MADE["whole"], MADE["IMAGE"]
PAGE = [Put(60, 700, "Some text of a page.")]
FINE: bytes = pdf([PAGE])
ENGINE = "pypdf"


@pytest.fixture(params=["pypdf", "pdfium"], autouse=True)
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test is asked of both engines."""
    if request.param == "pdfium":
        pytest.importorskip("pypdfium2")
    monkeypatch.setitem(globals(), "ENGINE", request.param)
    return str(request.param)


def document(data: bytes, name: str = "a_good-paper.pdf") -> ReadDocument:
    (found,) = read(data, name, ENGINE)
    return found


def refused(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        document(data, "paper.pdf")
    assert caught.value.message.startswith("paper.pdf ")
    assert caught.value.hint
    return caught.value


def test_a_page_is_a_part_and_keeps_its_number() -> None:
    found = document(pdf([PAGE, b"", [Put(60, 700, "The third page.")]]))
    assert [(part.kind, part.page, part.text) for part in found.parts] == [
        ("page", 1, "Some text of a page."),
        ("page", 3, "The third page."),
    ]
    assert (found.format, found.rank, found.entry, found.notes) == ("pdf", 30, 0, ())
    assert found.about.title == "a good paper"


def test_the_version_of_the_reader_names_the_program_that_it_rests_on(by: str) -> None:
    package = {"pypdf": "pypdf", "pdfium": "pypdfium2"}[by]
    assert format_of("x.pdf", FINE).by(by).reader.endswith(f" {by} {version(package)}")
    assert format_of("x.pdf", FINE).reader.endswith(f" pypdf {version('pypdf')}")


def test_a_pdf_and_the_record_of_its_article_are_one_by_the_doi() -> None:
    found = document(pdf([[Put(60, 700, "J. Kinases 2021, 4:1. doi:10.1000/JK.2021.4-2."), *PAGE]]))
    assert "doi:10.1000/jk.2021.4-2" in keys_of(found)


PDFIUM_SAYS = {
    "cannot be opened": "none of its pages can be read",
    "none of its pages can be read": "holds no text",  # it reads a page as far as it can, and does not say how far that is
    "has no pages": "cannot be opened",
}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html>Please log in</html>", "is no PDF"),
        (b"%PDF-1.4\n" + b"nothing of a PDF " * 50 + b"%%EOF", "cannot be opened"),
        (FINE[:300], "ends before its end"),
        (FINE.replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"), "cannot be opened"),
        (pdf([b"[" * 200_000]), "none of its pages can be read"),
        (pdf([b" " * 100_000_000], packed=True), "none of its pages can be read"),
        (pdf([b""]), "holds no text"),
        (pdf([]), "has no pages"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, said: str, by: str) -> None:
    message = refused(data).message
    assert said in message or (by == "pdfium" and PDFIUM_SAYS.get(said, said) in message)


def test_a_scan_is_refused_with_what_to_do() -> None:
    error = refused(pdf([IMAGE, IMAGE]))
    assert "pictures, as of a scan" in error.message
    assert "ocrmypdf" in error.hint


def locked(password: str, algorithm: str) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(FINE))), io.BytesIO()
    writer.encrypt(password, "of the owner", algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_locked_pdf_is_read_only_where_it_asks_for_no_password(algorithm: str) -> None:
    assert document(locked("", algorithm)).parts[0].text == "Some text of a page."
    error = refused(locked("secret", algorithm))
    assert "locked with a password" in error.message
    assert "qpdf" in error.hint


@pytest.mark.parametrize(
    ("pages", "note"),
    [
        ([PAGE, IMAGE], "page 2 holds no text: scanned"),
        ([PAGE, IMAGE, PAGE, IMAGE], "pages 2 and 4 hold no text: scanned"),
        ([PAGE, *[IMAGE] * 25], f"pages {', '.join(map(str, range(2, 22)))} and 5 more hold no text: scanned"),
        ([PAGE, b"[" * 200_000], "page 2 could not be read: damaged"),
    ],
)  # fmt: skip
def test_pages_that_give_nothing_are_named(pages: list[Any], note: str, by: str) -> None:
    found = document(pdf(pages))
    assert found.notes == (() if by == "pdfium" and "damaged" in note else (note,))
    assert found.parts[0].text == "Some text of a page."


def test_a_bomb_among_the_pages_costs_only_its_page(by: str) -> None:
    found = document(pdf([PAGE, b" " * 100_000_000, PAGE], packed=True))
    assert [part.page for part in found.parts] == [1, 3]
    assert found.notes == (() if by == "pdfium" else ("page 2 could not be read: damaged",))


def test_a_file_that_ends_early_and_can_still_be_read_is_said_to() -> None:
    assert document(FINE + b"9 0 obj << /Length 9000 >> stream " + b"x" * 5000).notes == (
        "the file ends early: pages may be missing",
    )


def test_a_table_of_places_that_leads_in_circles_does_no_harm() -> None:
    table = FINE[FINE.rindex(b"startxref") :].split()[1].decode()
    assert document(pdf([PAGE], extra=f"/Prev {table}")).parts[0].text == "Some text of a page."


def test_a_form_that_draws_itself_ends() -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", b"<< >>", b"<< >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R /Resources << /XObject << /F 7 0 R >> /Font << /F1 3 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Form /Length 36 >>\nstream\nBT /F1 9 Tf 1 1 Td (again) Tj ET /F Do \nendstream",
    ]  # fmt: skip
    assert document(whole(objects)).parts[0].text == "again"


def test_only_so_many_pages_and_characters_are_read_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_document, "MOST_PAGES", 3)
    found = pdf_document.document_of(pdf([PAGE] * 5), "x.pdf", engine=ENGINE)
    assert len(found["parts"]) == 3
    assert found["notes"] == ["only the first 3 of 5 pages were read"]
    monkeypatch.setattr(pdf_document, "MOST_CHARACTERS", 30)
    found = pdf_document.document_of(pdf([PAGE] * 3), "x.pdf", engine=ENGINE)
    assert found["notes"] == ["only the first 2 of 3 pages were read"]


def test_an_engine_that_is_not_installed_is_refused_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(pdf_engine, "version", missing)
    pdf_engine.engine.cache_clear()
    try:
        with pytest.raises(MissingExtra, match="pdfium is not installed") as caught:
            _ = format_of("x.pdf", FINE).by("pdfium").reader
        assert 'pip install "biocopilot[pdfium]"' in caught.value.hint
    finally:
        pdf_engine.engine.cache_clear()
    with pytest.raises(InvalidSetting, match="no PDF engine 'ghostscript'"):
        document_by("ghostscript")


def document_by(engine: str) -> ReadDocument:
    (found,) = read(FINE, "paper.pdf", engine)
    return found


@pytest.mark.slow
def test_two_thousand_pages_are_read() -> None:
    lines = [[Put(60, 700 - 20 * n, f"Said {'abcdefghij'[n]} on this sheet.") for n in range(10)] for _ in range(2000)]
    found = document(pdf(lines, packed=True))
    assert [part.page for part in found.parts] == list(range(1, 2001))


def test_passages_stand_at_their_offsets_in_the_page_that_they_name(shared: Path) -> None:
    path = shared / "data" / "pdf_ccby" / "cermine_test1.pdf"
    if not path.is_file():
        pytest.skip("the PDF is not in the shared material")
    found = document(path.read_bytes(), path.name)
    again = document(path.read_bytes(), path.name)
    assert found == again
    for passage in passages_of(found):
        part = found.parts[passage.part]
        assert part.text[passage.start : passage.end] == passage.text
    assert found.about.doi == "10.1186/1752-2897-4-1"
    assert [(part.page, part.kind) for part in found.parts] == [
        (1, "page"), (2, "page"), (2, "references"), (3, "references"), (4, "references"), (4, "page"),
    ]  # fmt: skip


def test_every_real_article_is_known_by_its_doi(shared: Path) -> None:
    dois = {
        path.name: document(path.read_bytes(), path.name).about.doi
        for path in sorted((shared / "data" / "pdf_ccby").glob("norma_http*.pdf"))
    }
    assert dois == {
        "norma_http_www.trialsjournal.com_content_16_1_1.pdf": "10.1186/1745-6215-16-1",
        "norma_http_www.trialsjournal.com_content_16_1_2.pdf": "10.1186/1745-6215-16-2",
        "norma_http_www.trialsjournal.com_content_16_1_50.pdf": "10.1186/s13063-015-0567-7",
    }
