"""ESearch's reply: ids, the count, and what it says about words it did not know."""

from __future__ import annotations

from dataclasses import dataclass

from ....memory.articles.identifiers import valid_pmid
from ....memory.articles.plain_text import text_of
from ....memory.articles.xml_reading import whole
from ....memory.errors import BadReply, RateLimited

__all__ = ["Hits", "parse_hits"]

_SERVICE = "PubMed"


@dataclass(frozen=True)
class Hits:
    """Ids in order, with how many there are in all."""

    count: int
    pmids: tuple[str, ...]
    notices: tuple[str, ...] = ()


def parse_hits(body: bytes) -> Hits:
    """The ids in an ESearch reply.

    Raises:
        RateLimited: it says, with status 200, that it was asked too often.
        BadReply: it is an error or no reply of ESearch.
    """
    if body.lstrip()[:1] == b"{" and b"rate limit" in body[:400].lower():
        raise RateLimited(f"{_SERVICE} was asked too often.", "Ask again in a minute, or set an API key of NCBI.")
    root = whole(body, ("eSearchResult", "ERROR"), _SERVICE)
    error = root if root.tag == "ERROR" else root.find("ERROR")
    if error is not None:
        raise BadReply(f"{_SERVICE} refused the search: {text_of(error)[:160]}", "Ask in other words.")
    count = text_of(root.find("Count"))
    if not (count.isascii() and count.isdigit()):
        raise BadReply(f"{_SERVICE}: a search reply without its count came.", "Ask again later.")
    listed = [text_of(item) for item in root.iterfind("IdList/Id")]
    pmids = tuple(dict.fromkeys(filter(None, map(valid_pmid, listed))))
    unknown = [text_of(item) for item in root.iterfind("ErrorList/PhraseNotFound")]
    unknown += [text_of(item) for item in root.iterfind("WarningList/QuotedPhraseNotFound")]
    said = [text_of(item) for item in root.iterfind("ErrorList/FieldNotFound")]
    notices = (
        [f"{_SERVICE} does not know these words and left them out: {'; '.join(unknown)[:200]}."] if unknown else []
    )
    notices += [f"{_SERVICE} does not know these fields: {'; '.join(said)[:200]}."] if said else []
    return Hits(int(count), pmids, tuple(notices))
