"""The rows of the name index: every name a person may type, with what it names and how firmly. A part of build.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .names import name_key
from .salt_words import salt_words
from .table_files import read_table

__all__ = ["name_rows"]

_HUMAN = "9606"
_MOLECULE_RANKS = {"COMMON": 1, "INN": 1, "USAN": 1, "BAN": 1, "OTHER": 1, "TRADE_NAME": 2}
_PROTEIN_RANKS = {"gene": 0, "recommended": 0, "gene_synonym": 1, "short": 1, "alternative": 1, "entry_name": 2}

NameRow = tuple[str, str, str, str, int]


def name_rows(folder: Path) -> list[NameRow]:
    """Names by key, kind and rank; at equal rank hand-kept names come first, then human targets and approved drugs."""
    best: dict[tuple[str, str, str], tuple[int, int, int, str]] = {}
    for order, (precedence, kind, identifier, name, rank) in enumerate(_names(folder)):
        key = name_key(name)
        if len(key) < 2:
            continue
        entry = (rank, precedence, order, name)
        best[key, kind, identifier] = min(best.get((key, kind, identifier), entry), entry)
    ordered = sorted(best.items(), key=lambda item: (item[0][0], item[0][1], item[1][:3]))
    return [(key, name, kind, identifier, rank) for (key, kind, identifier), (rank, _, _, name) in ordered]


def _names(folder: Path) -> Iterator[tuple[int, str, str, str, int]]:
    approved: dict[str, int] = {}
    bare_names_of: dict[str, str] = {}
    """Salts and hydrates, and the parent that is meant by a name of theirs which says nothing of a salt."""
    for row in read_table("molecules", folder):
        chembl_id, name, parent = row["chembl_id"], row["pref_name"], row["parent_chembl_id"]
        # A salt or hydrate that bears its parent's name stands behind the parent.
        approved[chembl_id] = 2 * (row["max_phase"] != "4") + bool(parent)
        if parent and (salt_words(name) or _is_hydrate(row["smiles"])):
            bare_names_of[chembl_id] = parent
        if name:
            if chembl_id in bare_names_of and not salt_words(name):
                yield approved[chembl_id] - 1, "molecule", parent, name, 0
            yield approved[chembl_id], "molecule", chembl_id, name, 0
    for row in read_table("molecule_synonyms", folder):
        chembl_id, rank = row["chembl_id"], _MOLECULE_RANKS[row["syn_type"]]
        if chembl_id in bare_names_of and row["syn_type"] != "TRADE_NAME" and not salt_words(row["synonym"]):
            chembl_id = bare_names_of[chembl_id]
        yield approved[chembl_id], "molecule", chembl_id, row["synonym"], rank
    yield from _target_names(folder)
    for row in read_table("indications", folder):
        yield 0, "disease", row["term"], row["term"], 0


def _is_hydrate(smiles: str) -> bool:
    parts = smiles.split(".")
    return "O" in parts and len(set(parts) - {"O"}) == 1


def _target_names(folder: Path) -> Iterator[tuple[int, str, str, str, int]]:
    foreign: dict[str, int] = {}
    for row in read_table("components", folder):
        foreign[row["accession"]] = int(row["tax_id"] != _HUMAN)
        for name in filter(None, (row["gene"], row["description"])):
            if name.endswith("(component)"):  # says what it is a part of, so it names none of them
                continue
            yield foreign[row["accession"]], "target", row["accession"], name, 0
    for row in read_table("protein_names", folder):
        if row["kind"] in _PROTEIN_RANKS:
            accession = row["accession"]
            yield foreign[accession], "target", accession, row["name"], _PROTEIN_RANKS[row["kind"]]
    for row in read_table("chembl_targets", folder):
        accessions = row["accessions"].split("|")
        for accession in accessions:
            yield foreign[accession], "target", accession, row["pref_name"], 1 if len(accessions) == 1 else 2
    # An everyday name kept by hand says what people mean by it, before any other source of names: COX-2 is not the
    # cytochrome c oxidase subunit. A name kept for several proteins (PI3K) is ambiguous on purpose.
    for row in read_table("curated_target_names", folder):
        for name in row["names"].split("|"):
            yield -1, "target", row["accession"], name, -1
