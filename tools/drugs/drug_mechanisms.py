"""The `drug_mechanisms` tool: how a drug acts."""

from __future__ import annotations

from pydantic import Field

from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .drug_rows import by_source, mechanism_row, split_drafts

__all__ = ["drug_mechanisms"]


class DrugMechanismsArguments(ToolArguments):
    """Of which drug."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Drug mechanisms", cost="instant", examples=({"molecule": "imatinib"},))
async def drug_mechanisms(arguments: DrugMechanismsArguments, context: ToolContext) -> Findings:
    """Tell how a drug works: the targets through which it acts, the action (inhibitor, agonist, …), and a reference.

    Use it for "mechanism of action of …", "what does … target". Not for measured activities (`compound_activities`). Comes back: a
    row a target with mechanism, action, gene, accession, ChEMBL target id and references; a record a source, because sources
    have licences of their own. Nothing found says so: the local store knows approved drugs best. Salts count with their parent.
    """
    molecule = await identify(arguments.molecule, context)
    chembl = context.bench.chembl
    family = chembl.family_of(molecule.chembl_id) if molecule.chembl_id else []
    facts = chembl.mechanisms(molecules=family) if family else []
    record = {"type": "mechanisms", "molecule": molecule.record(), "notes": []}
    if not facts:
        message = f"No mechanism of {molecule.label} is in this source."
        draft = Draft({**record, "message": message, "rows": []}, chembl.source, chembl.backend, message)
        return Findings((draft,), matched=0, returned=0, empty=True)
    groups = {source: [mechanism_row(fact) for fact in rows] for source, rows in by_source(facts).items()}
    drafts = split_drafts(record, groups, molecule.label, context)
    return Findings(drafts, matched=len(facts), returned=len(facts))
