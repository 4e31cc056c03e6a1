"""The `data_sources` tool: which sources answers come from, with release, licence and what they hold."""

from __future__ import annotations

from ...memory.records import Source
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool

__all__ = ["data_sources"]


class DataSourcesArguments(ToolArguments):
    """Nothing to say."""


@tool(title="Data sources", cost="instant", examples=({},))
async def data_sources(arguments: DataSourcesArguments, context: ToolContext) -> Findings:
    """Tell which databases, releases and licences answers come from, and how many records they hold.

    Use it when someone asks what data stands behind the answers, or how current it is. Not for a single record's
    source, which every piece of evidence names itself. Comes back: one record with, for each source, name, release,
    licence, attribution, address and counts. It reads no network and fails only where the local store is damaged.
    """
    bench = context.bench
    rows = [
        _row(bench.chembl.source, bench.chembl.counts()),
        _row(bench.uniprot.source, bench.uniprot.counts()),
    ]
    summary = "; ".join(f"{row['name']} {row['release']}" for row in rows)
    draft = Draft({"type": "data_sources", "sources": rows}, bench.chembl.source, bench.chembl.backend, summary)
    return Findings((draft,), matched=len(rows), returned=len(rows))


def _row(source: Source, counts: dict[str, int]) -> dict[str, object]:
    return {**source.model_dump(mode="json"), "counts": counts}
