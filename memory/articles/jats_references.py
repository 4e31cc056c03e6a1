"""The reference list of a JATS article, in its old and new forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .full_text import Reference
from .identifiers import valid_doi, valid_pmid
from .plain_text import one_line, text_of
from .pubmed_xml import year_in

__all__ = ["references_of"]

_CITATIONS = ("mixed-citation", "element-citation", "nlm-citation", "citation")
_IDS = frozenset(("pub-id", "ext-link", "object-id"))
_HREF = "{http://www.w3.org/1999/xlink}href"


def references_of(back: Any) -> tuple[Reference, ...]:
    """Every entry in order; one with several citations gives one reference for each, under the same label."""
    if back is None:
        return ()
    found: list[Reference] = []
    for ref in back.iter("ref"):
        label = text_of(ref.find("label"))
        found += [_reference(citation, label) for citation in ref.iter(*_CITATIONS)]
    return tuple(reference for reference in found if reference.text)


def _reference(citation: Any, label: str) -> Reference:
    ids = {kind: value for kind, value in _ids(citation) if value}
    return Reference(
        label=label or text_of(citation.find("label")),
        text=_all_of(citation),
        title=text_of(citation.find("article-title")) or text_of(citation.find("chapter-title")),
        year=year_in(text_of(citation.find("year"))),
        pmid=valid_pmid(ids.get("pmid", "")),
        doi=valid_doi(ids.get("doi", "")),
    )


def _ids(citation: Any) -> Iterator[tuple[str, str]]:
    for item in citation.iter("pub-id"):
        yield item.get("pub-id-type", ""), text_of(item)
    for item in citation.iter("ext-link"):
        target = item.get(_HREF, "")
        if "doi.org/" in target or item.get("ext-link-type") == "doi":
            yield "doi", valid_doi(one_line(target)) or valid_doi(text_of(item))


def _all_of(citation: Any) -> str:
    """The citation in one line; where the journal gives bare fields without punctuation, commas stand between them."""
    skip = _IDS | {"label"}
    if citation.text and citation.text.strip():
        return text_of(citation, skip)
    if any((child.tail or "").strip() for child in citation):
        return text_of(citation, skip)
    parts = []
    for child in citation:
        name = child.tag if isinstance(child.tag, str) else ""
        if name == "person-group":
            parts += [_person(item) for item in child]
        elif name == "name":
            parts.append(_person(child))
        elif name and name not in skip:
            parts.append(text_of(child, skip))
    return ", ".join(filter(None, parts))


def _person(element: Any) -> str:
    if element.tag != "name":
        return text_of(element)
    return " ".join(filter(None, (text_of(element.find("surname")), text_of(element.find("given-names")))))
