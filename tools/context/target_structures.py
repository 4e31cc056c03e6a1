"""The `target_structures` tool: experimental structures of a protein, best resolution first, and its predicted one."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...memory.errors import NotFound, Unavailable
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import is_uniprot_accession
from ..pages import FURTHEST, MOST, window
from ..sources.alphafold import AlphaFold, Model
from ..sources.found import Found
from ..sources.pdb import ProteinDataBank, Structure
from ..sources.transport import Session
from ..targets.identify_target import identify_target

__all__ = ["target_structures"]

_LIGANDS = 12
_TITLE_CHARACTERS = 50


class TargetStructuresArguments(ToolArguments):
    """Of which protein."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    predicted: bool = Field(default=True, description="also give AlphaFold's model")
    most: int = Field(default=10, ge=1, le=MOST, description="how many experimental structures to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first structures to leave out")


@tool(
    title="Target structures",
    cost="slow",
    deadline_s=90,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR", "most": 5},),
)
async def target_structures(arguments: TargetStructuresArguments, context: ToolContext) -> Findings:
    """List the experimental structures of a protein in the Protein Data Bank, best resolution first, and AlphaFold's model of it.

    Use it to choose a structure for docking or to see whether there is one with a ligand. Not for the sequence (`target_profile`).
    Comes back: a record a structure with PDB id, title, method, resolution in Å, release date, the protein's chains, all molecules
    and ligands (ions and buffer among them), masses in Da; then a record a predicted model with version, residues and mean
    pLDDT (0 to 100). Any organism. Limits: 100 structures a call, `skip` pages on; a name unknown here needs its accession.
    """
    accession, label = _protein(arguments.target, context)
    async with context.transport.session() as session:
        models, warnings, lacking = await _models(accession, session) if arguments.predicted else (None, (), False)
        try:
            found = await ProteinDataBank(session).structures(accession, arguments.skip + arguments.most)
        except Unavailable as error:
            if models is None or not models.rows:
                raise
            return _models_only(arguments, models, label, (error.message, *session.notices, *warnings))
        warnings = (*session.notices, *warnings)
    also = tuple(_model(models, row, label) for row in models.rows) if models is not None else ()
    return window(
        "target_structures",
        arguments,
        found,
        lambda row: _structure(found, row, accession, label),
        rows_are="experimental structures",
        none_found=f"No experimental structure of {label} is in the Protein Data Bank.",
        warnings=(*warnings, *(models.notices if models is not None else ())),
        also=also,
        also_counted=models.total if models is not None else 0,
        retrieved_at=models.retrieved_at if models is not None else None,
        lacking=lacking,
    )


def _protein(text: str, context: ToolContext) -> tuple[str, str]:
    """Accession and label. An accession that no local store knows is taken as it is: the services know them all."""
    query = text.strip()
    try:
        target = identify_target(query, context)
    except NotFound:
        if not is_uniprot_accession(query):
            raise
        return query.upper().partition("-")[0], query.upper()
    if target.accession is None:
        raise NotFound(f"{target.label} is not one protein.", "Name one of its proteins by gene symbol or accession.")
    return target.accession.partition("-")[0], f"{target.label} ({target.accession})"


async def _models(accession: str, session: Session) -> tuple[Found[Model] | None, tuple[str, ...], bool]:
    """AlphaFold's models, or none and why, and whether there may be some even so."""
    try:
        found = await AlphaFold(session).models(accession)
    except NotFound as error:
        return None, (error.message,), False
    except Unavailable as error:
        return None, (f"There may be a predicted model: {error.message}",), True
    return found, (), not found.complete


def _models_only(
    arguments: TargetStructuresArguments, models: Found[Model], label: str, warnings: tuple[str, ...]
) -> Findings:
    return Findings(
        tuple(_model(models, row, label) for row in models.rows),
        returned=len(models.rows),
        warnings=tuple(dict.fromkeys((*warnings, *models.notices))),
        partial=True,
        retrieved_at=models.retrieved_at,
    )


def _structure(found: Found[Structure], row: Structure, accession: str, label: str) -> Draft:
    record: dict[str, Any] = {
        "type": "structure",
        "target": {"label": label, "accession": accession},
        "pdb_id": row.pdb_id,
        "title": row.title,
        "methods": list(row.methods),
        "resolution": {"value": row.resolution_angstrom, "unit": "Å"} if row.resolution_angstrom is not None else None,
        "released": row.released,
        "chains": list(row.chains),
        "molecules": list(row.molecules),
        "ligands": [{"code": item.code, "name": item.name, "mass_da": item.mass_da} for item in row.ligands[:_LIGANDS]],
        "ligand_count": len(row.ligands),
        "notes": [],
    }
    at = f"{row.resolution_angstrom:g} Å" if row.resolution_angstrom is not None else "no resolution"
    bound = f", with {shorten(', '.join(item.code for item in row.ligands), 20)}" if row.ligands else ", no ligand"
    methods = ", ".join(row.methods) or "method not stated"
    summary = f"{row.pdb_id} ({methods}, {at}{bound}): {shorten(row.title or 'no title', _TITLE_CHARACTERS)}"
    return Draft(record, found.source.model_copy(update={"url": row.url}), found.backend, summary)


def _model(found: Found[Model], row: Model, label: str) -> Draft:
    record: dict[str, Any] = {
        "type": "predicted_structure",
        "target": {"label": label, "accession": row.accession},
        "model_id": row.model_id,
        "version": row.version,
        "created": row.created,
        "first_residue": row.first_residue,
        "last_residue": row.last_residue,
        "mean_plddt": row.mean_plddt,
        "fraction_very_high": row.fraction_very_high,
        "links": row.links,
        "notes": ["A prediction, not a measurement."],
    }
    version = f" version {row.version}" if row.version is not None else ""
    mean = f"mean pLDDT {row.mean_plddt:g}" if row.mean_plddt is not None else "no mean pLDDT given"
    part = f", residues {row.first_residue}-{row.last_residue}" if row.first_residue and row.last_residue else ""
    summary = f"{row.model_id}: AlphaFold's prediction of {label}{version}{part}, {mean}"
    return Draft(record, found.source.model_copy(update={"url": row.url}), found.backend, summary)
