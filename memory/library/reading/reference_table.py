"""Tables of references, as databases and screening programs export them (CSV, or set apart by tabs or semicolons): a document a row."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from io import StringIO

from ...errors import FileRefused
from ..document import ReadDocument
from .plain import decoded
from .reference import Reference, broken, reference_document

__all__ = ["read"]

# Names in small letters without blanks and marks, the surest first.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "titles": ("title", "articletitle", "primarytitle", "documenttitle"),
    "abstracts": ("abstract", "abstractnote", "notesabstract"),
    "authors": ("authors", "author", "authornames", "firstauthors"),
    "dates": ("year", "publicationyear", "pubyear", "date", "publicationdate", "source"),
    "journals": ("journal", "sourcetitle", "publicationtitle", "journalbook", "secondarytitle", "source"),
    "dois": ("doi",),
    "pmids": ("pmid", "pubmedid"),
    "pmcids": ("pmcid",),
    "types": ("documenttype", "publicationtype"),
    "keywords": ("keywords", "authorkeywords", "keyword", "manualtags", "meshterms"),
    "languages": ("language", "languageoforiginaldocument"),
    "links": ("url", "link"),
    "notes": ("notes", "note"),
}
_SEPARATORS = ",;\t"
_ISSUE = re.compile(r" ?\(\d{4}\).*", re.DOTALL)
"""What Embase puts behind a journal's name: `Cancer (2004) 102:4 (253-258)`."""


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The rows, one after another. Raises FileRefused for a table that names neither title nor abstract."""
    text = decoded(data, name).lstrip("\n")
    head = text.partition("\n")[0]
    rows = csv.reader(StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=head.count))
    places = _places(_next(rows, name) or [])
    if not {"titles", "abstracts"} & places.keys():
        raise FileRefused(
            f"{name} is no table of references: its first line names neither a title nor an abstract.",
            "Name the columns title, abstract, authors, year, journal, doi, pmid.",
        )
    entry = 0
    while (row := _next(rows, name)) is not None:
        if any(cell.strip() for cell in row):
            reference = _reference(row, places)
            yield (
                reference_document(reference, "table", entry)
                if reference.has_text
                else broken("table", entry, "the row has neither a title nor an abstract.")
            )
            entry += 1


def _next(rows: Iterator[list[str]], name: str) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise FileRefused(f"{name} cannot be read as a table: {error}.", "Export it again.") from error


def _places(names: list[str]) -> dict[str, list[int]]:
    """Which columns hold what."""
    bare = [re.sub(r"[\W_]+", "", item).lower() for item in names]
    found = {field: [bare.index(wanted) for wanted in columns if wanted in bare] for field, columns in _COLUMNS.items()}
    return {field: places for field, places in found.items() if places}


def _reference(row: list[str], places: dict[str, list[int]]) -> Reference:
    told: dict[str, list[str]] = {}
    for field, columns in places.items():
        cells = [row[place] for place in columns if place < len(row) and row[place].strip()]
        told[field] = [item for cell in cells[:1] for item in _MANY[field](cell)] if field in _MANY else cells
    told["journals"] = [_ISSUE.sub("", item) for item in told.get("journals", [])]
    return Reference(
        titles=told.get("titles", []), abstracts=told.get("abstracts", []), authors=told.get("authors", []),
        dates=told.get("dates", []), journals=told["journals"], dois=told.get("dois", []), pmids=told.get("pmids", []),
        pmcids=told.get("pmcids", []), types=told.get("types", []), keywords=told.get("keywords", []),
        languages=told.get("languages", []), links=told.get("links", []), notes=told.get("notes", []),
    )  # fmt: skip


def _words(cell: str) -> list[str]:
    """The items of a cell, whichever way they are listed: `a; b`, `a, b (c, d)` or `['a', 'b']`."""
    if cell.startswith("[") and cell.endswith("]"):
        try:
            given = ast.literal_eval(cell)
        except (ValueError, SyntaxError):
            given = None
        if isinstance(given, list):
            return [item for item in given if isinstance(item, str)]
    return cell.split(";") if ";" in cell else re.split(r",(?![^(]*\))", cell)


def _names(cell: str) -> list[str]:
    """The same of authors, of whom one may be `Lee, Min`."""
    found = _words(cell)
    listed = cell.startswith("[") or ";" in cell
    return [cell] if len(found) == 2 and any(len(part.split()) < 2 for part in found) and not listed else found


_MANY = {"authors": _names, "keywords": _words}
