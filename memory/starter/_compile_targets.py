"""Compiles proteins, their names and their ChEMBL targets from UniProt entries. A part of compile_tables.py.

Only facts are taken: names, identifiers, controlled terms, sequences. No comment text is, apart from the family's name.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .table_files import read_table

__all__ = ["Targets", "compile_targets"]

HUMAN = 9606
_DULL_KEYWORDS = {"Technical term", "Coding sequence diversity"}
# Target names in the drug-target table that stand for one assembly of several chains, not for alternatives.
_COMPLEX = re.compile(
    r"GABA-A|ATPase|interferon|integrin|proteasome|tubulin|nicotinic|acetylcholine receptor subunit|glycine receptor"
    r"|NMDA|sulfonylurea|ATP-sensitive|CSF2R|interleukin|ribonucleoside|reductase|glycoprotein|complex|toxin|ENaC"
    r"|amiloride",
    re.IGNORECASE,
)

Row = dict[str, Any]


@dataclass
class Targets:
    """The tables of this part, and the look-ups the other parts need."""

    proteins: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    locations: list[Row] = field(default_factory=list)
    keywords: list[Row] = field(default_factory=list)
    xrefs: list[Row] = field(default_factory=list)
    diseases: list[Row] = field(default_factory=list)
    sequences: list[Row] = field(default_factory=list)
    chembl: dict[str, Row] = field(default_factory=dict)
    components: dict[str, Row] = field(default_factory=dict)
    by_accession: dict[str, str] = field(default_factory=dict)

    def target_for(self, accessions: tuple[str, ...], name: str) -> str:
        """The ChEMBL id of the target made of exactly these accessions, a row of our own made where there is none."""
        if len(accessions) == 1 and accessions[0] in self.by_accession:
            return self.by_accession[accessions[0]]
        own = "BCT-" + "-".join(accessions[:3]) + (f"-AND-{len(accessions) - 3}" if len(accessions) > 3 else "")
        suffix, wanted = 1, "|".join(accessions)
        chembl_id = own
        while chembl_id in self.chembl and self.chembl[chembl_id]["accessions"] != wanted:
            suffix += 1
            chembl_id = f"{own}-{suffix}"
        if chembl_id not in self.chembl:
            kind = "SINGLE PROTEIN"
            if len(accessions) > 1:
                kind = "PROTEIN COMPLEX" if _COMPLEX.search(name) else "PROTEIN FAMILY"
            first = self.components[accessions[0]]
            self.chembl[chembl_id] = {
                "chembl_id": chembl_id, "target_type": kind, "pref_name": name, "tax_id": first["tax_id"],
                "organism": first["organism"], "accessions": wanted,
            }  # fmt: skip
        return chembl_id


def compile_targets(shared: Path) -> Targets:
    """All proteins that the starter set keeps, with their ChEMBL targets."""
    targets = Targets()
    known = _chembl_names(shared)
    with gzip.open(shared / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            _add_identifiers(targets, entry, known)
            if _is_kept_whole(entry):
                _add_entry(targets, entry)
    _add_kinases(targets, shared)
    _add_curated(targets)
    for table in (targets.names, targets.locations, targets.keywords, targets.xrefs, targets.diseases):
        _sort_unique(table)
    targets.proteins.sort(key=lambda row: str(row["accession"]))
    targets.sequences.sort(key=lambda row: str(row["accession"]))
    return targets


def _is_kept_whole(entry: Mapping[str, Any]) -> bool:
    """Human proteins, and those of bacteria, viruses, fungi and parasites. Of other animals the identifiers suffice."""
    if entry["organism"]["taxonId"] == HUMAN:
        return "Swiss-Prot" in entry["entryType"]
    return "Metazoa" not in entry["organism"].get("lineage", [])


def _add_identifiers(targets: Targets, entry: Mapping[str, Any], known: Mapping[str, str]) -> None:
    accession, names = entry["primaryAccession"], list(_names(entry))
    organism, tax_id = entry["organism"]["scientificName"], entry["organism"]["taxonId"]
    targets.components[accession] = {
        "accession": accession, "gene": next((name for kind, name in names if kind == "gene"), ""),
        "description": _protein_name(names), "tax_id": tax_id, "organism": organism,
    }  # fmt: skip
    for database, identifier in _xrefs(entry):
        if database == "ChEMBL":
            targets.by_accession.setdefault(accession, identifier)
            targets.chembl[identifier] = {
                "chembl_id": identifier, "target_type": "SINGLE PROTEIN",
                "pref_name": known.get(identifier) or _protein_name(names), "tax_id": tax_id, "organism": organism,
                "accessions": accession,
            }  # fmt: skip


def _add_entry(targets: Targets, entry: Mapping[str, Any]) -> None:
    accession = entry["primaryAccession"]
    names = list(_names(entry))
    component = targets.components[accession]
    targets.proteins.append({
        "accession": accession, "entry_name": entry["uniProtkbId"], "reviewed": int("Swiss-Prot" in entry["entryType"]),
        "gene": component["gene"], "protein_name": component["description"], "organism": component["organism"],
        "tax_id": component["tax_id"], "family": _family(entry), "length": entry["sequence"]["length"],
        "mass_da": entry["sequence"]["molWeight"], "protein_existence": entry["proteinExistence"].split(": ", 1)[-1],
    })  # fmt: skip
    targets.sequences.append({"accession": accession, "sequence": entry["sequence"]["value"]})
    targets.names += [{"accession": accession, "kind": kind, "name": name} for kind, name in names]
    for comment in entry.get("comments", []):
        _add_comment(targets, accession, comment)
    targets.keywords += [
        {"accession": accession, "keyword": word["name"], "category": word["category"]}
        for word in entry.get("keywords", [])
        if word["category"] not in _DULL_KEYWORDS
    ]
    targets.xrefs += [{"accession": accession, "database": name, "id": value} for name, value in _xrefs(entry)]


def _protein_name(names: list[tuple[str, str]]) -> str:
    return next((name for kind, name in names if kind == "recommended"), None) or names[0][1]


def _names(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    description = entry["proteinDescription"]
    if "recommendedName" in description:
        yield from _name_block(description["recommendedName"], "recommended")
    for block in description.get("submissionNames", []):
        yield from _name_block(block, "alternative")
    for block in description.get("alternativeNames", []):
        yield from _name_block(block, "alternative")
    for key in ("cdAntigenNames", "innNames"):
        for value in description.get(key, []):
            yield "alternative", value["value"]
    for part in description.get("contains", []):
        for block in [part.get("recommendedName", {}), *part.get("alternativeNames", [])]:
            for kind, name in _name_block(block, "alternative"):
                if kind != "ec":
                    yield kind, name
    for gene in entry.get("genes", []):
        if "geneName" in gene:
            yield "gene", gene["geneName"]["value"]
        for synonym in gene.get("synonyms", []):
            yield "gene_synonym", synonym["value"]
    yield "entry_name", entry["uniProtkbId"]
    for accession in entry.get("secondaryAccessions", []):
        yield "secondary_accession", accession


def _name_block(block: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    if "fullName" in block:
        yield kind, block["fullName"]["value"]
    for short in block.get("shortNames", []):
        yield "short", short["value"]
    for number in block.get("ecNumbers", []):
        yield "ec", number["value"]


def _family(entry: Mapping[str, Any]) -> str:
    for comment in entry.get("comments", []):
        if comment["commentType"] == "SIMILARITY":
            text = comment["texts"][0]["value"]
            found = re.match(r"(?:In the .{1,60}? section; )?[Bb]elongs to the (.+)", text)
            if found:
                return "; ".join(part.strip() for part in found[1].rstrip(".").split(". "))
    return ""


def _add_comment(targets: Targets, accession: str, comment: Mapping[str, Any]) -> None:
    if comment["commentType"] == "SUBCELLULAR LOCATION":
        for place in comment.get("subcellularLocations", []):
            targets.locations.append({
                "accession": accession, "location": place["location"]["value"],
                "topology": place.get("topology", {}).get("value", ""),
            })  # fmt: skip
    elif comment["commentType"] == "DISEASE" and "disease" in comment:
        disease = comment["disease"]
        reference = disease.get("diseaseCrossReference", {})
        targets.diseases.append({
            "accession": accession, "disease": disease["diseaseId"], "acronym": disease.get("acronym", ""),
            "mim": reference["id"] if reference.get("database") == "MIM" else "",
        })  # fmt: skip


def _xrefs(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for reference in entry.get("uniProtKBCrossReferences", []):
        if reference["database"] in ("ChEMBL", "HGNC"):
            yield reference["database"], reference["id"]
        elif reference["database"] == "Ensembl":
            for item in reference.get("properties", []):
                if item["key"] == "GeneId":
                    yield "Ensembl", item["value"].split(".")[0]


def _chembl_names(shared: Path) -> dict[str, str]:
    path = shared / "chembl_ws_records" / "targets_20250905_chembl.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return {row["target_chembl_id"]: row["pref_name"] for row in csv.DictReader(lines) if row["pref_name"]}


def _add_kinases(targets: Targets, shared: Path) -> None:
    """Human kinases that the UniProt entries lack, and further targets of those they hold."""
    with (shared / "chembl_activities" / "kinodata_human_kinases_chembl33.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            accession, gene = row["UniprotID"], row["Name"]
            targets.components.setdefault(accession, {
                "accession": accession, "gene": gene, "description": gene, "tax_id": HUMAN, "organism": "Homo sapiens",
            })  # fmt: skip
            for chembl_id in row["chembl_targets"].split("|"):
                if not chembl_id or chembl_id in targets.chembl:
                    continue
                kind = row["type"] if "|" not in row["type"] else "SINGLE PROTEIN"
                targets.chembl[chembl_id] = {
                    "chembl_id": chembl_id, "target_type": kind,
                    "pref_name": targets.components[accession]["description"], "tax_id": HUMAN,
                    "organism": "Homo sapiens", "accessions": accession,
                }  # fmt: skip
                if kind == "SINGLE PROTEIN":
                    targets.by_accession.setdefault(accession, chembl_id)


def _add_curated(targets: Targets) -> None:
    for row in read_table("curated_components"):
        accession = row["accession"]
        targets.components.setdefault(accession, {
            "accession": accession, "gene": row["gene"], "description": row["name"], "tax_id": row["tax_id"],
            "organism": row["organism"],
        })  # fmt: skip
        if row["chembl_id"] and row["chembl_id"] not in targets.chembl:
            targets.chembl[row["chembl_id"]] = {
                "chembl_id": row["chembl_id"], "target_type": "SINGLE PROTEIN", "pref_name": row["chembl_name"],
                "tax_id": row["tax_id"], "organism": row["organism"], "accessions": accession,
            }  # fmt: skip
            targets.by_accession.setdefault(accession, row["chembl_id"])


def _sort_unique(table: list[Row]) -> None:
    seen = {tuple(str(value) for value in row.values()): row for row in table}
    table[:] = [seen[key] for key in sorted(seen)]
