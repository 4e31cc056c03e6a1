"""Compiles mechanisms and indications of drugs. A part of compile_tables.py.

Two sources: the drug-target table of Santos et al. (2017, CC BY 4.0) and the drugs curated by this project.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ._compile_molecules import Molecule, Molecules
from ._compile_targets import HUMAN, Targets
from .names import name_key
from .table_files import read_table

__all__ = ["Mechanisms", "add_curated_drugs", "add_drugtarget"]

DRUGTARGET, CURATED = "drugtarget-2017", "biocopilot-curated"
_ACCESSION = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}")

Row = dict[str, Any]


@dataclass
class Mechanisms:
    """The tables of this part, and what could not be joined."""

    mechanisms: list[Row] = field(default_factory=list)
    indications: list[Row] = field(default_factory=list)
    without_target: list[str] = field(default_factory=list)


def _read(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def add_drugtarget(
    found: Mechanisms, molecules: Molecules, targets: Targets, shared: Path, structures: Mapping[str, str]
) -> None:
    """Mechanisms and indications of the drug-target table."""
    folder = shared / "drug_targets"
    drugs: dict[str, str] = {}
    seen = {(row["molecule"], row["target"], row["action_type"]) for row in found.mechanisms}
    rows = sorted(
        _read(folder / "drug_target.tsv.gz"), key=lambda r: ("|" in r["UNIPROT"], int(r["DRUG_ID"]), *r.values())
    )
    for row in rows:
        accessions = tuple(sorted({a for a in re.split(r"[|,; ]+", row["UNIPROT"] or "") if _ACCESSION.fullmatch(a)}))
        if not accessions or not row["REFERENCE"]:
            found.without_target.append(row["DRUG_NAME"])
            continue
        _add_components(targets, accessions, row)
        chembl_id = drugs.setdefault(row["DRUG_ID"], _molecule(molecules, row, structures))
        if not chembl_id:
            continue
        target = targets.target_for(accessions, row["TARGET_NAME"])
        key = (chembl_id, target, row["ACTION_TYPE"])
        if key in seen:
            continue
        seen.add(key)
        ref_type, ref_id, ref_url = _reference(row["REFERENCE"], row["SOURCE"])
        found.mechanisms.append({
            "molecule": chembl_id, "target": target, "action_type": row["ACTION_TYPE"],
            "mechanism": describe(row["TARGET_NAME"], row["ACTION_TYPE"]), "ref_type": ref_type, "ref_id": ref_id,
            "ref_url": ref_url, "source": DRUGTARGET,
        })  # fmt: skip
    terms: set[tuple[str, str]] = set()
    withheld = {(row["name"], row["term"]) for row in read_table("withheld_indications")}
    for row in sorted(_read(folder / "drug_indication.tsv.gz"), key=lambda r: (int(r["DRUG_ID"]), r["INDICATION_FDB"])):
        chembl_id = drugs.get(row["DRUG_ID"]) or molecules.find(row["DRUG_NAME"]) or ""
        if (row["DRUG_NAME"], row["INDICATION_FDB"]) in withheld:
            continue
        if chembl_id and (chembl_id, row["INDICATION_FDB"]) not in terms:
            terms.add((chembl_id, row["INDICATION_FDB"]))
            found.indications.append({
                "molecule": chembl_id, "term": row["INDICATION_FDB"], "term_id": row["DOID"] or "", "max_phase": "",
                "source": DRUGTARGET,
            })  # fmt: skip


def _molecule(molecules: Molecules, row: Mapping[str, str], structures: Mapping[str, str]) -> str:
    """The molecule a row is about, added when it is not there yet.

    A preferred name comes before the row's ChEMBL id, which may be that of a salt while the name is the parent's.
    """
    chembl_id, name = row["CHEMBL_ID"] or "", row["DRUG_NAME"]
    preferred = molecules.by_name.get(name_key(name))
    if preferred:
        return preferred
    if chembl_id in molecules.by_id:
        molecules.add_synonym(chembl_id, "OTHER", name)
        return chembl_id
    by_synonym = molecules.find(name)
    if by_synonym:
        return by_synonym
    if not chembl_id:
        return molecules.add_without_id(Molecule("", name.upper(), origin=DRUGTARGET)).chembl_id
    if not molecules.derive_parent(name, chembl_id):
        molecules.add(Molecule(chembl_id, name.upper(), structures.get(chembl_id, ""), origin=DRUGTARGET))
    return chembl_id


def _add_components(targets: Targets, accessions: tuple[str, ...], row: Mapping[str, str]) -> None:
    """Components that UniProt's entries lack.

    The table sorts accessions, genes and entry names each by itself, so a gene goes with an accession only where a
    single one of each is left once those known are set aside.
    """
    known = {str(targets.components[a]["gene"]) for a in accessions if a in targets.components}
    genes = [gene for gene in (row["GENE"] or "").split("|") if gene and gene not in known]
    new = [accession for accession in accessions if accession not in targets.components]
    gene = genes[0] if len(genes) == len(new) == 1 else ""
    is_human = all(name.endswith("_HUMAN") for name in (row["SWISSPROT"] or "").split("|"))
    for accession in new:
        targets.components[accession] = {
            "accession": accession, "gene": gene,
            "description": row["TARGET_NAME"] if len(accessions) == 1 else gene or f"{row['TARGET_NAME']} (component)",
            "tax_id": HUMAN if is_human else "", "organism": "Homo sapiens" if is_human else "",
        }  # fmt: skip


def describe(target_name: str, action_type: str) -> str:
    """The mechanism in a few words, such as "Histamine H1 receptor antagonist"."""
    action = action_type.casefold()
    words = {"antibody binding": "binding antibody", "substrate": "substrate", "other": "ligand", "": "ligand"}
    return f"{target_name} {words.get(action, action)}"


def _reference(url: str, source: str) -> tuple[str, str, str]:
    if pubmed := re.search(r"ncbi\.nlm\.nih\.gov/pubmed/(\d+)", url):
        return "PubMed", pubmed[1], url
    if chembl := re.search(r"ebi\.ac\.uk/chembl/.*?(CHEMBL\d+)", url):
        return "ChEMBL", chembl[1], url
    if ligand := re.search(r"ligandId=(\d+)", url):
        return "IUPHAR", ligand[1], url
    if "kegg.jp" in url:
        return "KEGG", url.rstrip("/").rsplit("/", 1)[-1], url
    if application := re.search(r"accessdata\.fda\.gov/.*?/(\d{6})[^/]*\.pdf", url):
        return "FDA label", application[1], url
    kind = "Label" if source == "DRUG LABEL" else "Other"
    return (kind, url.rstrip("/").rsplit("/", 1)[-1][:80], url) if url.startswith("http") else (kind, url, "")


def add_curated_drugs(found: Mechanisms, molecules: Molecules, targets: Targets) -> list[str]:
    """Drugs curated by this project; returns those that were given neither a structure nor a ChEMBL id."""
    bare: list[str] = []
    whole = {str(row["accession"]) for row in targets.proteins}
    human = (item for item in sorted(targets.components.items()) if item[1]["organism"] == "Homo sapiens")
    # A gene with several entries means the one that UniProt reviewed, which therefore comes last here.
    genes = {str(row["gene"]): key for key, row in sorted(human, key=lambda item: item[0] in whole)}
    for row in read_table("curated_drugs"):
        molecule = Molecule(
            row["chembl_id"], row["name"].upper(), row["smiles"], row["max_phase"], row["molecule_type"],
            row["first_approval"], CURATED,
        )  # fmt: skip
        known = molecule.chembl_id or molecules.find(row["name"]) or ""
        if known:
            molecule.chembl_id = known
            added = molecules.add(molecule)
        else:
            added = molecules.add_without_id(molecule)
        if not added.smiles and row["molecule_type"] == "Small molecule":
            bare.append(row["name"])
        if name_key(added.pref_name) != name_key(row["name"]):
            molecules.add_synonym(added.chembl_id, "INN", row["name"])
        for brand in filter(None, row["brands"].split("|")):
            molecules.add_synonym(added.chembl_id, "TRADE_NAME", brand)
        if row["targets"]:
            accessions = tuple(sorted(genes.get(item, item) for item in row["targets"].split("|")))
            missing = [item for item in accessions if item not in targets.components]
            if missing:
                found.without_target.append(f"{row['name']} ({', '.join(missing)})")
                continue
            target = targets.target_for(
                accessions, row["target_name"] or str(targets.components[accessions[0]]["description"])
            )
            name = row["target_name"] or str(targets.chembl[target]["pref_name"])
            found.mechanisms.append({
                "molecule": added.chembl_id, "target": target,
                "action_type": row["action_type"], "mechanism": describe(name, row["action_type"]),
                "ref_type": row["ref_type"], "ref_id": row["ref_id"], "ref_url": "", "source": CURATED,
            })  # fmt: skip
        for term in filter(None, row["indication"].split("|")):
            found.indications.append({
                "molecule": added.chembl_id, "term": term, "term_id": "", "max_phase": row["max_phase"],
                "source": CURATED,
            })  # fmt: skip
    return bare
