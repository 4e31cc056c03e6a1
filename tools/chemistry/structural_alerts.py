"""The `structural_alerts` tool: PAINS, Brenk, NIH and other catalogues."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import identify

__all__ = ["structural_alerts"]

Catalogue = Literal["PAINS", "BRENK", "NIH", "ZINC", "CHEMBL"]

_NOTE = "An alert is a reason to look, not a verdict: many approved drugs carry one."


class StructuralAlertsArguments(ToolArguments):
    """Which molecule, and which catalogues."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    catalogues: tuple[Catalogue, ...] = Field(
        default=("PAINS", "BRENK", "NIH"), min_length=1, description="catalogues to search"
    )


@tool(title="Structural alerts", cost="fast", examples=({"molecule": "erlotinib"},))
async def structural_alerts(arguments: StructuralAlertsArguments, context: ToolContext) -> Findings:
    """Search a molecule for structural alerts: PAINS (assay interference), Brenk and NIH (reactive or unwanted), ZINC, ChEMBL.

    Use it to ask whether a compound would be flagged, and where. Not for toxicity or for arbitrary substructures
    (`substructure_filter`). Comes back: each alert with catalogue, name and matched atoms, counted from 0 in the canonical
    SMILES of the record. No alert is a finding too. Fails on a structure that RDKit refuses.
    """
    molecule = await identify(arguments.molecule, context)
    catalogues = tuple(dict.fromkeys(arguments.catalogues))
    found = await context.bench.chemistry.call(
        "alerts", {"structure": molecule.structure(), "catalogues": list(catalogues)}
    )
    record = {
        "type": "structural_alerts",
        "molecule": {**molecule.record(), "smiles": found["smiles"]},
        "catalogues": list(catalogues),
        "alerts": found["alerts"],
        "count": len(found["alerts"]),
        "counts": {name: sum(alert["catalogue"] == name for alert in found["alerts"]) for name in catalogues},
        "notes": [_NOTE] if found["alerts"] else [],
    }
    told = ", ".join(f"{alert['catalogue']} {alert['name']}" for alert in found["alerts"]) or "no alert"
    draft = computed(record, f"{molecule.label} ({', '.join(catalogues)}): {told}")
    return Findings(
        (draft,), matched=len(found["alerts"]), returned=len(found["alerts"]), filters={"catalogues": list(catalogues)}
    )
