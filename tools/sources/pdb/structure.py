"""An entry of the Protein Data Bank, as a frozen record made from RCSB's JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..node import Node

__all__ = ["ENTRIES", "Ligand", "Structure", "is_pdb_id", "read_structure"]

ENTRIES = """
query Entries($ids: [String!]!) {
  entries(entry_ids: $ids) {
    rcsb_id
    struct { title }
    exptl { method }
    rcsb_entry_info { resolution_combined }
    rcsb_accession_info { initial_release_date }
    polymer_entities {
      rcsb_polymer_entity { pdbx_description }
      rcsb_polymer_entity_container_identifiers { auth_asym_ids uniprot_ids }
    }
    nonpolymer_entities {
      rcsb_nonpolymer_entity_container_identifiers { nonpolymer_comp_id }
      pdbx_entity_nonpoly { name }
      rcsb_nonpolymer_entity { formula_weight }
    }
  }
}
"""
_PDB_ID = re.compile(r"[0-9][A-Z0-9]{3}|PDB_[0-9A-Z]{8}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DA_PER_KDA = 1_000


def is_pdb_id(text: str) -> bool:
    """Whether it has the shape of an entry's id, such as 1M17, in upper case."""
    return _PDB_ID.fullmatch(text) is not None


@dataclass(frozen=True)
class Ligand:
    """What is bound that is no polymer: drugs, cofactors, ions, and what was in the buffer."""

    code: str
    name: str | None
    mass_da: float | None


@dataclass(frozen=True)
class Structure:
    """An entry. `chains` are those of the protein asked for, `molecules` all its polymers by name."""

    pdb_id: str
    title: str | None
    methods: tuple[str, ...]
    resolution_angstrom: float | None
    """None where the method has none, as NMR."""
    released: str | None
    chains: tuple[str, ...]
    molecules: tuple[str, ...]
    ligands: tuple[Ligand, ...]

    @property
    def url(self) -> str:
        """Where a person sees it."""
        return f"https://www.rcsb.org/structure/{self.pdb_id}"


def read_structure(node: Node, accession: str) -> Structure:
    """A structure, with the chains of this protein. Raises BadReply where it has no id."""
    pdb_id = node.needed("rcsb_id").upper()
    if not is_pdb_id(pdb_id):
        raise node.at("rcsb_id").wrong("an entry's id")
    resolutions = [value for item in node.nodes("rcsb_entry_info", "resolution_combined") if (value := item.number())]
    released = _DATE.match(node.text("rcsb_accession_info", "initial_release_date") or "")
    chains: list[str] = []
    for entity in node.nodes("polymer_entities"):
        ids = entity.at("rcsb_polymer_entity_container_identifiers")
        if accession in ids.texts("uniprot_ids"):
            chains += ids.texts("auth_asym_ids")
    names = [item.text("rcsb_polymer_entity", "pdbx_description") for item in node.nodes("polymer_entities")]
    return Structure(
        pdb_id=pdb_id,
        title=node.text("struct", "title"),
        methods=tuple(method for item in node.nodes("exptl") if (method := item.text("method"))),
        resolution_angstrom=min(resolutions, default=None),
        released=released.group() if released else None,
        chains=tuple(dict.fromkeys(chains)),
        molecules=tuple(dict.fromkeys(name for name in names if name)),
        ligands=tuple(_ligand(item) for item in node.nodes("nonpolymer_entities")),
    )


def _ligand(node: Node) -> Ligand:
    mass_kda = node.number("rcsb_nonpolymer_entity", "formula_weight")
    return Ligand(
        code=node.needed("rcsb_nonpolymer_entity_container_identifiers", "nonpolymer_comp_id"),
        name=node.text("pdbx_entity_nonpoly", "name"),
        mass_da=round(mass_kda * _DA_PER_KDA, 1) if mass_kda is not None else None,
    )
