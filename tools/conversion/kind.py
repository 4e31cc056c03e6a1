"""Whether an identifier or a name means a molecule or a target, where the caller does not say."""

from __future__ import annotations

import re
from typing import Literal

from ...memory.errors import InvalidArguments, InvalidIdentifier, InvalidStructure, NotFound
from ...memory.text import shorten
from ..chemistry.identify import identify
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_inchikey, is_uniprot_accession
from .molecules import CID
from .targets import ENSEMBL_GENE, HGNC_ID

__all__ = ["Kind", "kind_of"]

Kind = Literal["molecule", "target"]
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{1,9}(?:-[A-Z0-9]{1,4})?(?:orf\d{1,4})?", re.ASCII)
_ATOMS_AND_RINGS = re.compile(r"[BCNOPSFI\d]+", re.ASCII)
"""Written in these alone it is a structure, if a broken one."""


async def kind_of(text: str, context: ToolContext) -> tuple[Kind, str]:
    """The kind, and what shows it.

    Raises:
        InvalidArguments: it may be either.
        InvalidStructure: it is written like a structure and cannot be read.
    """
    if CID.fullmatch(text) or is_inchikey(text) or text.startswith("InChI="):
        return "molecule", "the shape of the identifier"
    if HGNC_ID.fullmatch(text) or ENSEMBL_GENE.fullmatch(text):
        return "target", "the shape of the identifier"
    if is_chembl_id(text):
        return _of_chembl_id(text.upper(), context)
    chembl, uniprot = context.bench.chembl, context.bench.uniprot
    named = len(text) <= 200
    molecule = named and bool(chembl.molecules_named(text))
    target = named and bool(uniprot.named(text))
    if is_uniprot_accession(text) and not molecule:
        accession = text.upper().partition("-")[0]
        target = uniprot.entry(accession) is not None or bool(chembl.targets_for_accession(accession))
    if molecule and target:
        raise InvalidArguments(
            f"{shorten(text, 60)} is the name of a molecule and of a target.", "Say which with `kind`."
        )
    if not molecule and not target and named and context.bench.hgnc is not None:
        target = bool(context.bench.hgnc.spellings(text))
    if molecule or target:
        return ("molecule" if molecule else "target"), "the local store knows it as one"
    try:
        await identify(text, context)
    except InvalidIdentifier:
        return "target", "the shape of the identifier"
    except InvalidStructure:
        if _SYMBOL.fullmatch(text) is None or _ATOMS_AND_RINGS.fullmatch(text) is not None:
            raise
        return "target", "it is written like a gene symbol, and the local store does not know it"
    except NotFound:
        if _SYMBOL.fullmatch(text):
            return "target", "it is written like a gene symbol, and the local store does not know it"
        return "molecule", "it is not written like a gene symbol, and the local store does not know it"
    return "molecule", "it is written like a structure"


def _of_chembl_id(chembl_id: str, context: ToolContext) -> tuple[Kind, str]:
    if context.bench.chembl.molecule(chembl_id) is not None:
        return "molecule", "the local store knows it as one"
    if context.bench.chembl.target(chembl_id) is not None:
        return "target", "the local store knows it as one"
    raise InvalidArguments(
        f"{chembl_id} is not in the local store, and its shape does not tell a molecule from a target.",
        "Say which with `kind`.",
    )
