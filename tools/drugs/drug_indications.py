"""The `drug_indications` tool: what a drug is used for."""

from __future__ import annotations

from pydantic import Field

from ...memory.chembl_rows import IndicationRow
from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .drug_rows import by_source, split_drafts

__all__ = ["drug_indications"]


class DrugIndicationsArguments(ToolArguments):
    """Of which drug."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Drug indications", cost="instant", examples=({"molecule": "imatinib"},))
async def drug_indications(arguments: DrugIndicationsArguments, context: ToolContext) -> Findings:
    """List what a drug is used for, by the recorded indications.

    Use it for "what is … used for". Not for treatment advice, and not for how it works (`drug_mechanisms`). Comes back:
    indication terms with their identifiers where known; a record a source. The 2017 table does not say which indications are
    approved ones. Nothing found says so.
    """
    molecule = await identify(arguments.molecule, context)
    chembl = context.bench.chembl
    family = chembl.family_of(molecule.chembl_id) if molecule.chembl_id else []
    facts = chembl.indications(molecules=family) if family else []
    record = {"type": "indications", "molecule": molecule.record(), "notes": []}
    if not facts:
        message = f"No indication of {molecule.label} is in this source."
        draft = Draft({**record, "message": message, "rows": []}, chembl.source, chembl.backend, message)
        return Findings((draft,), matched=0, returned=0, empty=True)
    groups = {source: _rows(rows) for source, rows in by_source(facts).items()}
    drafts = split_drafts(record, dict(groups), molecule.label, context)
    total = sum(len(rows) for rows in groups.values())
    return Findings(drafts, matched=total, returned=total)


def _rows(facts: list[IndicationRow]) -> list[dict[str, object]]:
    seen = {fact.term.casefold(): fact for fact in reversed(facts)}
    ordered = sorted(seen.values(), key=lambda fact: fact.term.casefold())
    return [
        {"indication": fact.term, "id": fact.term_id, "max_phase": fact.max_phase_for_indication} for fact in ordered
    ]
