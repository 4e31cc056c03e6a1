"""What the store in use holds: counts, releases, licences, path and size; text and JSON for `data status`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...memory.errors import SourceUnavailable
from ...memory.records import Source
from ...tools.workbench import Workbench
from ..settings import load_settings

__all__ = ["StoreStatus", "store_status"]

_COUNTS = {
    "molecules": "SELECT count(*) FROM molecule_dictionary",
    "approved drugs": "SELECT count(*) FROM molecule_dictionary WHERE max_phase = 4",
    "structures": "SELECT count(*) FROM compound_structures",
    "targets": "SELECT count(*) FROM target_dictionary",
    "proteins": "SELECT count(*) FROM uniprot_entry",
    "activities": "SELECT count(*) FROM activities",
    "targets with activities": "SELECT count(DISTINCT s.tid) FROM activities a JOIN assays s USING (assay_id)",
    "mechanisms": "SELECT count(*) FROM drug_mechanism",
    "indications": "SELECT count(*) FROM drug_indication",
    "target descriptions": "SELECT count(*) FROM bc_target_description",
}
"""What is counted; a table that a store lacks is left out."""


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
            lines += ["", f"{source.name} {source.release}, {source.licence}", f"  {source.attribution}"]
        return "\n".join(lines) + "\n"


def store_status(store: Path | None = None) -> StoreStatus:
    """Look at the store that the settings name, or at `store`.

    Raises:
        SourceUnavailable: there is none, or it cannot be read.
    """
    chosen = store if store is not None else load_settings().settings.store
    with Workbench(chosen) as bench:
        path, kind = bench.chembl.path, bench.chembl.backend
        sources = (bench.chembl.source, bench.uniprot.source)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            counts = {name: _count(connection, query) for name, query in _COUNTS.items() if _table(query) in tables}
            releases = (
                dict(connection.execute("SELECT name, creation_date FROM version")) if "version" in tables else {}
            )
    except sqlite3.Error as error:
        raise SourceUnavailable(f"{path} cannot be read: {error}.", "Install biocopilot again.") from error
    return StoreStatus(kind, path, path.stat().st_size, counts, sources, releases)


def _table(query: str) -> str:
    return query.split(" FROM ")[1].split()[0]


def _count(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
