"""The `nearest_molecules` tool: neighbours in the starter set or in a user's file."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...memory.records import Omitted
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .computed import computed
from .identify import Molecule, identify
from .structure_file import read_structures

__all__ = ["nearest_molecules"]

_STORE = "store"


class NearestMoleculesArguments(ToolArguments):
    """Nearest to what, and among what."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    file: str | None = Field(
        default=None, description="a file of structures that the user named; the local store where absent"
    )
    most: int = Field(default=10, ge=1, le=100, description="how many to give")


@tool(title="Nearest molecules", cost="slow", deadline_s=60, examples=({"molecule": "erlotinib", "most": 5},))
async def nearest_molecules(arguments: NearestMoleculesArguments, context: ToolContext) -> Findings:
    """Find the molecules most similar to one: among the named molecules of the local store, or in the user's own file.

    Use it for "what looks like …", "most similar approved drugs". Not for two given molecules (`molecule_similarity`).
    Similarity is Tanimoto on Morgan fingerprints, radius 2, 2,048 bits, from 0 to 1; stereoisomers and isotopes have equal
    fingerprints. A salt is compared as its parent, and the store's salts are left to their parents; the molecule itself is left
    out. Comes back: rows from best to worst with name, ChEMBL id, SMILES and similarity, and how many were compared. The first
    search of a process takes a second or two while fingerprints are made. Fails on an unreadable structure or file.
    """
    molecule = await identify(arguments.molecule, context)
    structure, notes = await _compared_as(molecule, context)
    chembl = context.bench.chembl
    if arguments.file is None:
        rows = chembl.all_structures()
        ids, names, smiles = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
        set_name, where = f"{_STORE} {chembl.source.release}", chembl.source.release
        family = set(chembl.family_of(molecule.chembl_id)) if molecule.chembl_id else set()
        own = [index for index, chembl_id in enumerate(ids) if chembl_id in family]
    else:
        listed = await read_structures(arguments.file, context)
        ids, names, smiles, own = [""] * len(listed.smiles), list(listed.names), list(listed.smiles), []
        set_name, where = listed.sha256, listed.name
    wanted = {"structure": structure, "name": set_name, "most": arguments.most, "skip": own}
    chemistry = context.bench.chemistry
    found = await chemistry.call("nearest", wanted, deadline_s=30)
    if found is None:
        context.progress(f"fingerprinting {len(smiles):,} structures", None, None)
        found = await chemistry.call("nearest", {**wanted, "structures": smiles}, deadline_s=60)
    hits = [
        {
            "name": names[hit["row"]] or None,
            "chembl_id": public_id(ids[hit["row"]]),
            "smiles": smiles[hit["row"]],
            "row": hit["row"] + 1,
            "similarity": hit["similarity"],
        }
        for hit in found["rows"]
    ]
    if any(hit["similarity"]["value"] == 1 for hit in hits):
        notes.append("A similarity of 1 means equal fingerprints: stereoisomers and isotopes are not told apart.")
    record: dict[str, Any] = {
        "type": "nearest_molecules",
        "molecule": molecule.record(),
        "compared_as": structure,
        "among": where,
        "compared": found["compared"],
        "unparsable": len(found["unparsable"]),
        "unparsable_rows": [row + 1 for row in found["unparsable"]][:200],
        "itself_rows": [row + 1 for row in found["itself"]] if arguments.file else [],
        "rows": hits,
        "notes": notes,
    }
    told = "; ".join(f"{hit['name'] or hit['smiles']} {hit['similarity']['value']}" for hit in hits[:5])
    matched = record["compared"]
    return Findings(
        (computed(record, f"nearest to {molecule.label} in {where}: {told or 'nothing else is in it'}"),),
        matched=matched,
        returned=len(hits),
        filters={"among": where},
        omitted=_omitted(arguments, matched, len(hits)),
    )


async def _compared_as(molecule: Molecule, context: ToolContext) -> tuple[str, list[str]]:
    """The structure whose fingerprint is compared: the parent of a salt, said in a note."""
    structure = molecule.structure()
    if "." not in structure:
        return structure, []
    form = await context.bench.chemistry.call("describe", {"structure": structure})
    parent = str(form["parent"]["smiles"])
    return parent, [] if parent == form["smiles"] else [f"It was compared as its parent, `{parent}`."]


def _omitted(arguments: NearestMoleculesArguments, matched: int, returned: int) -> Omitted | None:
    if returned >= matched or arguments.most >= 100:
        return None
    again = {**arguments.model_dump(mode="json", exclude_none=True), "most": min(100, arguments.most * 5)}
    return Omitted(what=f"{matched - returned:,} less similar molecules", tool="nearest_molecules", arguments=again)
