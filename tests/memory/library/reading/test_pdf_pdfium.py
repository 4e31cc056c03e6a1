"""PDFium's characters and pypdf's make the same text, but for what PDFium does not give at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.memory.library.reading.pdf_document import document_of

pytest.importorskip("pypdfium2")


@pytest.mark.parametrize(
    "name", ["cermine_test1.pdf", "cermine_test2.pdf", "norma_04-00932.pdf", "norma_1471-2148-14-70.pdf"]
)
def test_it_gives_the_text_and_the_front_that_pypdf_gives(shared: Path, name: str) -> None:
    path = shared / "data" / "pdf_ccby" / name
    if not path.is_file():
        pytest.skip("the PDF is not in the shared material")
    data = path.read_bytes()
    one, other = (document_of(data, name, engine=engine) for engine in ("pypdf", "pdfium"))
    assert one["front"] == other["front"]
    words, others = (" ".join(text for _, _, text in found["parts"]).split() for found in (one, other))
    assert len(set(words) ^ set(others)) <= 2


def test_what_its_fonts_do_not_name_is_lost_and_the_rest_stays(shared: Path) -> None:
    path = shared / "data" / "pdf_ccby" / "cermine_example3.pdf"
    if not path.is_file():
        pytest.skip("the PDF is not in the shared material")
    data = path.read_bytes()
    one, other = (
        {word for _, _, text in document_of(data, path.name, engine=engine)["parts"] for word in text.split()}
        for engine in ("pypdf", "pdfium")
    )
    assert len(one ^ other) < 0.01 * len(one)
    assert {"P2′", "S2′"} <= one - other  # as docs/library.md says
    assert {"Vallès", "(Å)"} <= one & other  # accents are drawn over letters here
