"""Which program takes PDFs apart. Its name and version count with the reader's: with another one, offsets may be other ones.

pypdf comes with the package; PDFium, the engine of Chrome, with the extra `pdfium`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, TypeAlias

from ...errors import FileRefused, InvalidSetting, MissingExtra
from .pdf_glyphs import PdfPages

__all__ = ["PYPDF", "PdfEngine", "ends_whole", "engine", "open_pdf"]

PdfEngine: TypeAlias = Literal["pypdf", "pdfium"]
PYPDF: PdfEngine = "pypdf"
_PACKAGES = {"pypdf": "pypdf", "pdfium": "pypdfium2"}
_PAGES = {"pypdf": "PypdfPages", "pdfium": "PdfiumPages"}


@cache
def engine(name: str = PYPDF) -> str:
    """Its name and version: `pypdf 7.1.0`.

    Raises:
        InvalidSetting: there is none of that name.
        MissingExtra: it is not installed.
    """
    if name not in _PACKAGES:
        raise InvalidSetting(f"There is no PDF engine {name!r}.", f"There are: {', '.join(_PACKAGES)}.")
    try:
        return f"{name} {version(_PACKAGES[name])}"
    except PackageNotFoundError as error:
        raise MissingExtra(
            f"The PDF engine {name} is not installed.",
            f'Install it: pip install "biocopilot[{name}]", or take another: library.pdf_engine = "{PYPDF}"',
        ) from error


def ends_whole(data: bytes) -> bool:
    """Whether the mark stands there that every PDF ends with."""
    return b"%%EOF" in data[-4096:]


def open_pdf(data: bytes, name: str, by: str = PYPDF) -> PdfPages:
    """Open a file.

    Args:
        data: its bytes.
        name: as the user knows it.
        by: name of the engine.

    Raises:
        FileRefused: it is locked with a password, or damaged beyond opening.
        InvalidSetting: there is no such engine.
        MissingExtra: the engine is not installed.
    """
    engine(by)
    pages: Any = getattr(import_module(f"{__package__}.pdf_{by}"), _PAGES[by])
    try:
        pdf: PdfPages = pages(data)
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
