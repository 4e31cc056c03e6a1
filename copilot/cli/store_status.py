"""What the stores hold: counts, releases, licences, paths, sizes, and which one answers; text and JSON for `data status`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Literal

from ...memory.errors import BiocopilotError
from ...memory.records import Source
from ...tools.workbench import Workbench
from ..rendering import source_label
from ..settings import load_settings

__all__ = ["Fingerprints", "StoreLine", "StoreStatus", "source_label", "store_lines", "store_status", "troubled_text"]

_FURTHER = {
    "structures": ("compound_structures", "SELECT count(*) AS n FROM compound_structures"),
    "targets with activities": ("bc_target_extent", "SELECT count(*) AS n FROM bc_target_extent"),
    "targets with measured activities": (
        "assays",
        "SELECT count(DISTINCT tid) AS n FROM assays WHERE assay_id IN (SELECT assay_id FROM activities)",
    ),
    "target descriptions, our own": ("bc_target_description", "SELECT count(*) AS n FROM bc_target_description"),
}
"""What is counted beyond what the stores count themselves: the table it needs, and the query."""


_TITLES = {"chembl": "ChEMBL", "uniprot": "UniProt", "hgnc": "HGNC"}
_IN_EVERY_STORE = ("chembl", "uniprot")
"""What the starter set and the setting `store` answer for where nothing else does."""


@dataclass(frozen=True)
class Fingerprints:
    """What there is beside a registered ChEMBL for similarity searches, or for substructure searches: `kind` says which."""

    structures: int
    bytes: int
    rdkit: str
    trouble: str = ""
    """Why they cannot be used, where they are there and cannot."""
    kind: Literal["fingerprints", "patterns"] = "fingerprints"

    @classmethod
    def beside(cls, store: Path, source: str, kind: Literal["fingerprints", "patterns"]) -> Fingerprints:
        """Those of a store whose dump has this `fingerprint`."""
        from ...memory.stores import fingerprint_file, pattern_file
        from ...tools.chemistry.computed import rdkit_source

        file = fingerprint_file.KIND if kind == "fingerprints" else pattern_file.KIND
        path = store.with_suffix(f".{kind}")
        if not path.is_file():
            return cls(0, 0, "", kind=kind)
        size = path.stat().st_size
        try:
            header = file.read_header(path)
        except BiocopilotError as error:
            return cls(0, size, "", f"{error.message} {error.hint}", kind)
        trouble = ""
        if header.source != source:
            trouble = f"The {kind} {path} are of another dump. {file.mend}"
        elif _numbers(header.rdkit) != _numbers(installed := rdkit_source().release):
            trouble = f"The {kind} {path} are of RDKit {header.rdkit}; this is {installed}. {file.mend}"
        return cls(header.count, size, header.rdkit, trouble, kind)

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"structures": self.structures, "bytes": self.bytes, "rdkit": self.rdkit, "usable": self.usable}

    @property
    def usable(self) -> bool:
        """Whether they are there, whole at first look, and of this dump."""
        return bool(self.rdkit) and not self.trouble

    def to_text(self) -> str:
        """One line."""
        if self.trouble:
            return f"✗ {self.trouble}"
        if not self.rdkit:
            what = "similarity" if self.kind == "fingerprints" else "substructure"
            return f"no {self.kind}: {what} searches go over named molecules; `data add chembl FILE` makes them"
        size = f"{self.bytes / 1_000_000:,.1f} MB"
        return f"{self.kind} of {self.structures:,} structures ({size}), RDKit {self.rdkit}"


@dataclass(frozen=True)
class StoreLine:
    """One store, whether it answers or not."""

    name: str
    """`starter`, `chembl`, `uniprot`, `hgnc`, or `setting` for the file that the setting `store` names."""
    release: str
    rows: dict[str, int]
    bytes: int
    licence: str
    age_days: int | None
    path: Path
    answers: tuple[str, ...]
    """What is asked of it: of `chembl`, `uniprot` and `hgnc`."""
    trouble: BiocopilotError | None = None
    fingerprints: Fingerprints | None = None
    """Those beside a ChEMBL; None for a store that has none of its own."""
    patterns: Fingerprints | None = None

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "release": self.release,
            "rows": {what.replace(" ", "_"): count for what, count in self.rows.items()},
            "bytes": self.bytes,
            "licence": self.licence,
            "age_days": self.age_days,
            "path": str(self.path),
            "answers": list(self.answers),
            **{made.kind: made.to_dict() for made in (self.fingerprints, self.patterns) if made is not None},
        }

    def to_text(self) -> str:
        """Two or three lines."""
        names = {"starter": "starter set", "setting": "the setting `store`"}
        age = (
            ""
            if self.age_days is None
            else ", built today"
            if self.age_days == 0
            else f", built {self.age_days} days ago"
        )
        asked = f"answers for {' and '.join(_TITLES[name] for name in self.answers)}" if self.answers else "not asked"
        lines = [f"{names.get(self.name, self.name)}: {self.release}{age}; {asked}"]
        if self.rows:
            lines.append(f"  {', '.join(f'{count:,} {what}' for what, count in self.rows.items())}")
        lines.append(f"  {self.path} ({self.bytes / 1_000_000:,.1f} MB), {self.licence}")
        lines += [f"  {made.to_text()}" for made in (self.fingerprints, self.patterns) if made is not None]
        if self.trouble is not None:
            lines.append(f"  ✗ {self.trouble.message}")
        return "\n".join(lines)


@dataclass(frozen=True)
class StoreStatus:
    """The stores in use."""

    kind: str
    """`starter` or `local`."""
    path: Path
    bytes: int
    counts: dict[str, int]
    sources: tuple[Source, ...]
    releases: dict[str, str]
    """What the store's version table says: name to date."""
    stores: tuple[StoreLine, ...] = ()

    def to_json(self) -> str:
        """One JSON object and a newline."""
        found = {
            "kind": self.kind,
            "path": str(self.path),
            "bytes": self.bytes,
            "counts": {name.replace(" ", "_"): number for name, number in self.counts.items()},
            "sources": [source.model_dump(mode="json") for source in self.sources],
            "releases": self.releases,
            "stores": [line.to_dict() for line in self.stores],
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
        lines += ["", "Stores", *(line.to_text() for line in self.stores)]
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
        laid_out = database.has("bc_target_extent")
        for name, (table, query) in _FURTHER.items():
            if database.has(table) and not (
                laid_out and table == "assays"
            ):  # over a full dump that count takes minutes
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
            stores=store_lines(chosen),
        )


def store_lines(store: Path | None = None) -> tuple[StoreLine, ...]:
    """Every store: the one that the settings (or `store`) name, the registered ones, the starter set.

    Raises:
        StorageError: the list of registered stores is damaged.
    """
    from ...memory.paths import registry_path
    from ...memory.store_connection import STARTER

    chosen = store if store is not None else load_settings().settings.store
    lines = []
    free = dict.fromkeys(_IN_EVERY_STORE)
    if chosen is not None:
        size = chosen.stat().st_size if chosen.is_file() else 0
        lines.append(StoreLine("setting", "as it says itself", {}, size, "its sources' own", None, chosen, tuple(free)))
        free.clear()
    if registry_path().exists():
        lines += _registered(free)
    lines.append(
        StoreLine(
            "starter", "see its sources", {}, STARTER.stat().st_size, "its sources' own", None, STARTER, tuple(free)
        )
    )
    return tuple(lines)


def _registered(free: dict[str, None]) -> Iterable[StoreLine]:
    """The registered stores; each takes what it answers for out of `free`."""
    from ...memory.stores.registry import open_store, registered

    for name, record in registered().items():
        trouble = None
        asked = (name,) if name in free or name not in _IN_EVERY_STORE else ()
        free.pop(name, None)
        try:
            database = open_store(name) if asked else None
            if database is not None:
                database.close()
        except BiocopilotError as error:
            trouble = error
        yield StoreLine(
            name,
            record.release,
            record.rows,
            record.bytes,
            record.licence,
            record.age_days,
            record.store,
            asked,
            trouble,
            *(
                (Fingerprints.beside(record.store, record.fingerprint, kind) for kind in ("fingerprints", "patterns"))
                if name == "chembl"
                else ()
            ),
        )


def troubled_text(lines: Iterable[StoreLine]) -> str:
    """The stores alone, where one of them cannot be used and so nothing can be counted."""
    return "\n".join(["Stores", *(line.to_text() for line in lines)]) + "\n"


def _numbers(release: str) -> list[int]:
    """A release's numbers: packages write 2026.9.1 for RDKit's own 2026.09.1."""
    return [int(part) for part in release.split(".") if part.isdigit()]


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({source.name: source for source in sources}.values())
