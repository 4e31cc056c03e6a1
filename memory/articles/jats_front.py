"""The front matter of a JATS article as an article's record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .article import AbstractSection, Article, Author, EditorialNotice, NoticeKind, OtherAbstract
from .identifiers import valid_doi, valid_pmcid, valid_pmid
from .licences import licence_name
from .plain_text import one_line, text_of
from .pubmed_xml import year_in

__all__ = ["front_matter"]

_HREF = "{http://www.w3.org/1999/xlink}href"
_LICENCE_REF = "{http://www.niso.org/schemas/ali/1.0/}license_ref"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_RELATED: dict[str, tuple[NoticeKind, bool]] = {
    "retraction-forward": ("retraction", True),
    "retracted-article": ("retraction", False),
    "partial-retraction": ("partial_retraction", True),
    "partial-retraction-forward": ("partial_retraction", True),
    "expression-of-concern": ("expression_of_concern", True),
    "concern-forward": ("expression_of_concern", True),
    "expression-of-concern-forward": ("expression_of_concern", True),
    "object-of-concern": ("expression_of_concern", False),
    "correction-forward": ("correction", True),
    "correction": ("correction", True),
    "corrected-article": ("correction", False),
    "republished-article": ("republication", False),
    "updated-article": ("update", False),
    "preprint": ("preprint", False),
}
"""The journals' words for related articles: the kind, and whether the related one is a notice about this article."""

# The date of the issue first, as PubMed has it.
_DATES = ("ppub", "pub-print", "collection", "epub-ppub", "pub", "epub", "pub-electronic", "")


def front_matter(element: Any) -> Article:
    """What an `article` element says of itself."""
    meta = element.find("front/article-meta")
    journal = element.find("front/journal-meta")
    ids = _ids(meta)
    date = _date(meta)
    main, others = _abstracts(meta)
    notices, notice_of = _related(meta)
    pmid, pmcid = valid_pmid(ids.get("pmid", "")), valid_pmcid(ids.get("pmcid", "") or ids.get("pmc", ""))
    doi = valid_doi(ids.get("doi", ""))
    return Article(
        database="PMC",
        id=pmcid or pmid or doi,
        title=_text(meta, "title-group/article-title"),
        pmid=pmid,
        pmcid=pmcid,
        doi=doi,
        vernacular_title=_text(meta, "title-group/trans-title-group/trans-title")
        or _text(meta, "title-group/trans-title"),
        abstract=main,
        other_abstracts=others,
        authors=tuple(_authors(meta)),
        journal=_text(journal, "journal-title-group/journal-title") or _text(journal, "journal-title"),
        journal_abbreviation=_journal_id(journal),
        volume=_text(meta, "volume"),
        issue=_text(meta, "issue"),
        pages=_pages(meta),
        year=year_in(date),
        date=date,
        languages=tuple(filter(None, (one_line(element.get(_LANGUAGE, "")).lower(),))),
        publication_types=tuple(filter(None, (one_line(element.get("article-type", "")),))),
        keywords=tuple(filter(None, map(text_of, _each(meta, "kwd-group/kwd")))),
        licence=_licence(meta),
        copyright=_copyright(meta),
        notices=notices,
        notice_of=notice_of,
    )


def _each(element: Any, path: str) -> Iterator[Any]:
    return iter(()) if element is None else element.iterfind(path)


def _text(element: Any, path: str) -> str:
    return "" if element is None else text_of(element.find(path))


def _ids(meta: Any) -> dict[str, str]:
    return {item.get("pub-id-type", ""): text_of(item) for item in _each(meta, "article-id")}


def _journal_id(journal: Any) -> str:
    kinds = {item.get("journal-id-type", ""): text_of(item) for item in _each(journal, "journal-id")}
    return kinds.get("iso-abbrev") or kinds.get("nlm-ta") or ""


def _date(meta: Any) -> str:
    found: dict[str, str] = {}
    for item in _each(meta, "pub-date"):
        kind = item.get("pub-type") or item.get("publication-format") or item.get("date-type") or ""
        kind = {"print": "ppub", "electronic": "epub"}.get(kind, kind)
        found.setdefault(
            kind, " ".join(filter(None, (_text(item, part) for part in ("year", "season", "month", "day"))))
        )
    return next((found[kind] for kind in _DATES if found.get(kind)), next(iter(found.values()), ""))


def _pages(meta: Any) -> str:
    first, last = _text(meta, "fpage"), _text(meta, "lpage")
    return f"{first}-{last}" if last and last != first else first or _text(meta, "elocation-id")


def _authors(meta: Any) -> Iterator[Author]:
    for item in _each(meta, "contrib-group/contrib"):
        if item.get("contrib-type", "author") != "author":
            continue
        group = text_of(item.find("collab"), frozenset(("contrib-group", "xref")))
        if group:
            yield Author(group, collective=True)
            continue
        name = item.find("name")
        if name is None:
            name = item.find("name-alternatives/name")
        last, fore = _text(name, "surname"), _text(name, "given-names")
        if last or fore:
            given = name.find("given-names")
            initials = one_line(given.get("initials", "")) if given is not None else ""
            orcid = next((text_of(i) for i in item.iterfind("contrib-id") if i.get("contrib-id-type") == "orcid"), "")
            yield Author(" ".join(filter(None, (last, initials or fore))), last, fore, orcid=orcid.rpartition("/")[2])


def _abstracts(meta: Any) -> tuple[tuple[AbstractSection, ...], tuple[OtherAbstract, ...]]:
    """The main abstract, and the others: in plain words, or in another language."""
    main: tuple[AbstractSection, ...] = ()
    others = []
    for item in [*_each(meta, "abstract"), *_each(meta, "trans-abstract")]:
        kind, language = one_line(item.get("abstract-type", "")), one_line(item.get(_LANGUAGE, ""))
        sections = tuple(_abstract_sections(item))
        if not sections or kind == "graphical":
            continue
        if not main and item.tag == "abstract" and kind in ("", "structured", "abstract"):
            main = sections
        else:
            others.append(OtherAbstract(sections, kind or text_of(item.find("title")), language))
    return main, tuple(others)


def _abstract_sections(element: Any) -> Iterator[AbstractSection]:
    skip = frozenset(("title", "label", "fig"))
    loose = [text_of(child, skip) for child in element if child.tag not in ("title", "label", "sec")]
    if any(loose):
        yield AbstractSection(" ".join(filter(None, loose)))
    for part in element.iterfind("sec"):
        text = text_of(part, skip)
        if text:
            yield AbstractSection(text, text_of(part.find("title")), one_line(part.get("sec-type", "")))


def _licence(meta: Any) -> str:
    """The licence's name, by its address where one is given, else by its words."""
    licence = None if meta is None else meta.find("permissions/license")
    if licence is None:
        return ""
    addresses = [
        licence.get(_HREF, ""),
        *(value for name, value in licence.attrib.items() if name.endswith("}resource")),
    ]
    addresses += [text_of(item) for item in licence.iter(_LICENCE_REF)]
    addresses += [item.get(_HREF, "") for item in licence.iter("ext-link")]
    for address in addresses:
        if "creativecommons.org" in address:
            return licence_name(address)
    return licence_name(text_of(licence))


def _copyright(meta: Any) -> str:
    said = _text(meta, "permissions/copyright-statement")
    if said:
        return said
    year, holder = _text(meta, "permissions/copyright-year"), _text(meta, "permissions/copyright-holder")
    return f"© {year} {holder}".replace("  ", " ").strip() if holder else ""


def _related(meta: Any) -> tuple[tuple[EditorialNotice, ...], tuple[EditorialNotice, ...]]:
    about_this: list[EditorialNotice] = []
    about_others: list[EditorialNotice] = []
    items = () if meta is None else [*meta.iterfind("related-article"), *meta.iterfind("related-object")]
    for item in items:
        relation = _RELATED.get(item.get("related-article-type", ""))
        if relation is None:
            continue
        target = one_line(item.get(_HREF, "")).removeprefix("info:doi/")
        by_pmid = item.get("ext-link-type") in ("pubmed", "pmid")
        notice = EditorialNotice(
            relation[0],
            pmid=valid_pmid(target) if by_pmid else "",
            doi="" if by_pmid else valid_doi(target),
            citation=text_of(item),
        )
        (about_this if relation[1] else about_others).append(notice)
    return tuple(about_this), tuple(about_others)
