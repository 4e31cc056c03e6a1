"""The `data_sources` tool: which sources answers come from, with release, licence and what they hold."""

from __future__ import annotations

from ...memory.records import Source
from ..chemistry.computed import rdkit_source
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool

__all__ = ["data_sources"]


class DataSourcesArguments(ToolArguments):
    """Nothing to say."""


@tool(title="Data sources", cost="instant", examples=({},))
async def data_sources(arguments: DataSourcesArguments, context: ToolContext) -> Findings:
    """Tell which databases, releases and licences answers come from, and how many records they hold.

    Use it when someone asks what data stands behind the answers, or how current it is. Not for a single record's
    source, which every piece of evidence names itself. Comes back: one record with, for each source, name, release,
    licence, attribution, address and counts of what it gave; RDKit, which computes, has none. It reads no network and fails
    only where the local store is damaged.
    """
    bench = context.bench
    facts, counts = bench.chembl.fact_counts(), bench.chembl.counts()
    for given in facts.values():  # of these, ChEMBL gave the rest
        for what, count in given.items():
            counts[what] -= count
    rows = [
        _row(bench.chembl.source, {what: count for what, count in counts.items() if count}),
        *(_row(bench.chembl.fact_source(label), given) for label, given in facts.items()),
        _row(bench.uniprot.source, bench.uniprot.counts()),
        *([] if bench.hgnc is None else [_row(bench.hgnc.source, bench.hgnc.counts())]),
        _row(rdkit_source(), {}),
    ]
    summary = "; ".join(f"{row['name']} {row['release']}" for row in rows)
    draft = Draft({"type": "data_sources", "sources": rows}, bench.chembl.source, bench.chembl.backend, summary)
    return Findings((draft,), matched=len(rows), returned=len(rows))


def _row(source: Source, counts: dict[str, int]) -> dict[str, object]:
    return {**source.model_dump(mode="json"), "counts": counts}
