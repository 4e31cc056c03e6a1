"""The `drug_status` tool: approved or not, since when, and in which form."""

from __future__ import annotations

from pydantic import Field

from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id

__all__ = ["drug_status"]


class DrugStatusArguments(ToolArguments):
    """Of which drug."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Drug status", cost="instant", examples=({"molecule": "nabumetone"},))
async def drug_status(arguments: DrugStatusArguments, context: ToolContext) -> Findings:
    """Tell whether a drug is approved, in which year it was first approved, its highest phase, and its parent or salts.

    Use it for "is … approved", "when was … first approved". Not for what it treats (`drug_indications`). Comes back: one record
    with approval, highest phase, year, kind of molecule and its forms. The year is the earliest that ChEMBL (or this project,
    for drugs it curated) records of the molecule, or of its parent or another salt, which is then said. `approved` is null
    where the source does not know: being absent from it is not the same as not being approved.
    """
    molecule = await identify(arguments.molecule, context)
    chembl = context.bench.chembl
    family = [
        chembl.molecule(chembl_id) for chembl_id in (chembl.family_of(molecule.chembl_id) if molecule.chembl_id else [])
    ]
    forms = [row for row in family if row is not None]
    years = sorted(row.first_approval for row in forms if row.first_approval)
    own = molecule.row.first_approval if molecule.row else None
    phases = [row.max_phase for row in forms if row.max_phase is not None]
    approved = True if phases and max(phases) == 4 else False if phases else None
    notes = []
    if approved is None:
        notes.append("The source does not know its status; that does not mean that it is not approved.")
    if own is None and years:
        notes.append("The year is that of another salt or of the parent.")
    record = {
        "type": "drug_status",
        "molecule": molecule.record(),
        "approved": approved,
        "max_phase": max(phases) if phases else None,
        "first_approval": own or (years[0] if years else None),
        "molecule_type": molecule.row.molecule_type if molecule.row else None,
        "forms": [
            {
                "chembl_id": public_id(row.chembl_id),
                "name": row.name,
                "max_phase": row.max_phase,
                "first_approval": row.first_approval,
            }
            for row in forms
        ],
        "notes": notes,
    }
    told = {True: "approved", False: "not approved", None: "not known whether it is approved"}[approved]
    year = f", first in {record['first_approval']}" if approved and record["first_approval"] else ""
    phase = f", highest phase {max(phases):g}" if phases and not approved else ""
    draft = Draft(record, chembl.source, chembl.backend, f"{molecule.label}: {told}{year}{phase}")
    return Findings((draft,), matched=1, returned=1, unknown=not forms)
