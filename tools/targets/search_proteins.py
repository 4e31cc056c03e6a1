"""The `search_proteins` tool: proteins by name, gene, organism, keyword and disease; the local store first, then all of UniProt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field, model_validator

from ...memory.errors import OfflineRefused, SourceUnavailable
from ...memory.protein_search import FoundProtein, ProteinQuery, can_be_searched, common_tax_id
from ...memory.protein_search import search_proteins as search_store
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, window
from ..shapes import shape
from ..sources.found import Found

__all__ = ["search_proteins"]

_FIELDS = ("words", "gene", "organism", "keyword", "disease", "reviewed")
_LIVE_FIELDS = {"words": "name", "gene": "gene_exact"}
"""Where the service calls a field otherwise."""
_LINE = 68
_PAGE = "https://www.uniprot.org/uniprotkb"


class SearchProteinsArguments(ToolArguments):
    """What must hold of the proteins, all of it."""

    words: str | None = Field(default=None, min_length=2, max_length=100, description="words of the protein's name")
    gene: str | None = Field(
        default=None, max_length=40, min_length=1, description="gene symbol or a synonym of it, whole"
    )
    organism: str | None = Field(
        default=None, min_length=2, max_length=100, description="scientific or everyday name, or NCBI taxon number"
    )
    keyword: str | None = Field(
        default=None, min_length=2, max_length=100, description="keyword of UniProt, whole, such as Kinase or ATP-binding"
    )  # fmt: skip
    disease: str | None = Field(
        default=None, min_length=2, max_length=100, description="words of the name of a disease that it is involved in"
    )  # fmt: skip
    reviewed: bool | None = Field(default=None, description="only Swiss-Prot (true), or only TrEMBL (false)")
    everywhere: bool = Field(default=False, description="ask UniProt itself even where the local store knows some")
    most: int = Field(default=15, ge=1, le=MOST, description="how many proteins to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first proteins to leave out")

    shapes: ClassVar = tuple(shape(name) for name in _FIELDS[:-1])

    @model_validator(mode="after")
    def _something(self) -> SearchProteinsArguments:
        if not any(getattr(self, name) for name in _FIELDS[:-1]):
            raise ValueError("name words, a gene, an organism, a keyword or a disease")
        return self

    @property
    def query(self) -> ProteinQuery:
        """The same as a question to a store."""
        return ProteinQuery(**{name: getattr(self, name) for name in _FIELDS})


@tool(
    title="Search proteins",
    cost="slow",
    deadline_s=60,
    kept_replies=True,
    examples=({"keyword": "Kinase", "organism": "human", "most": 5}, {"disease": "Noonan syndrome", "reviewed": True}),
)
async def search_proteins(arguments: SearchProteinsArguments, context: ToolContext) -> Findings:
    """Search UniProt's proteins by words of their name, gene, organism, keyword and disease, reviewed or not.

    Use it for lists: "human kinases", "proteins involved in Noonan syndrome", a gene in all species. Not for one target that is
    named (`find_target`, `target_profile`) nor for scores of its diseases (`disease_evidence`). Comes back: a record a protein
    with accession, entry name, gene, name, organism, length in amino acids and whether it is reviewed; how many there are in the
    source that answered, which is the local store where it knows any (human ones first), else UniProt live or its kept
    reply. Limits: the starter set holds drug targets only, and then says so; `everywhere` asks all of UniProt; 100 proteins a
    call, `skip` pages on. Nothing found is a finding.
    """
    store = context.bench.uniprot
    local: Found[FoundProtein] | None = None
    if not arguments.everywhere and can_be_searched(store.database):
        total, rows = search_store(store.database, arguments.query, arguments.skip + arguments.most)
        local = Found(tuple(rows), store.source, store.backend, datetime.now(UTC), total)
    if local is not None and local.total and not context.bench.services.first:
        return _findings(arguments, local, _how_much(context))
    try:
        found, notices = await _live(arguments, context)
    except (OfflineRefused, SourceUnavailable) as error:
        if local is None:
            raise
        return _findings(arguments, local, (*_how_much(context), error.message))
    if not found.total and local is not None and local.total:
        return _findings(arguments, local, (*_how_much(context), *notices))
    return _findings(arguments, found, notices)


async def _live(
    arguments: SearchProteinsArguments, context: ToolContext
) -> tuple[Found[FoundProtein], tuple[str, ...]]:
    """What UniProt's service finds, as a store would say it."""
    from ..sources.uniprot import UniprotHit, UniprotLive

    def short(hit: UniprotHit) -> FoundProtein:
        return FoundProtein(
            accession=hit.accession, entry_name=hit.entry_name or "", reviewed=hit.reviewed, gene=hit.gene, name=hit.name,
            organism=hit.organism or "", tax_id=hit.tax_id or 0, length=hit.length,
        )  # fmt: skip

    given = {name: value for name in _FIELDS if (value := getattr(arguments, name)) is not None}
    known = common_tax_id(given.get("organism", ""))
    if known is not None:
        given["organism"] = str(known)
    fields = {_LIVE_FIELDS.get(name, name): value for name, value in given.items()}
    async with context.transport.session() as session:
        found = await UniprotLive(session).search(fields, arguments.skip + arguments.most)
        return found.of(short), tuple(session.notices)


def _how_much(context: ToolContext) -> tuple[str, ...]:
    """What the local store is, where it is not all of Swiss-Prot."""
    if not context.bench.uniprot.database.is_starter:
        return ()
    proteins = context.bench.uniprot.counts()["proteins"]
    return (
        f"The starter set holds {proteins:,} proteins, drug targets most of them; `everywhere` asks all of UniProt.",
    )


def _findings(arguments: SearchProteinsArguments, found: Found[FoundProtein], warnings: tuple[str, ...]) -> Findings:
    return window(
        "search_proteins",
        arguments,
        found,
        lambda row: _draft(found, row),
        rows_are="proteins",
        none_found=f"{found.source.name} {found.source.release} has no such protein.",
        warnings=warnings,
        filters=arguments.model_dump(mode="json", exclude_defaults=True, include=set(_FIELDS)),
    )


def _draft(found: Found[FoundProtein], row: FoundProtein) -> Draft:
    record: dict[str, Any] = {
        "type": "protein",
        "accession": row.accession,
        "entry_name": row.entry_name,
        "reviewed": row.reviewed,
        "gene": row.gene,
        "name": row.name,
        "organism": row.organism,
        "tax_id": row.tax_id,
        "length": row.length,
        "notes": [],
    }
    told = ", ".join(part for part in (row.gene, row.organism, "" if row.reviewed else "unreviewed") if part)
    source = found.source.model_copy(update={"url": f"{_PAGE}/{row.accession}/entry"})
    return Draft(record, source, found.backend, shorten(f"{row.accession} ({told}): {row.name}", _LINE))
