"""PDF: a part a page, its number as viewers count it, its columns in reading order and its paragraphs whole; lists of references apart.

The work is done in a process of its own (`pdf_process.py`), since a PDF may be made to take forever. Of it, `pdf_document.py` is the
main path: `pdf_pypdf.py` or `pdf_pdfium.py` places the characters, `pdf_lines.py` makes lines, `pdf_furniture.py` drops running heads,
`pdf_columns.py` finds the order, `pdf_paragraphs.py` joins, `pdf_references.py` parts the references from the text, and
`pdf_front.py` reads what the article says of itself, with the authors of `pdf_xmp.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import FileRefused
from ..document import About, Part, ReadDocument
from .pdf_engine import PYPDF
from .pdf_process import PdfProcess
from .plain import title_from_name

__all__ = ["read"]

RANK = 30
_HEAD = 1024
_PROCESS = PdfProcess()


def read(data: bytes, name: str, engine: str = PYPDF) -> Iterator[ReadDocument]:
    """The one document of a PDF.

    Args:
        data: the file's bytes.
        name: as the user knows it.
        engine: the program that takes it apart.

    Raises:
        FileRefused: it is locked, damaged, without text, or takes too long.
        MissingExtra: the engine is not installed.
    """
    if not data.strip():
        raise FileRefused(f"{name} is empty.", "Download it again.")
    if not re.search(rb"%PDF-", data[: _HEAD + 5]):
        raise FileRefused(f"{name} is no PDF, whatever its name says.", "Download it again.")
    found = _PROCESS.document(data, name, engine)
    front = found["front"]
    front["title"] = front["title"] or title_from_name(name)
    front["authors"] = tuple(front["authors"])
    parts = tuple(
        Part(text, kind, page, "References" if kind == "references" else "") for page, kind, text in found["parts"]
    )
    yield ReadDocument(About(**front), parts, "pdf", RANK, notes=tuple(found["notes"]))
