"""Compiles measured activities, their assays and documents. A part of compile_tables.py.

Three sources. Two hold every field of ChEMBL's activity resource and are taken as they are. The third (ChEMBL 32, by
Landrum and Riniker) holds assay, compound and pChEMBL only: its type is taken from the catalogue that lists the assay,
never from the file's name, and its value is computed back from pChEMBL.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Activities", "compile_activities"]

Row = dict[str, Any]

_POTENT = 60
_TOTAL = 150
_MOST = 260
_COMPUTED_FIRST_ID = 900_000_001
_ORIGIN_COMPUTED = "chembl32-pchembl"
_ORIGIN_FULL = "chembl-activity"


@dataclass
class Activities:
    """The tables of this part, and the structures of the compounds they name."""

    activities: list[Row] = field(default_factory=list)
    assays: dict[str, Row] = field(default_factory=dict)
    documents: dict[str, Row] = field(default_factory=dict)
    smiles: dict[str, str] = field(default_factory=dict)
    target_names: dict[str, tuple[str, str]] = field(default_factory=dict)
    untyped_assays: int = 0


def compile_activities(shared: Path, named: Collection[str], known_targets: Collection[str]) -> Activities:
    """A spread of activities for every target: all of named molecules, the most potent, and a sample by hash.

    Args:
        shared: the folder with the source files.
        named: ChEMBL ids of molecules that have a name; their rows are kept first.
        known_targets: ChEMBL ids of targets in the set; rows of others are left out.
    """
    found = Activities()
    rows = [
        row for row in [*_full_rows(shared, found), *_computed_rows(shared, found)] if row["target"] in known_targets
    ]
    chosen = _choose(_without_repeats(rows), frozenset(named))
    number = _COMPUTED_FIRST_ID
    for row in sorted(chosen, key=_stable_key):
        if not row["activity_id"]:
            row["activity_id"], number = number, number + 1
        found.activities.append(row)
    _keep_used(found)
    _complete_assays(found, shared)
    found.activities.sort(key=lambda row: int(row["activity_id"]))
    return found


def _read(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _full_rows(shared: Path, found: Activities) -> Iterator[Row]:
    """Rows with every field, save those that are censored, remarked on or without a pChEMBL value."""
    for path in (
        shared / "chembl_ws_records" / "input_output.activities.csv.gz",
        shared / "chembl_ws_records" / "output_output.activities.csv.gz",
        shared / "chembl_activities" / "dataprofessor" / "acetylcholinesterase_01_bioactivity_data_raw.csv.gz",
    ):
        for row in _read(path):
            usable = row["standard_relation"] == "=" and row["standard_units"] == "nM" and row["pchembl_value"]
            if (
                not usable
                or row["data_validity_comment"]
                or row.get("assay_variant_mutation")
                or not row["canonical_smiles"]
            ):
                continue
            target, assay, document = row["target_chembl_id"], row["assay_chembl_id"], row["document_chembl_id"]
            found.target_names[target] = (row["target_pref_name"], row["target_organism"])
            found.smiles.setdefault(row["molecule_chembl_id"], row["canonical_smiles"])
            found.documents.setdefault(document, {
                "chembl_id": document, "journal": row["document_journal"].replace(".", ""),
                "year": row["document_year"].split(".")[0],
            })  # fmt: skip
            found.assays.setdefault(assay, {
                "chembl_id": assay, "document": document, "assay_type": row["assay_type"],
                "assay_organism": "", "target": target, "bao_format": row["bao_format"],
            })  # fmt: skip
            yield {
                "activity_id": row["activity_id"], "assay": assay, "molecule": row["molecule_chembl_id"],
                "target": target, "type": row["standard_type"], "relation": "=",
                "value": f"{float(row['standard_value']):.6g}", "units": "nM",
                "pchembl": f"{float(row['pchembl_value']):.2f}", "duplicate": int(row["potential_duplicate"] == "True"),
                "comment": "", "origin": _ORIGIN_FULL,
            }  # fmt: skip


def _computed_rows(shared: Path, found: Activities) -> Iterator[Row]:
    folder = shared / "chembl_activities" / "overlapping_assays"
    types = _assay_types(folder, found)
    untyped: set[str] = set()
    for path in sorted(folder.glob("target_*.csv.gz")):
        target = path.name.split("_")[1].split("-")[0]
        for row in _read(path):
            assay = row["assay_chembl_id"]
            if assay not in types:
                untyped.add(assay)
                continue
            found.smiles.setdefault(row["compound_chembl_id"], row["canonical_smiles"])
            found.assays.setdefault(assay, {"chembl_id": assay, "target": target})
            pchembl = float(row["pchembl_value"])
            yield {
                "activity_id": "", "assay": assay, "molecule": row["compound_chembl_id"], "target": target,
                "type": types[assay], "relation": "=", "value": f"{10 ** (9 - pchembl):.3g}", "units": "nM",
                "pchembl": f"{pchembl:.2f}", "duplicate": "", "comment": "", "origin": _ORIGIN_COMPUTED,
            }  # fmt: skip
    found.untyped_assays = len(untyped)


def _assay_types(folder: Path, found: Activities) -> dict[str, str]:
    """The type of each assay that exactly one of the two catalogues (IC50, Ki) lists."""
    listed: dict[str, set[str]] = defaultdict(set)
    for kind in ("IC50", "Ki"):
        target, name = "", ""
        for line in (folder / f"{kind}_datasets.yaml").read_text(encoding="utf-8").splitlines():
            if header := re.match(r"  (CHEMBL\d+)-\d+:", line):
                target = header[1]
            elif text := re.match(r'\s+description: "Target CHEMBL\d+: (.+)"', line):
                name = text[1]
            elif text := re.match(r"\s+target_organism: (.+)", line):
                found.target_names.setdefault(target, (name, text[1].strip()))
            elif text := re.match(r"\s+assays_included: (\S+)", line):
                for assay in text[1].split(","):
                    listed[assay].add(kind)
    return {assay: next(iter(kinds)) for assay, kinds in listed.items() if len(kinds) == 1}


def _without_repeats(rows: list[Row]) -> list[Row]:
    """One row for each measurement: files repeat one another, and a full row wins over a computed one.

    An assay may report one compound several times (other salt, other batch); equal values are then kept once, which
    is what ChEMBL's own duplicate mark asks for.
    """
    kept: dict[tuple[str, str, str, str], Row] = {}
    for row in rows:
        kept.setdefault((row["assay"], row["molecule"], row["type"], row["pchembl"]), row)
    return list(kept.values())


def _choose(rows: list[Row], named: frozenset[str]) -> list[Row]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["target"]].append(row)
    chosen: list[Row] = []
    for target in sorted(groups):
        group = sorted(groups[target], key=_stable_key)
        first = [row for row in group if row["molecule"] in named]
        first.sort(key=lambda row: (row["origin"] != _ORIGIN_FULL, _hash(row)))
        rest = [row for row in group if row["molecule"] not in named]
        full = [row for row in rest if row["origin"] == _ORIGIN_FULL and target != "CHEMBL220"]
        potent = sorted(rest, key=lambda row: (-float(row["pchembl"]), _stable_key(row)))[:_POTENT]
        sample = sorted(rest, key=_hash)
        taken: dict[int, Row] = {id(row): row for row in first[:_MOST]}
        for row in [*full, *potent]:
            if len(taken) < _MOST:
                taken.setdefault(id(row), row)
        for row in sample:
            if len(taken) >= _TOTAL:
                break
            taken.setdefault(id(row), row)
        chosen += taken.values()
    return chosen


def _stable_key(row: Row) -> tuple[str, str, str, str, str]:
    return row["target"], row["assay"], row["molecule"], row["type"], row["pchembl"]


def _hash(row: Row) -> str:
    return hashlib.sha256("|".join(_stable_key(row)).encode()).hexdigest()


def _keep_used(found: Activities) -> None:
    used = Counter(row["assay"] for row in found.activities)
    found.assays = {key: found.assays[key] for key in sorted(used)}
    documents = {row["document"] for row in found.assays.values() if row.get("document")}
    found.documents = {key: found.documents[key] for key in sorted(documents)}
    molecules = {row["molecule"] for row in found.activities}
    found.smiles = {key: found.smiles[key] for key in sorted(molecules)}


def _complete_assays(found: Activities, shared: Path) -> None:
    """Fields that the flattened assay and document records know."""
    for row in _read(shared / "chembl_ws_records" / "chembl36_assay.csv.gz"):
        assay = found.assays.get(row["assay_chembl_id"])
        if assay is None:
            continue
        for ours, theirs in (("assay_type", "assay_type"), ("bao_format", "bao_format")):
            assay[ours] = assay.get(ours) or row[theirs]
        assay["confidence_score"] = row["confidence_score"]
        organism = row["assay_organism"]
        assay["assay_organism"] = organism[:1].upper() + organism[1:]
        if not assay.get("document") and row["document_chembl_id"]:
            assay["document"] = row["document_chembl_id"]
            found.documents.setdefault(row["document_chembl_id"], {"chembl_id": row["document_chembl_id"]})
    for row in _read(shared / "chembl_ws_records" / "chembl36_document.csv.gz"):
        document = found.documents.get(row["document_chembl_id"])
        if document is not None:
            document["pubmed_id"], document["doi"] = row["pubmed_id"].split(".")[0], row["doi"]
            document["year"] = document.get("year") or row["year"].split(".")[0]
            document["journal"] = document.get("journal") or row["journal"].title()
