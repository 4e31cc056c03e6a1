"""The ids of articles, checked by pattern before any of them reaches an address or a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..errors import InvalidIdentifier
from ..text import clean, shorten

__all__ = ["ArticleId", "read_article_id", "valid_doi", "valid_pmcid", "valid_pmid"]

_PMID = re.compile(r"[1-9]\d{0,7}", re.ASCII)
_PMCID = re.compile(r"(PMC[1-9]\d{0,8})(?:\.\d{1,3})?", re.IGNORECASE | re.ASCII)
_PREPRINT = re.compile(r"PPR[1-9]\d{0,8}", re.IGNORECASE | re.ASCII)
# Old DOIs of Wiley hold <, >, ; and brackets; none holds white space, a quotation mark or a backslash.
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"“”\\^`{|}]{1,200}")
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)", re.IGNORECASE)
_PMID_PREFIX = re.compile(r"(?:pmid|pubmed|med)\s*[:/]?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class ArticleId:
    """An id that has the shape of its kind."""

    kind: Literal["pmid", "pmcid", "doi", "preprint"]
    value: str

    def __str__(self) -> str:
        return {"pmid": "PMID ", "doi": "doi:"}.get(self.kind, "") + self.value


def valid_pmid(text: str) -> str:
    """The PMID, or nothing where it has not the shape of one."""
    return text if _PMID.fullmatch(text) else ""


def valid_pmcid(text: str) -> str:
    """The PMCID with its letters and without a version, or nothing."""
    found = _PMCID.fullmatch(text if text[:3].upper() == "PMC" else f"PMC{text}")
    return found.group(1).upper() if found else ""


def valid_doi(text: str) -> str:
    """The DOI without prefix or address, or nothing."""
    bare = _DOI_PREFIX.sub("", text.strip(), count=1)
    return bare if _DOI.fullmatch(bare) and clean(bare) == bare else ""


def read_article_id(text: str) -> ArticleId:
    """The id that `text` is.

    Raises:
        InvalidIdentifier: it is neither a PMID, a PMCID, a DOI nor a preprint number of Europe PMC.
    """
    given = text.strip()
    if _PMCID.fullmatch(given):
        return ArticleId("pmcid", valid_pmcid(given))
    if _PREPRINT.fullmatch(given):
        return ArticleId("preprint", given.upper())
    bare = _PMID_PREFIX.sub("", given, count=1)
    if _PMID.fullmatch(bare):
        return ArticleId("pmid", bare)
    doi = valid_doi(given)
    if doi:
        return ArticleId("doi", doi)
    raise InvalidIdentifier(
        f"{shorten(clean(given), 60)!r} is no id of an article.",
        "Give a PMID such as 20516115, a PMCID such as PMC3040717, or a DOI such as 10.1158/0008-5472.CAN-09-4563.",
    )
