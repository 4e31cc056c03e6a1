"""Which program takes PDFs apart. Its name and version count with the reader's: with another one, offsets may be other ones."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from ...errors import FileRefused
from .pdf_glyphs import PdfPages

__all__ = ["ends_whole", "engine", "open_pdf"]


@cache
def engine() -> str:
    """Its name and version: `pypdf 7.1.0`."""
    return f"pypdf {version('pypdf')}"


def ends_whole(data: bytes) -> bool:
    """Whether the mark stands there that every PDF ends with."""
    return b"%%EOF" in data[-4096:]


def open_pdf(data: bytes, name: str) -> PdfPages:
    """Open a file.

    Raises:
        FileRefused: it is locked with a password, or damaged beyond opening.
    """
    from .pdf_pypdf import PypdfPages

    try:
        pdf = PypdfPages(data)
        count = len(pdf)
    except MemoryError:
        raise
    except Exception as error:  # a parser on damaged bytes raises anything
        why = "it cannot be opened as a PDF" if ends_whole(data) else "it ends before its end"
        raise FileRefused(f"{name} is damaged: {why}.", "Download it again.") from error
    if pdf.locked:
        raise FileRefused(
            f"{name} is locked with a password.",
            "Save it without one, as with: qpdf --decrypt --password=… in.pdf out.pdf",
        )
    if not count:
        raise FileRefused(f"{name} has no pages.", "Download it again.")
    return pdf
