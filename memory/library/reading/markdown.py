"""Markdown: a part for each heading's text, as it stands; a head of `name: value` lines between `---` says what the document is.

The marks of Markdown stay in the text: what is quoted is what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import FileRefused
from ..document import About, Part, ReadDocument
from .plain import RANK, decoded, title_from_name

__all__ = ["front_matter", "read"]

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_FIELD = re.compile(r"^([A-Za-z][\w -]*?)[ \t]*:[ \t]*(.*?)[ \t]*$")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The one document of a Markdown file. Raises FileRefused."""
    text = decoded(data, name)
    fields, body = front_matter(text)
    sections = list(_sections(body))
    if not sections and not fields.get("title"):
        raise FileRefused(f"{name} is empty.", "Nothing is in it that could be found.")
    title = fields.get("title") or next((path[0] for path, _ in sections if path), "") or title_from_name(name)
    parts = [Part(part, "body", section=" > ".join(item for item in path if item != title)) for path, part in sections]
    year = _YEAR.search(fields.get("date", "") or fields.get("year", ""))
    about = About(
        title=title,
        authors=tuple(
            item.strip()
            for item in re.split(r"[;,]| and ", fields.get("authors", fields.get("author", "")))
            if item.strip()
        ),
        year=int(year[1]) if year else None,
        journal=fields.get("journal", ""),
        doi=fields.get("doi", "").removeprefix("https://doi.org/").lower(),
        pmid=fields.get("pmid", "") if fields.get("pmid", "").isdigit() else "",
        keywords=tuple(item.strip() for item in fields.get("keywords", "").split(";") if item.strip()),
    )
    yield ReadDocument(about, tuple(parts) or (Part(title, "body"),), "markdown", RANK)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of the head, names in lower case, and what follows it."""
    if not text.startswith("---\n"):
        return {}, text
    head, mark, body = text[4:].partition("\n---\n")
    if not mark:
        return {}, text
    found = (_FIELD.match(line) for line in head.split("\n"))
    return {item[1].lower(): item[2].strip("\"'") for item in found if item}, body


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Titles from the outermost in, and the text under them, headings left out."""
    path: list[str] = []
    held: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            held.append(line)
            continue
        if (part := "\n".join(held).strip("\n")).strip():
            yield tuple(path), part
        held = []
        depth = len(heading[1])
        path = [*path[: depth - 1], *[""] * (depth - 1 - len(path)), heading[2]]
        path = [item for item in path if item] if depth <= 1 else path
    if (part := "\n".join(held).strip("\n")).strip():
        yield tuple(item for item in path), part
