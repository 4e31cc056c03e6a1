"""The `literature_search` tool: articles about a question, with their standing and the beginning of their abstracts."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from ...memory.articles.article import Article
from ...memory.records import Omitted
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..sources.found import Found
from ..sources.literature.europepmc import EuropePmc
from ..sources.literature.queries import FIRST_YEAR, LAST_YEAR, ArticleType, Query
from .article_record import article_draft, article_record
from .two_sources import first_of_two, pubmed_of

__all__ = ["literature_search"]

_SNIPPET_CHARACTERS = 400
_MOST = 100
_FURTHEST = 1_900


class LiteratureSearchArguments(ToolArguments):
    """About what, from when, of which kind."""

    query: str = Field(
        min_length=2, max_length=500, description="words to look for, with AND, OR, NOT and quotation marks"
    )
    from_year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="published in this year or later"
    )
    to_year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="published in this year or earlier"
    )
    open_access: bool = Field(default=False, description="only articles whose full text is open access")
    types: tuple[ArticleType, ...] = Field(
        default=(), description="kinds of article, any of them; all where none is named"
    )
    most: int = Field(default=10, ge=1, le=_MOST, description="how many articles to give")
    skip: int = Field(default=0, ge=0, le=_FURTHEST, description="how many of the first articles to leave out")

    ordered: ClassVar = (("from_year", "to_year"),)

    @model_validator(mode="after")
    def _in_order(self) -> LiteratureSearchArguments:
        if self.from_year is not None and self.to_year is not None and self.from_year > self.to_year:
            raise ValueError("from_year is later than to_year")
        return self


@tool(
    title="Literature search",
    cost="slow",
    deadline_s=90,
    needs_network=True,
    kept_replies=True,
    examples=({"query": "osimertinib resistance EGFR C797S", "from_year": 2018, "most": 5},),
)
async def literature_search(arguments: LiteratureSearchArguments, context: ToolContext) -> Findings:
    """Search published articles and preprints by words, years and kind; retracted ones are marked.

    Use it for "what is published about …", reviews, trials, recent work. Not for one known article (`fetch_article`), nor for
    measured potencies, which the activity tools have as data. Comes back: a record an article, most relevant first, with PMID,
    PMCID, DOI, title, journal, year, types, whether it was retracted, corrected or is under a concern and by which notice,
    licence where stated, and the beginning of its abstract. Europe PMC is asked, and PubMed where it does not answer. Limits:
    100 articles a call; `skip` pages on. What articles say is quoted, not checked.
    """
    query = Query(
        arguments.query,
        arguments.from_year,
        arguments.to_year,
        arguments.open_access,
        tuple(dict.fromkeys(arguments.types)),
    )
    reach = arguments.skip + arguments.most
    async with context.transport.session() as session:
        found = await first_of_two(
            lambda: EuropePmc(session).search(query, reach), lambda: pubmed_of(session, context).search(query, reach)
        )
        notices = tuple(dict.fromkeys((*session.notices, *found.notices)))
    return _findings(arguments, found, notices)


def _findings(arguments: LiteratureSearchArguments, found: Found[Article], notices: tuple[str, ...]) -> Findings:
    total = found.total if found.total is not None else len(found.rows)
    rows = found.rows[arguments.skip :]
    filters = arguments.model_dump(mode="json", exclude_defaults=True, exclude={"query", "most"})
    if not rows:
        message = f"No article is found for {shorten(arguments.query, 120)!r}." if not total else (
            f"There are {total} articles, none behind the first {arguments.skip}."
        )  # fmt: skip
        record = {
            "type": "literature_search",
            "query": arguments.query,
            "total": total,
            "message": message,
            "notes": [],
        }
        draft = Draft(record, found.source, found.backend, message)
        return Findings(
            (draft,),
            matched=total,
            returned=0,
            filters=filters,
            warnings=notices,
            empty=True,
            retrieved_at=found.retrieved_at,
        )
    retracted = [article.label for article in rows if article.retracted]
    warnings = (*((f"Retracted: {', '.join(retracted)}.",) if retracted else ()), *notices)
    return Findings(
        tuple(article_draft(found, article, _record(article)) for article in rows),
        matched=total,
        returned=len(rows),
        filters=filters,
        omitted=_omitted(arguments, total, len(rows)),
        warnings=warnings,
        partial=len(found.rows) < min(total, arguments.skip + arguments.most),
        retrieved_at=found.retrieved_at,
    )


def _record(article: Article) -> dict[str, Any]:
    return {**article_record(article), "snippet": shorten(article.abstract_text, _SNIPPET_CHARACTERS) or None}


def _omitted(arguments: LiteratureSearchArguments, total: int, returned: int) -> Omitted | None:
    seen = arguments.skip + returned
    if seen >= total:
        return None
    what = f"{total - seen:,} more articles" + (
        "" if seen <= _FURTHEST else "; narrow the words or the years to reach them"
    )
    again = {**arguments.model_dump(mode="json", exclude_defaults=True), "skip": min(seen, _FURTHEST), "most": _MOST}
    return Omitted(what=what, tool="literature_search", arguments=again)
