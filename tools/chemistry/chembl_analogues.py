"""The `chembl_analogues` tool: molecules of all ChEMBL that are like one, or contain it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ...memory.chembl_rows import MoleculeRow
from ...memory.records import Omitted
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from ..sources.chembl import ChemblLive
from ..sources.found import Found
from .identify import Molecule, identify

__all__ = ["chembl_analogues"]

_AT_MOST = 1_000


class ChemblAnaloguesArguments(ToolArguments):
    """Of which molecule, and how alike."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    by: Literal["similarity", "substructure"] = Field(
        default="similarity", description="molecules like it, or molecules that contain it"
    )
    similarity: int = Field(default=70, ge=40, le=100, description="least Tanimoto coefficient in percent")
    most: int = Field(default=20, ge=1, le=_AT_MOST, description="how many to give")


@tool(
    title="Analogues in ChEMBL",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"molecule": "erlotinib", "similarity": 80}, {"molecule": "CHEMBL553", "by": "substructure"}),
)
async def chembl_analogues(arguments: ChemblAnaloguesArguments, context: ToolContext) -> Findings:
    """Search all of ChEMBL for molecules similar to one, or for molecules that contain it as a substructure.

    Use it for "analogues of …" beyond the local store. Not for the nearest approved drugs or a user's file (`nearest_molecules`,
    which sends nothing). Comes back: molecules with ChEMBL id, name, structure and phase; the most similar first, with ChEMBL's own
    Tanimoto coefficient in percent. A molecule that ChEMBL has is asked for by its id; for another its structure leaves this machine,
    which a warning says and a setting forbids. Limits: 1,000 molecules; similarity from 40 %.
    """
    meant = await identify(arguments.molecule, context)
    asked = public_id(meant.chembl_id or "") or meant.structure()
    async with context.session() as session:
        chembl = ChemblLive(session, context.bench.services.structures_may_leave)
        if arguments.by == "similarity":
            similar = await chembl.similar(asked, arguments.similarity)
            found = similar.of(lambda row: _row(row.molecule, row.similarity_percent))
        else:
            found = (await chembl.containing(asked)).of(_row)
    return _findings(arguments, meant, found, (*session.notices, *found.notices))


def _row(molecule: MoleculeRow, percent: float | None = None) -> dict[str, Any]:
    return {
        "chembl_id": molecule.chembl_id,
        "name": molecule.name,
        "smiles": molecule.smiles,
        "max_phase": molecule.max_phase,
        **({} if percent is None else {"similarity_percent": round(percent, 1)}),
    }


def _findings(
    arguments: ChemblAnaloguesArguments, meant: Molecule, found: Found[dict[str, Any]], notices: tuple[str, ...]
) -> Findings:
    shown = found.rows[: arguments.most]
    total = found.total if found.total is not None else len(found.rows)
    what = f"like it by {arguments.similarity} % or more" if arguments.by == "similarity" else "that contain it"
    record: dict[str, Any] = {
        "type": "analogues",
        "molecule": meant.record(),
        "by": arguments.by,
        "total": total,
        "rows": list(shown),
        "notes": [],
    }
    if arguments.by == "similarity":
        record["least_similarity_percent"] = arguments.similarity
        record["convention"] = "Tanimoto coefficient of ChEMBL's own fingerprints"
    names = ", ".join(_named(row) for row in shown[:5])
    summary = f"{meant.label}: {total:,} molecules in ChEMBL {what}{f': {names}' if names else ''}"
    again = {**arguments.model_dump(mode="json"), "most": _AT_MOST}
    left = total - len(shown)
    return Findings(
        (Draft(record, found.source, found.backend, summary),),
        matched=total,
        returned=len(shown),
        filters=arguments.model_dump(
            mode="json", include={"by", "similarity"} if arguments.by == "similarity" else {"by"}
        ),
        omitted=Omitted(what=f"{left:,} more molecules", tool="chembl_analogues", arguments=again)
        if left > 0
        else None,
        warnings=tuple(dict.fromkeys(notices)),
        empty=not found.rows,
        partial=not found.complete,
        retrieved_at=found.retrieved_at,
    )


def _named(row: dict[str, Any]) -> str:
    percent = f" {row['similarity_percent']:g} %" if "similarity_percent" in row else ""
    return f"{shorten(row['name'] or row['chembl_id'], 40)}{percent}"
