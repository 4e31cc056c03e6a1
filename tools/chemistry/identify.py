"""From what a person calls a molecule to one structure: the first step of every molecule tool.

Order: ChEMBL id, InChIKey, InChI, exact name in the store, SMILES. A name that is in no source yields the nearest names
and no structure; nothing is corrected here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ...memory.chembl_rows import MoleculeRow
from ...memory.errors import Ambiguous, InvalidIdentifier, InvalidStructure, NotFound
from ...memory.text import shorten
from ..contract import ToolContext
from ..identifiers import is_cas_number, is_chembl_id, is_inchikey, is_uniprot_accession, public_id

__all__ = ["Molecule", "identify"]

# A name has no brackets, bonds or ring closures; what has them, or is written in capitals of the organic subset, is meant as SMILES.
_SMILES_SIGNS = re.compile(r"[=#@\\/\[\]*>]|\([A-Z=#\[]|[a-z]\d|\)\d|[A-Z]\d")
_ATOMS_ONLY = re.compile(r"(?:Cl|Br|[BCNOPSFIbcnops])+")


@dataclass(frozen=True)
class Molecule:
    """A molecule as asked for. `smiles` is empty where the source holds no structure (a biologic)."""

    query: str
    name: str | None
    chembl_id: str | None
    smiles: str
    inchikey: str | None
    matched_by: str
    row: MoleculeRow | None = None
    same_name: tuple[str, ...] = ()
    """ChEMBL ids of other molecules of this name, where one of them was clearly meant."""

    def record(self) -> dict[str, Any]:
        """How a record names its molecule."""
        return {
            "query": self.query,
            "name": self.name,
            "chembl_id": public_id(self.chembl_id) if self.chembl_id else None,
            "smiles": self.smiles or None,
            "inchikey": self.inchikey,
            "matched_by": self.matched_by,
            **({"other_molecules_of_this_name": list(self.same_name)} if self.same_name else {}),
        }

    @property
    def label(self) -> str:
        """Its name, ChEMBL id or SMILES, for a digest."""
        return self.name or (public_id(self.chembl_id or "") or "") or shorten(self.smiles or self.query, 80)

    def structure(self) -> str:
        """The SMILES. Raises NotFound where the source has none."""
        if not self.smiles:
            raise NotFound(
                f"{self.label} has no structure in this source.", "It may be a biologic; give a SMILES to compute with."
            )
        return self.smiles


async def identify(text: str, context: ToolContext) -> Molecule:
    """The molecule meant by a name, SMILES, InChI, InChIKey or ChEMBL id.

    Raises:
        NotFound: it is in no source; `nearest` holds similar names.
        Ambiguous: several molecules bear the name.
        InvalidStructure: it is written like a SMILES or InChI and cannot be read.
        InvalidIdentifier: it is the accession of a protein.
    """
    query, chembl = text.strip(), context.bench.chembl
    if is_chembl_id(query):
        row = chembl.molecule(query.upper())
        if row is None:
            raise _no_molecule_of_id(query.upper(), context)
        return _from_row(query, row, "ChEMBL id")
    if is_inchikey(query):
        row = chembl.molecule_by_inchikey(query.upper())
        if row is None:
            raise NotFound(
                f"No molecule with the InChIKey {query.upper()} is in {chembl.source.release}.",
                "A structure cannot be computed from an InChIKey: give the SMILES or InChI.",
            )
        return _from_row(query, row, "InChIKey")
    if not query.startswith("InChI="):
        named = chembl.molecules_named(query) if len(query) <= 200 else []
        meant = _one_of(named, context)
        if meant is not None:
            others = tuple(public_id(row.chembl_id) or row.name or "" for row in named if row is not meant)
            return replace(_from_row(query, meant, "name"), same_name=others)
        if named:
            raise Ambiguous(
                f"Several molecules are called {query}.",
                "Ask by ChEMBL id.",
                tuple(f"{row.name or 'unnamed'} ({row.chembl_id})" for row in named[:10]),
            )
    return await _from_structure(query, context)


def _no_molecule_of_id(chembl_id: str, context: ToolContext) -> NotFound:
    chembl = context.bench.chembl
    target = chembl.target(chembl_id)
    if target is not None:
        return NotFound(
            f"{chembl_id} is a target ({target.name}), not a molecule.",
            "Ask a target tool about it, or name a molecule.",
        )
    return NotFound(
        f"No molecule with the id {chembl_id} is in {chembl.source.release}.", "Give its SMILES, or a name."
    )


async def _from_structure(query: str, context: ToolContext) -> Molecule:
    chembl = context.bench.chembl
    try:
        parsed = await context.bench.chemistry.call("parse", {"structure": query})
    except InvalidStructure:
        if is_uniprot_accession(query):  # judged last: C1CCC1 has an accession's shape, and is cyclobutane
            raise InvalidIdentifier(
                f"{query.upper()} is a UniProt accession: it names a protein, not a molecule.",
                "Ask a target tool about it, or give a molecule's name, SMILES or ChEMBL id.",
            ) from None
        if query.startswith("InChI=") or _looks_like_smiles(query):
            raise
        raise _no_molecule_called(query, context) from None
    row = chembl.molecule_by_inchikey(parsed["inchikey"]) if parsed["inchikey"] else None
    return Molecule(
        query=query,
        name=row.name if row else None,
        chembl_id=row.chembl_id if row else None,
        smiles=parsed["smiles"],
        inchikey=parsed["inchikey"] or None,
        matched_by="InChI" if query.startswith("InChI=") else "SMILES",
        row=row,
    )


def _no_molecule_called(query: str, context: ToolContext) -> NotFound:
    chembl, shown = context.bench.chembl, shorten(query, 80)
    message = f"No molecule called {shown} is in {chembl.source.release}."
    if is_cas_number(query):
        return NotFound(f"{message} CAS numbers are not kept here.", "Give the name, SMILES or InChIKey.")
    if any(hit.rank <= 1 for hit in chembl.names_matching(query, ("target",))):
        return NotFound(f"{message} {shown} is the name of a target.", "Ask a target tool about it.")
    nearest = tuple(name for name, _ in chembl.nearest_names(query))
    return NotFound(message, "Check the spelling, or give its SMILES.", nearest)


def _one_of(named: list[MoleculeRow], context: ToolContext) -> MoleculeRow | None:
    """The one that a shared name means: the parent of the others, else the only one that is approved or acts as a drug."""
    if len(named) < 2:
        return named[0] if named else None
    chembl = context.bench.chembl
    if len({chembl.family_of(row.chembl_id)[0] for row in named}) == 1:
        return named[0]
    approved = [row for row in named if row.max_phase == 4]
    if len(approved) == 1:
        return approved[0]
    acting = [row for row in approved if chembl.mechanisms(molecules=[row.chembl_id])]
    return acting[0] if len(acting) == 1 else None


def _from_row(query: str, row: MoleculeRow, matched_by: str) -> Molecule:
    return Molecule(query, row.name, row.chembl_id, row.smiles or "", row.inchikey, matched_by, row)


def _looks_like_smiles(text: str) -> bool:
    words = text.split()
    if len(words) > 1:  # a structure with something behind it, or several structures
        return _SMILES_SIGNS.search(words[0]) is not None or all(_ATOMS_ONLY.fullmatch(word) for word in words)
    return _SMILES_SIGNS.search(text) is not None or _ATOMS_ONLY.fullmatch(text) is not None or not words
