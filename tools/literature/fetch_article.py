"""The `fetch_article` tool: one article by its id, with its whole abstract or parts of its text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from ...memory.articles.article import Article
from ...memory.articles.full_text import FullText
from ...memory.articles.identifiers import read_article_id
from ...memory.errors import NotFound
from ...memory.records import Omitted
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..sources.found import Found
from ..sources.literature.europepmc import EuropePmc
from ..sources.literature.pubmed import Pubmed
from .article_record import article_draft, article_record, article_source
from .reading_units import Unit, outline_of, section_records, take, units_of
from .two_sources import first_of_two, pubmed_of

__all__ = ["fetch_article"]


class FetchArticleArguments(ToolArguments):
    """Which article, and how much of it."""

    article: str = Field(min_length=1, max_length=250, description="PMID, PMCID or DOI")
    full_text: bool = Field(default=False, description="also give the text, where it is open access")
    sections: tuple[str, ...] = Field(
        default=(),
        max_length=10,
        description="only sections with these words in their titles; also tables, figures, references",
    )
    start: int = Field(
        default=0, ge=0, le=100_000, description="how many of the first paragraphs and tables to leave out"
    )
    most_characters: int = Field(
        default=12_000, ge=1_000, le=60_000, description="how much of the text to give, in characters"
    )

    @property
    def wants_text(self) -> bool:
        """Whether more than the abstract is asked for."""
        return self.full_text or bool(self.sections) or self.start > 0


@tool(
    title="Fetch article",
    cost="slow",
    deadline_s=90,
    needs_network=True,
    kept_replies=True,
    examples=({"article": "PMC3040717"}, {"article": "10.1371/journal.pone.0046493", "sections": ["methods"]}),
)
async def fetch_article(arguments: FetchArticleArguments, context: ToolContext) -> Findings:
    """Fetch one article by PMID, PMCID or DOI: its standing, whole abstract, headings, and text where it is open access.

    Use it to read what a known article says. Not for finding articles (`literature_search`). Comes back: a record of the article
    with retraction, correction or concern and its notice first, every section of the abstract, authors, MeSH headings, licence;
    with `full_text` or `sections` a record a section, tables as rows. Limits: `most_characters` of text a call, `start` reads on.
    An article that is not open access says so and gives its abstract only. Fails where no source has the id. What an article
    says is quoted, not checked.
    """
    article_id = read_article_id(arguments.article)
    async with context.transport.session() as session:
        europepmc, pubmed = EuropePmc(session), pubmed_of(session, context)
        found = await first_of_two(
            lambda: europepmc.article(article_id), lambda: pubmed.article(article_id), also_where_absent=True
        )
        text: Found[FullText] | str = ""
        if arguments.wants_text:
            text = await _text(found.rows[0], europepmc, pubmed)
        notices = tuple(dict.fromkeys((*session.notices, *found.notices)))
    if isinstance(text, str):
        return _abstract_only(found, text, notices)
    return _with_text(arguments, found, text, notices)


async def _text(article: Article, europepmc: EuropePmc, pubmed: Pubmed) -> Found[FullText] | str:
    """The full text, or why there is none."""
    if not article.pmcid:
        return f"{article.label} has no full text in PubMed Central; only its abstract can be given."
    if article.open_access is False:
        return f"{article.label} is not open access; only its abstract can be given."
    pmcid = article.pmcid
    try:
        return await first_of_two(lambda: europepmc.full_text(pmcid), lambda: pubmed.full_text(pmcid))
    except NotFound as error:
        return f"{error.message} Only its abstract can be given."


def _record(article: Article) -> dict[str, Any]:
    """The article with all that is said about it."""
    return {
        **article_record(article),
        "abstract": [_section(part.label, part.text) for part in article.abstract],
        "other_abstracts": [
            {
                "kind": item.kind,
                "language": item.language,
                "sections": [_section(p.label, p.text) for p in item.sections],
            }
            for item in article.other_abstracts
        ],
        "authors": [author.name for author in article.authors],
        "groups": [author.name for author in article.authors if author.collective],
        "authors_complete": article.authors_complete,
        "mesh": [
            {
                "heading": heading.name,
                "major": heading.major,
                "qualifiers": [{"name": item.name, "major": item.major} for item in heading.qualifiers],
            }
            for heading in article.mesh
        ],
        "keywords": list(article.keywords),
        "languages": list(article.languages),
        "copyright": article.copyright or None,
    }


def _section(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}


def _warnings(article: Article, notices: tuple[str, ...]) -> tuple[str, ...]:
    return (*((f"{article.label}: {article.mark}.",) if article.mark else ()), *notices)


def _abstract_only(found: Found[Article], missing: str, notices: tuple[str, ...]) -> Findings:
    article = found.rows[0]
    more = (missing,) if missing else ()
    if not article.abstract:
        more = (*more, f"{article.label} has no abstract in this source.")
    return Findings(
        (article_draft(found, article, _record(article)),),
        matched=1,
        returned=1,
        warnings=_warnings(article, (*more, *notices)),
        partial=bool(missing),
        retrieved_at=found.retrieved_at,
    )


def _with_text(
    arguments: FetchArticleArguments, found: Found[Article], text: Found[FullText], notices: tuple[str, ...]
) -> Findings:
    article = _joined(found.rows[0], text.rows[0].article)
    units = units_of(text.rows[0], arguments.sections)
    given = take(units, arguments.start, arguments.most_characters)
    record = {**_record(article), "outline": outline_of(text.rows[0])}
    more = text.notices
    if not units:
        titles = "; ".join(dict.fromkeys(str(row["section"]) for row in record["outline"]))
        more = (*more, f"No section has {', '.join(arguments.sections)} in its title. There are: {titles}.")
    elif not given:
        more = (*more, f"There are {len(units)} paragraphs and tables; none is behind the first {arguments.start}.")
    drafts = [article_draft(found, article, record), *_text_drafts(article, text, given)]
    left = len(units) - arguments.start - len(given)
    omitted = None
    if given and left > 0:
        again = {**arguments.model_dump(mode="json", exclude_defaults=True), "start": arguments.start + len(given)}
        what = f"{left} more paragraphs and tables of the text"
        omitted = Omitted(what=what, tool="fetch_article", arguments={**again, "full_text": True})
    return Findings(
        tuple(drafts),
        matched=len(units),
        returned=len(given),
        filters={"sections": list(arguments.sections)} if arguments.sections else {},
        omitted=omitted,
        warnings=_warnings(article, (*more, *notices)),
        partial=not given,
        retrieved_at=min(found.retrieved_at, text.retrieved_at),
    )


def _joined(article: Article, in_text: Article) -> Article:
    """The database's record with what only the text itself says: more notices, the licence."""
    known = {(notice.kind, notice.id) for notice in article.notices}
    more = tuple(notice for notice in in_text.notices if (notice.kind, notice.id) not in known)
    return replace(
        article,
        notices=(*article.notices, *more),
        licence=in_text.licence or article.licence,
        copyright=article.copyright or in_text.copyright,
        other_abstracts=article.other_abstracts or in_text.other_abstracts,
    )


def _text_drafts(article: Article, text: Found[FullText], units: tuple[Unit, ...]) -> list[Draft]:
    source = article_source(text, article)
    drafts = []
    for part in section_records(units):
        record = {
            "type": "article_section",
            "standing": article.mark or "no retraction, correction or concern is recorded in this source",
            "retracted": article.retracted,
            "label": article.label,
            "title": article.title,
            "licence": article.licence or None,
            **part,
            "notes": [],
        }
        mark = "RETRACTED, " if article.retracted else ""
        size = f"{len(part['paragraphs'])} paragraphs" + (f", {len(part['tables'])} tables" if part["tables"] else "")
        drafts.append(Draft(record, source, text.backend, f"{mark}{article.label}, {part['section'][:100]}: {size}"))
    return drafts
