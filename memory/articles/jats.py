"""JATS, the XML of journals: an article with its sections, tables, figure captions and references.

Sections are given flat, in reading order, each with the titles above it. Reviews and replies that some journals append
as sub-articles are left out. Formulas are given as their MathML's text, which is fit to be searched, not computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadReply, NotFound
from .full_text import Figure, FullText, Section
from .jats_front import front_matter
from .jats_references import references_of
from .jats_tables import table_of
from .plain_text import one_line, text_of
from .xml_reading import each

__all__ = ["each_full_text", "parse_full_text"]

_ROOTS = ("article", "pmc-articleset", "errorBean", "OAI-PMH", "ERROR", "eFetchResult")
_ELSEWHERE = frozenset(("table-wrap", "table-wrap-group", "fig", "fig-group", "supplementary-material", "label"))
"""What is no part of a paragraph's text although it may stand in it."""
_PARAGRAPHS = frozenset(
    "p list def-list disp-quote disp-formula disp-formula-group boxed-text statement verse-group preformat speech "
    "glossary fn-group".split()
)
_BACK = frozenset(("sec", "ack", "app", "notes", "glossary"))
_UNTITLED = {"ack": "Acknowledgements", "app": "Appendix", "notes": "Notes", "glossary": "Glossary"}


def parse_full_text(body: bytes, service: str) -> FullText:
    """The article in a document.

    Args:
        body: one article, or PMC's set with one article in it.
        service: whose reply it is, for errors.

    Raises:
        NotFound: there is an article, but its text is not given: it is not open access.
        BadReply: it is cut short or broken, holds no article, or says that there was an error.
    """
    found = next(each_full_text(body, service), None)
    if found is None:
        raise BadReply(f"{service}: no article came.", "Ask again later.")
    if not found.sections:
        raise _closed(found.article.label, service)
    return found


def each_full_text(body: bytes, service: str) -> Iterator[FullText]:
    """Every article of a set, one after another; one whose text is not given has no sections. Raises BadReply and NotFound."""
    for element in each(body, ("article", "errorBean", "error", "ERROR"), _ROOTS, service):
        if element.tag == "article":
            yield _full_text(element)
        elif element.getparent() is None or element.tag in ("errorBean", "ERROR"):
            _complain(text_of(element.find("errMsg")) or text_of(element), service)


def _complain(said: str, service: str) -> None:
    if "not open access" in said.lower():
        raise _closed(said, service)
    raise BadReply(f"{service} says: {said[:160]}", "Check the id.")


def _closed(label: str, service: str) -> NotFound:
    return NotFound(
        f"{service} gives no full text of this article, which is not open access ({label[:120]}).",
        "Its abstract can be fetched; the text is at the publisher's.",
    )


@dataclass
class _Read:
    """What was met so far on the way through the text."""

    sections: list[Section] = field(default_factory=list)
    tables: list[tuple[Any, tuple[str, ...]]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    supplements: list[Figure] = field(default_factory=list)


def _full_text(element: Any) -> FullText:
    read = _Read()
    body = element.find("body")
    if body is not None:
        _section(body, (), read)
    if read.sections:
        for part in _back_matter(element.find("back")):
            _titled(part, (), read)
        for floats in element.iterfind("floats-group"):
            _floats(floats, (), read)
    licence = element.find("front/article-meta/permissions/license")
    return FullText(
        article=front_matter(element),
        sections=tuple(read.sections),
        tables=tuple(table_of(found, path) for found, path in read.tables),
        figures=tuple(read.figures),
        supplements=tuple(read.supplements),
        references=references_of(element.find("back")),
        licence_text=text_of(licence)[:1000],
    )


def _back_matter(back: Any) -> Iterator[Any]:
    if back is None:
        return
    for child in back:
        if child.tag == "app-group":
            yield from child.iterfind("app")
        elif child.tag in _BACK:
            yield child


def _titled(element: Any, path: tuple[str, ...], read: _Read) -> None:
    title = text_of(element.find("title")) or _UNTITLED.get(element.tag, "")
    label = text_of(element.find("label"))
    name = " ".join(filter(None, (label, title)))
    _section(element, (*path, name) if name else path, read)


def _section(element: Any, path: tuple[str, ...], read: _Read) -> None:
    """Everything in a section, its subsections after its own paragraphs, in reading order."""
    paragraphs: list[str] = []

    def close() -> None:
        if paragraphs:
            read.sections.append(Section(path, tuple(paragraphs), one_line(element.get("sec-type", ""))))
            paragraphs.clear()

    for child in element:
        if child.tag == "sec" or (child.tag == "boxed-text" and child.find("sec") is not None):
            close()
            _titled(child, path, read)
        elif child.tag in _PARAGRAPHS:
            _floats(child, path, read)
            text = text_of(child, _ELSEWHERE)
            if text:
                paragraphs.append(text)
        else:
            _floats(child, path, read)
    close()


def _floats(element: Any, path: tuple[str, ...], read: _Read) -> None:
    """Tables, figures and supplements in an element, or the element itself."""
    for found in element.iter("table-wrap", "fig", "supplementary-material"):
        label = text_of(found.find("label"))
        if found.tag == "table-wrap":
            read.tables.append((found, path))
        elif found.tag == "fig":
            read.figures.append(Figure(label, text_of(found.find("caption")), path))
        else:
            said = [text_of(part, _ELSEWHERE) for part in (*found.iter("caption"), *found.iterfind("p"))]
            read.supplements.append(Figure(label, " ".join(filter(None, said)), path))
