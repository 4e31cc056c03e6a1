"""EndNote's XML, which other reference managers and deduplication programs write too: a document a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...articles.xml_reading import each
from ...errors import BadReply
from ..document import ReadDocument
from .reference import Reference, reference_document
from .xml_trouble import not_whole

__all__ = ["read"]

_ROOTS = ("xml", "records", "XML", "RECORDS")
_TYPES = {
    "Journal Article": "Journal Article", "Electronic Article": "Journal Article", "Book": "Book", "Edited Book": "Book",
    "Book Section": "Book Chapter", "Conference Paper": "Conference Paper", "Conference Proceedings": "Conference Paper",
    "Thesis": "Thesis", "Report": "Report", "Patent": "Patent",
}  # fmt: skip


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The records, one after another. Raises FileRefused at the place where the file is broken."""
    entry = 0
    try:
        for element in each(data, ("record", "RECORD"), _ROOTS, name):
            yield reference_document(_reference(element), "endnote", entry)
            entry += 1
    except BadReply as error:
        raise not_whole(name, "EndNote XML", entry, error) from error


def _reference(record: Any) -> Reference:
    def said(*paths: str) -> list[str]:
        return [text for path in paths for item in record.iterfind(path) if (text := _text(item))]

    kind = next((item.get("name", "") for item in record.iterfind("ref-type")), "")
    numbers = said("accession-num")
    from_medline = any("medline" in where.lower() or "nlm" in where.lower() or "pubmed" in where.lower()
                       for where in said("remote-database-name", "remote-database-provider"))  # fmt: skip
    return Reference(
        titles=said("titles/title", "titles/short-title"),
        abstracts=said("abstract"),
        authors=said("contributors/authors/author") or said("contributors/secondary-authors/author"),
        dates=said("dates/year", "dates/pub-dates/date"),
        journals=said(
            "periodical/full-title", "titles/secondary-title", "alt-periodical/full-title", "periodical/abbr-1"
        ),
        dois=said("electronic-resource-num"),
        pmids=numbers if from_medline else [],
        pmcids=[text for text in (*said("custom2"), *numbers) if text.upper().startswith("PMC")],
        types=said("work-type") or ([_TYPES[kind]] if kind in _TYPES else []),
        keywords=[line for text in said("keywords/keyword") for line in text.split("\n")],
        languages=said("language"),
        links=said("urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url"),
        notes=said("notes", "custom1", "research-notes"),
    )


def _text(element: Any) -> str:
    """All that is in it; EndNote keeps paragraphs apart by carriage returns, and puts pieces of other looks into `style`."""
    return "".join(element.itertext()).replace("\r\n", "\n").replace("\r", "\n").strip()
