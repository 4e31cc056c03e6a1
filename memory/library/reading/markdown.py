"""Markdown: a part for each heading's text, as it stands; a head of `name: value` lines between `---` says what the document is.

The marks of Markdown stay in the text: what is quoted is what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...articles.identifiers import valid_doi, valid_pmid
from ...errors import FileRefused
from ..document import About, Part, ReadDocument
from .person_name import person
from .plain import RANK, decoded, title_from_name

__all__ = ["front_matter", "read"]

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_FIELD = re.compile(r"^([A-Za-z][\w -]{0,60}?)[ \t]*:(.*)$")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(\S.*)$")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(data: bytes, name: str) -> Iterator[ReadDocument]:
    """The one document of a Markdown file. Raises FileRefused."""
    fields, body = front_matter(decoded(data, name))
    headings: list[str] = []
    sections = list(_sections(body, headings))
    if not sections and not headings and not fields.get("title"):
        raise FileRefused(f"{name} is empty.", "Nothing is in it that could be found.")
    title = fields.get("title") or next(iter(headings), "") or title_from_name(name)
    parts = [Part(part, "body", section=" > ".join(item for item in path if item != title)) for path, part in sections]
    year = _YEAR.search(fields.get("date", "") or fields.get("year", ""))
    about = About(
        title=title,
        authors=tuple(_authors(fields.get("authors") or fields.get("author", ""))),
        year=int(year[1]) if year else None,
        journal=fields.get("journal", ""),
        doi=valid_doi(fields.get("doi", "")).lower(),
        pmid=valid_pmid(fields.get("pmid", "")),
        keywords=tuple(_items(fields.get("keywords") or fields.get("tags", ""))),
    )
    yield ReadDocument(about, tuple(parts) or (Part("\n".join(headings) or title, "body"),), "markdown", RANK)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of the head, names in lower case, and what follows it. Items of a list of YAML come apart by `; `."""
    if not text.startswith("---\n"):
        return {}, text
    head, mark, body = text[4:].partition("\n---\n")
    if not mark:
        return {}, text
    fields: dict[str, str] = {}
    last = ""
    for line in head.split("\n"):
        if (found := _FIELD.match(line)) is not None:
            last = found[1].lower()
            fields[last] = found[2].strip().strip("\"'")
        elif last and (item := _ITEM.match(line)) is not None:
            fields[last] = "; ".join(filter(None, (fields[last], item[1].strip().strip("\"'"))))
    return fields, body


def _authors(text: str) -> Iterator[str]:
    """Apart by semicolons or `and`, else by commas, as PubMed writes them."""
    apart = r";| and " if re.search(r";| and ", text) else ","
    return (author.name for name in re.split(apart, text.strip("[]")) if (author := person(name)) is not None)


def _items(text: str) -> Iterator[str]:
    return (
        bare for item in re.split(r"[;,]" if ";" not in text else ";", text.strip("[]")) if (bare := item.strip(" \"'"))
    )


def _sections(text: str, headings: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Titles from the outermost in, and the text under them, headings left out; these come into the list."""
    path: list[str] = []
    held: list[str] = []
    fenced = ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence is not None and fenced in ("", fence[1]):
            fenced = "" if fenced else fence[1]
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            held.append(line)
            continue
        if (part := "\n".join(held).strip("\n")).strip():
            yield tuple(filter(None, path)), part
        held = []
        depth = len(heading[1])
        title = _bare(heading[2])
        path = [*path[: depth - 1], *[""] * (depth - 1 - len(path)), title]
        headings += filter(None, [title])
    if (part := "\n".join(held).strip("\n")).strip():
        yield tuple(filter(None, path)), part


def _bare(heading: str) -> str:
    """Without the hashes that may close it, which a blank parts from it: `C#` keeps its own."""
    told = heading.strip()
    open_end = told.rstrip("#")
    return open_end.rstrip() if not open_end or open_end[-1].isspace() else told
