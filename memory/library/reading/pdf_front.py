"""What a PDF says of itself: its title, identifiers, year, licence, and whether it is marked as retracted.

Nothing is guessed that would make two articles one: an identifier counts only where it is plainly the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...articles.identifiers import valid_doi, valid_pmcid, valid_pmid
from ...articles.licences import licence_name
from ...articles.plain_text import one_line
from ..document import RetractionState
from .pdf_lines import Line

__all__ = ["Front", "front_of"]

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"“”\\^`{|}<>]{1,200}")
_OWN_DOI = re.compile(r"(10\.\d{4,9}/\S{1,200}?)\.?\s*Cite this article as", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC ?(\d{5,9})\b")
_PMID = re.compile(r"\bPMID:? ?(\d{5,8})\b")
_YEARS = (
    re.compile(r"(?:©|\(c\)|copyright)\s*(?:the authors?\W*)?((?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(r"\bpublished(?: online)?:?\s[^.;]{0,40}?\b((?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(r"\b((?:19|20)\d\d)[,;] ?\d{1,4} ?[:(]"),
    re.compile(r"\bvolume (?:(?:19|20)\d\d, )?.{0,12}\b((?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(r"\baccepted:?\s[^.;]{0,30}?\b((?:19|20)\d\d)\b", re.IGNORECASE),
)
_LICENCE = re.compile(
    r"creativecommons\.org/(?:licenses|publicdomain)/|creative commons (?:attribution|licen[cs]e)|\bCC BY\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"\W*(retracted|withdrawn)(?: (?:article|paper|publication))?\W*", re.IGNORECASE)
_TITLE_MARK = re.compile(r"\W*(?:retracted|withdrawn)(?: (?:article|paper|chapter))?\s*[:\]—–-]", re.IGNORECASE)
_NOTICE = re.compile(
    r"\W*(?:retraction(?: (?:note|notice))?|erratum|corrigendum|correction|(?:editorial )?expression of concern)\b(?: to| for)?\s*[:—–-]",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"untitled|microsoft word|\.(?:docx?|pdf|tex|indd|qxd|dvi)\b|^\W*\d[\d\W]*$|^\S+$", re.IGNORECASE
)
_KIND = re.compile(
    r"(?:(?:original )?research(?: article| paper)?|review(?: article)?|case report|methodology|study protocol|open access|\W)+",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\W\d_.’'-]*(?:[ .’'-]+[^\W\d_][^\W\d_.’'-]*)+\.?")
_REFERENCES = re.compile(r"^(?:\d+\.? )?(?:references|bibliography|literature cited)$", re.IGNORECASE)
_SHORTEST, _LONGEST = 15, 400


@dataclass(frozen=True)
class Front:
    """What was found; empty where it is not plain."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    licence: str = ""
    state: RetractionState = "none"
    standing: str = ""


def front_of(
    said: Mapping[str, str],
    first: Sequence[Sequence[Line]],
    pages: Sequence[str],
    creators: Iterable[Sequence[str]] = (),
) -> Front:
    """What the file says of its document.

    Args:
        said: its metadata, as `PdfPages.said` gives it.
        first: the lines of its first page, heads and feet included.
        pages: the text of every page, paragraphs apart by newlines.
        creators: lists of names that its XMP packets give, those of pictures among them.
    """
    lines = [line for region in first for line in region]
    page = "\n".join(line.text for line in lines)
    title = _title(one_line(said.get("title", "")), lines)
    state, standing = _state(title, lines)
    return Front(
        title=title,
        authors=_authors(one_line(said.get("author", "")), creators, page),
        year=_year(page),
        doi=_doi(said, page, pages),
        pmid=_only(_PMID, page, valid_pmid),
        pmcid=_only(_PMCID, page, valid_pmcid),
        licence=_licence(pages),
        state=state,
        standing=standing,
    )


def _title(given: str, lines: Sequence[Line]) -> str:
    """The file's own where the first page says it too; else the largest writing on the upper part of that page."""
    page = _key(" ".join(line.text for line in lines))
    if _SHORTEST <= len(given) <= _LONGEST and not _NO_TITLE.search(given) and _key(given) in page:
        return given
    upright = [line for line in lines if not line.words[0].turn and sum(char.isalpha() for char in line.text) >= 4]
    if not upright:
        return ""
    top, bottom = max(line.y for line in upright), min(line.y for line in upright)
    upper = [
        line
        for line in upright
        if line.y >= top - 0.6 * (top - bottom) and not (_MARK.fullmatch(line.text) or _KIND.fullmatch(line.text))
    ]
    body = _usual_size(upright)
    for size in sorted({round(line.size, 1) for line in upper}, reverse=True):
        if size <= 1.1 * body:
            break
        title = _stretch([line for line in upper if abs(line.size - size) <= 0.3], size)
        if _SHORTEST <= len(title) <= _LONGEST and " " in title:
            return title
    return ""


def _stretch(lines: Sequence[Line], size: float) -> str:
    """The first of these lines that follow each other closely, as one; the longest such stretch where there are several."""
    stretches: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if stretches and stretches[-1][-1].y - line.y <= 2.0 * size:
            stretches[-1].append(line)
        else:
            stretches.append([line])
    texts = [" ".join(line.text for line in stretch) for stretch in stretches]
    return re.sub(r"(?<=[a-z])- (?=[a-z])", "-", one_line(max(texts, key=len)))


def _usual_size(lines: Sequence[Line]) -> float:
    weights: dict[float, int] = {}
    for line in lines:
        weights[line.size] = weights.get(line.size, 0) + len(line.text)
    return min(weights, key=lambda size: (-weights[size], size))


def _authors(given: str, creators: Iterable[Sequence[str]], page: str) -> tuple[str, ...]:
    """The file's own list where it is a list, and every family name stands on the first page: many files name one of many."""
    known = page.casefold()
    for names in (_split(given), *creators):
        if len(names) == 1:
            names = _split(names[0])
        if len(names) > 1 and all(_NAME.fullmatch(name) and name.split()[-1].casefold() in known for name in names):
            return tuple(names)
    return ()


def _split(names: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;,]| and | & ", names) if name.strip()]


def _year(page: str) -> int | None:
    for pattern in _YEARS:
        found = pattern.search(page)
        if found:
            return int(found[1])
    return None


def _doi(said: Mapping[str, str], page: str, pages: Sequence[str]) -> str:
    """That of the metadata; else the one on the first page; else the one before `Cite this article as`."""
    for name in ("doi", "subject", "title"):
        found = _DOI.search(said.get(name, ""))
        if found:
            return _bare(found[0])
    dois = list(dict.fromkeys(_bare(found[0]) for found in _DOI.finditer(_before_references(page))))
    if len(dois) == 1:
        return dois[0]
    own = next((found for found in map(_OWN_DOI.search, reversed(pages)) if found), None)
    if own:
        return _bare(own[1])
    return dois[0] if dois else ""


def _bare(doi: str) -> str:
    doi = doi.rstrip(".,;:")
    while doi.endswith((")", "]")) and doi.count("(") + doi.count("[") < doi.count(")") + doi.count("]"):
        doi = doi[:-1].rstrip(".,;:")
    return valid_doi(doi).lower()


def _only(pattern: re.Pattern[str], page: str, valid: Callable[[str], str]) -> str:
    found = {match[1] for match in pattern.finditer(_before_references(page))}
    return valid(found.pop()) if len(found) == 1 else ""


def _before_references(page: str) -> str:
    kept = []
    for line in page.split("\n"):
        if _REFERENCES.match(line.strip()):
            break
        kept.append(line)
    return "\n".join(kept)


def _licence(pages: Sequence[str]) -> str:
    """Of the first and the last pages, where journals state it."""
    for text in (*pages[:2], *reversed(pages[2:][-2:])):
        for found in _LICENCE.finditer(text):
            name = licence_name(text[max(0, found.start() - 20) : found.end() + 120])
            if name.startswith(("CC", "Public Domain")):
                return name
    return ""


def _state(title: str, lines: Sequence[Line]) -> tuple[RetractionState, str]:
    marked = next(
        (line.text for line in lines if _MARK.fullmatch(re.sub(r"(?<=\b[A-Z]) (?=[A-Z]\b)", "", line.text))), ""
    )
    if marked or _TITLE_MARK.match(title):
        return "retracted", "RETRACTED (so marked on its first page)"
    if _NOTICE.match(title):
        return "notice", f"This is itself a notice: {title}"
    return "none", ""


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
