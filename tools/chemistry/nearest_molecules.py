"""The `nearest_molecules` tool: neighbours in the starter set, in all of a registered ChEMBL, or in a user's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from ...memory.chembl_structures import molregnos_of, structures_of
from ...memory.errors import StorageError
from ...memory.records import Omitted
from ...memory.stores.building import fingerprint
from ...memory.stores.fingerprint_file import KIND
from ...memory.stores.fingerprints import fingerprints_beside
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .computed import compared_as, computed
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
    """Find the molecules most similar to one: among the molecules of the local store, or in the user's own file.

    Use it for "what looks like …", "most similar approved drugs". Not for two given molecules (`molecule_similarity`).
    Similarity is Tanimoto on Morgan fingerprints, radius 2, 2,048 bits, from 0 to 1; stereoisomers and isotopes have equal
    fingerprints. Compared are the store's named molecules; of a registered ChEMBL with fingerprints beside it (`data add`), every
    structure. A salt is compared as its parent, and the store's salts are left to their parents; the molecule itself is left
    out. Comes back: rows from best to worst with name, ChEMBL id, SMILES and similarity, and how many were compared with what.
    The first search of a process takes a second or two while fingerprints are made or checked. Fails on an unreadable structure
    or file; fingerprints that are damaged or of another RDKit version are not used, which a warning says.
    """
    molecule = await identify(arguments.molecule, context)
    structure, notes = await compared_as(molecule, context)
    packed, warnings = await _all_structures(arguments, molecule, structure, context)
    found = packed or await _named_or_listed(arguments, molecule, structure, context)
    where, hits = found.where, found.hits
    if any(hit["similarity"]["value"] == 1 for hit in hits):
        notes.append("A similarity of 1 means equal fingerprints: stereoisomers and isotopes are not told apart.")
    record: dict[str, Any] = {
        "type": "nearest_molecules",
        "molecule": molecule.record(),
        "compared_as": structure,
        "among": where,
        "compared": found.compared,
        "compared_with": found.compared_with,
        "unparsable": found.unparsable,
        "unparsable_rows": found.unparsable_rows[:200],
        "itself_rows": found.itself_rows,
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
        warnings=warnings,
    )


@dataclass(frozen=True)
class _Found:
    """What a search came to."""

    where: str
    compared: int
    compared_with: str
    hits: list[dict[str, Any]]
    unparsable: int
    unparsable_rows: list[int]
    itself_rows: list[int]


async def _named_or_listed(
    arguments: NearestMoleculesArguments, molecule: Molecule, structure: str, context: ToolContext
) -> _Found:
    """Neighbours among the store's named molecules or in the user's file, fingerprinted once a process."""
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
    return _Found(
        where,
        found["compared"],
        "the file's structures" if arguments.file else "named molecules",
        hits,
        len(found["unparsable"]),
        [row + 1 for row in found["unparsable"]],
        [row + 1 for row in found["itself"]] if arguments.file else [],
    )


async def _all_structures(
    arguments: NearestMoleculesArguments, molecule: Molecule, structure: str, context: ToolContext
) -> tuple[_Found | None, tuple[str, ...]]:
    """Neighbours among every structure of a registered ChEMBL; None, and why, where its fingerprints cannot be used."""
    chembl = context.bench.chembl
    path = None if arguments.file else fingerprints_beside(chembl.database)
    if path is None or not path.is_file():
        return None, ()
    try:
        header = KIND.read_header(path)
        if header.source != fingerprint(chembl.database.path):
            raise KIND.damaged(path, "of another dump")
        rows, compared = await _nearest_packed(path, arguments.most, molecule, structure, context)
    except StorageError as error:
        return None, (f"{error.message} Only named molecules were compared. {error.hint}",)
    known = structures_of(chembl.database, [row["molregno"] for row in rows])
    hits = [
        {
            "name": name,
            "chembl_id": public_id(chembl_id),
            "smiles": smiles,
            "row": number,
            "similarity": row["similarity"],
        }
        for number, row in enumerate(rows, 1)
        for chembl_id, name, smiles in [known[row["molregno"]]]
    ]
    kept = f"all structures, by fingerprints kept of {header.count:,}, RDKit {header.rdkit}"
    return _Found(chembl.source.release, compared, kept, hits, header.unreadable, [], []), ()


async def _nearest_packed(
    path: Path, most: int, molecule: Molecule, structure: str, context: ToolContext
) -> tuple[list[dict[str, Any]], int]:
    """The best rows, and how many were compared; without the molecule, its salts, and what is the very structure."""
    chembl, chemistry = context.bench.chembl, context.bench.chemistry
    own = molregnos_of(chembl.database, chembl.family_of(molecule.chembl_id)) if molecule.chembl_id else []
    same = (await chemistry.call("parse", {"structure": structure}))["smiles"]
    while True:
        wanted = {"structure": structure, "path": str(path), "most": most, "skip": own}
        found = await chemistry.call("nearest_packed", wanted, deadline_s=50)
        equal = [row["molregno"] for row in found["rows"] if row["similarity"]["value"] == 1]
        known = structures_of(chembl.database, equal)
        parsed = await chemistry.call("parse_many", {"structures": [known[number][2] for number in equal]})
        itself = [number for number, one in zip(equal, parsed, strict=True) if one and one["smiles"] == same]
        if not itself:
            return found["rows"], found["compared"]
        own += itself


def _omitted(arguments: NearestMoleculesArguments, matched: int, returned: int) -> Omitted | None:
    if returned >= matched or arguments.most >= 100:
        return None
    again = {**arguments.model_dump(mode="json", exclude_none=True), "most": min(100, arguments.most * 5)}
    return Omitted(what=f"{matched - returned:,} less similar molecules", tool="nearest_molecules", arguments=again)
