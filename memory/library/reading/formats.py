"""Which reader a file gets, by its name and its first bytes.

A reader is a function `read(data, name) -> Iterator[ReadDocument]`. The same bytes give the same documents, part by part and
character by character; whoever changes what a reader gives raises its version, so that files are read again. What cannot be read
raises FileRefused with the reason; what can be read with a loss is told in `ReadDocument.notes`. A record that cannot be read, of a
file that else can, is given without parts, the reason being its note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

from ...errors import FileRefused
from ..document import ReadDocument
from . import pdf_engine

__all__ = ["FORMATS", "SUFFIXES", "Format", "format_of"]

Read = Callable[[bytes, str], Iterator[ReadDocument]]


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    """Beside this one; imported when the first file of the kind is read. Its function is `read`."""
    version: str
    begins: str = ""
    """A pattern for the first bytes, where several formats share a suffix."""
    engine: str = ""
    """The program that takes such files apart, where it is not ours, as `pdf_engine` names it."""

    @property
    def reader(self) -> str:
        """Name and version, as the catalogue remembers them; with another program's, where one is needed.

        Raises:
            MissingExtra: that program is not installed.
        """
        ours = f"{self.name} {self.version}"
        return f"{ours} {pdf_engine.engine(self.engine)}" if self.engine else ours

    @property
    def read(self) -> Read:
        """The function that reads it."""
        function: Callable[..., Iterator[ReadDocument]] = import_module(f"{__package__}.{self.module}").read
        return partial(function, engine=self.engine) if self.engine else function

    def by(self, engine: str) -> Format:
        """The same, taken apart by another program; files that need none are as they were."""
        return replace(self, engine=engine) if self.engine else self


_PUBMED = r"[\s\S]*<(?:PubmedArticle|MedlineCitation|PubmedBookArticle|PubmedArticleSet|PubmedBookArticleSet)\b"
_ENDNOTE = r"\s*(?:<\?[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<(?:xml|XML)>\s*<(?:records|RECORDS)\b"
_MEDLINE = r"\s*(?:PMID|PMCR?|OWN|STAT) {0,2}- ?\w"
_RIS = r"[\s\S]{0,2000}?(?:^|\n)[ \t]*TY(?:[ \t]{1,4}- ?|- )[A-Z]"

FORMATS = (
    Format("pdf", "PDF", (".pdf",), "pdf", "3", r"[\s\S]{0,1024}%PDF-", pdf_engine.PYPDF),
    Format("endnote", "EndNote XML", (".xml",), "endnote", "1", _ENDNOTE),
    Format("pubmed", "PubMed XML", (".xml",), "pubmed", "1", _PUBMED),
    Format("jats", "JATS XML (PubMed Central)", (".xml", ".nxml", ".jats"), "jats", "2", r"[\s\S]*<(?:pmc-articleset|article)\b"),
    Format("medline", "MEDLINE", (".nbib", ".medline", ".txt"), "medline", "1", _MEDLINE),
    Format("ris", "RIS", (".ris", ".txt", ".nbib"), "ris", "1", _RIS),
    Format("bibtex", "BibTeX", (".bib",), "bibtex", "1"),
    Format("table", "table of references", (".csv", ".tsv", ".tab"), "reference_table", "1"),
    Format("markdown", "Markdown", (".md", ".markdown"), "markdown", "2"),
    Format("text", "text", (".txt", ".text"), "plain", "2"),
)  # fmt: skip
"""In this order: the first whose suffix fits, and whose beginning does."""

SUFFIXES = tuple(dict.fromkeys(suffix for kind in FORMATS for suffix in kind.suffixes))

_HEAD = 65_536


def format_of(name: str, data: bytes) -> Format:
    """The format of a file.

    Args:
        name: its name, of which the suffix counts.
        data: its bytes, or the first of them.

    Raises:
        FileRefused: of no kind that is read here.
    """
    lower = name.lower()
    fitting = [kind for kind in FORMATS if lower.endswith(kind.suffixes)]
    if not fitting:
        raise FileRefused(f"{name} is of no kind that is read here.", f"Files may end in {', '.join(SUFFIXES)}.")
    head = _beginning(data)
    for kind in fitting:
        if not kind.begins or re.match(kind.begins, head):
            return kind
    if not lower.endswith(".xml"):
        return fitting[0]  # its reader says best what is wrong with it, and may find something in it
    titles = " or ".join(kind.title for kind in fitting)
    raise FileRefused(
        f"{name} is not what its name says: no {titles}.", "Open it in the program that made it, and export it again."
    )


def _beginning(data: bytes) -> str:
    """Enough of the file to tell what it is; every byte a character, unless it says that it is in UTF-16."""
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
