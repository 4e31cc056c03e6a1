"""What the store in use holds: counts, releases, licences, path and size; text and JSON for `data status`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from ...memory.records import Source
from ...tools.workbench import Workbench
from ..rendering import source_label
from ..settings import load_settings

__all__ = ["StoreStatus", "source_label", "store_status"]

_FURTHER = {
    "structures": ("compound_structures", "SELECT count(*) AS n FROM compound_structures"),
    "targets with measured activities": (
        "assays",
        "SELECT count(DISTINCT tid) AS n FROM assays WHERE assay_id IN (SELECT assay_id FROM activities)",
    ),
    "target descriptions, our own": ("bc_target_description", "SELECT count(*) AS n FROM bc_target_description"),
}
"""What is counted beyond what the stores count themselves: the table it needs, and the query."""


@dataclass(frozen=True)
class StoreStatus:
    """The store in use."""

    kind: str
    """`starter` or `local`."""
    path: Path
    bytes: int
    counts: dict[str, int]
    sources: tuple[Source, ...]
    releases: dict[str, str]
    """What the store's version table says: name to date."""

    def to_json(self) -> str:
        """One JSON object and a newline."""
        found = {
            "kind": self.kind,
            "path": str(self.path),
            "bytes": self.bytes,
            "counts": {name.replace(" ", "_"): number for name, number in self.counts.items()},
            "sources": [source.model_dump(mode="json") for source in self.sources],
            "releases": self.releases,
        }
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"

    def to_text(self) -> str:
        """Lines for reading."""
        what = "The starter set, which comes with the program" if self.kind == "starter" else "A local store of yours"
        lines = [f"{what}: {self.path} ({self.bytes / 1_000_000:.1f} MB)", ""]
        lines += [f"{number:>10,}  {name}" for name, number in self.counts.items()]
        for source in self.sources:
            lines += ["", f"{source_label(source)}, {source.licence}"]
            lines += [f"  {line}" for line in wrap(source.attribution, 76)]
        return "\n".join(lines) + "\n"


def store_status(store: Path | None = None) -> StoreStatus:
    """Look at the store that the settings name, or at `store`.

    Raises:
        SourceUnavailable: there is none.
        StorageError: it is damaged.
    """
    chosen = store if store is not None else load_settings().settings.store
    with Workbench(chosen) as bench:
        database, path = bench.chembl.database, bench.chembl.database.path
        counts = {**bench.chembl.counts(), **bench.uniprot.counts()}
        for name, (table, query) in _FURTHER.items():
            if database.has(table):
                counts[name] = int(database.rows(query)[0]["n"])
        labels = []
        if database.has("bc_fact_source"):
            labels = [
                row["source"] for row in database.rows("SELECT DISTINCT source FROM bc_fact_source ORDER BY source")
            ]
        sources = (bench.chembl.source, bench.uniprot.source, *(bench.chembl.fact_source(label) for label in labels))
        releases = {
            row["name"]: row["creation_date"] or "" for row in database.rows("SELECT name, creation_date FROM version")
        }
        return StoreStatus(
            kind=bench.chembl.backend,
            path=path,
            bytes=path.stat().st_size,
            counts=counts,
            sources=_distinct(sources),
            releases=releases,
        )


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({source.name: source for source in sources}.values())
