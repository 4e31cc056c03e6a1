"""A PubChem compound: what PUG REST's property table says of one CID."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ....memory.errors import BadReply
from ...identifiers import is_inchikey
from ..plain import text, whole

__all__ = ["PROPERTIES", "Compound", "chembl_ids_among"]

PROPERTIES = "Title,MolecularFormula,SMILES,ConnectivitySMILES,InChIKey"
"""What is asked for, by the names that PUG REST has used since 2025."""
_CHEMBL = re.compile(r"CHEMBL\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Compound:
    """None where PubChem says nothing. `smiles` holds stereochemistry and isotopes, `connectivity_smiles` neither."""

    cid: int
    title: str | None = None
    formula: str | None = None
    smiles: str | None = None
    connectivity_smiles: str | None = None
    inchikey: str | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Compound:
        """From a row of the property table, under today's names of its fields or those before 2025.

        Raises:
            BadReply: it has no CID, or something else than an InChIKey in that field.
        """
        cid, key = whole(row.get("CID")), text(row.get("InChIKey"))
        if cid is None or cid < 0 or (key is not None and not is_inchikey(key)):
            raise BadReply("PubChem: a compound without a CID or with a broken InChIKey.", "Ask again later.")
        return cls(
            cid=cid,
            title=text(row.get("Title")),
            formula=text(row.get("MolecularFormula")),
            smiles=text(row.get("SMILES")) or text(row.get("IsomericSMILES")),
            connectivity_smiles=text(row.get("ConnectivitySMILES")) or text(row.get("CanonicalSMILES")),
            inchikey=key,
        )


def chembl_ids_among(names: Iterable[str]) -> tuple[str, ...]:
    """The names that are ChEMBL ids: depositors give them as synonyms."""
    return tuple(dict.fromkeys(name for name in names if _CHEMBL.fullmatch(name)))
