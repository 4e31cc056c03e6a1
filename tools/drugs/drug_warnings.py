"""The `drug_warnings` tool: recorded withdrawals and black-box warnings of a drug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from ...memory.chembl_rows import WarningRow
from ...memory.chembl_store import ChemblStore
from ...memory.records import Omitted
from ...memory.text import shorten
from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id

__all__ = ["drug_warnings"]

_NOTICE = "A list of recorded warnings; no safety assessment and no medical advice."
_MOST = 50
_MOST_TOLD = 6
_LONGEST_TOLD = 160


class DrugWarningsArguments(ToolArguments):
    """Of which drug, and how many."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    most: int = Field(default=_MOST, ge=1, le=500, description="warnings to list at most")


@tool(title="Drug warnings", cost="instant", examples=({"molecule": "rofecoxib"},))
async def drug_warnings(arguments: DrugWarningsArguments, context: ToolContext) -> Findings:
    """List the withdrawals and black-box warnings that ChEMBL records of a drug, of its parent and of its salts.

    Use it for "is … withdrawn", "why was … withdrawn", "does … have a black box warning". Not for approval (`drug_status`),
    and not for the safety of a target (`target_safety`). Comes back: one record with a row a warning: of which form of the drug,
    type, class of harm, description, country, year, EFO term, references. It is a list of recorded warnings, neither a safety
    assessment nor medical advice: a drug without a recorded warning is not thereby safe. The starter set holds no warnings:
    offline they need a registered ChEMBL dump, and without one the record says that it is unknown whether there are any.
    """
    molecule = await identify(arguments.molecule, context)
    chembl = context.bench.chembl
    family = chembl.family_of(molecule.chembl_id) if molecule.chembl_id else []
    facts = chembl.warnings(molecules=family)
    shown = facts[: arguments.most]
    record: dict[str, Any] = {
        "type": "drug_warnings",
        "molecule": molecule.record(),
        "recorded": bool(facts) if chembl.holds_warnings else None,
        "rows": [_row(fact) for fact in shown],
        "count": len(facts),
        "notes": [_NOTICE],
    }
    if not facts:
        message = _none_of(molecule.label, chembl)
        draft = Draft({**record, "message": message}, chembl.source, chembl.backend, message)
        unknown = not chembl.holds_warnings and not _asked(chembl)
        return Findings((draft,), matched=0, returned=0, empty=not unknown, unknown=unknown)
    told = f"{molecule.label}: {_told(shown)} {_NOTICE}"
    return Findings(
        (Draft(record, chembl.source, chembl.backend, told),),
        matched=len(facts),
        returned=len(shown),
        omitted=_left_out(arguments, len(facts) - len(shown), len(facts)),
    )


def _asked(chembl: ChemblStore) -> bool:
    """Whether these are a service's rows, among which the warnings are missing only where it did not answer."""
    return chembl.backend in ("live", "cache")


def _none_of(label: str, chembl: ChemblStore) -> str:
    if chembl.holds_warnings:
        return f"No withdrawal or black-box warning of {label} is recorded in this source; that does not mean that it is safe."
    if _asked(chembl):
        return f"The service did not say which warnings of {label} there are."
    return (
        f"This source holds no warnings of any drug, so it cannot tell whether there are any of {label};"
        " a registered ChEMBL dump and ChEMBL's service hold them."
    )


def _row(fact: WarningRow) -> dict[str, object]:
    return {
        "name": fact.molecule_name,
        "chembl_id": public_id(fact.molecule_chembl_id),
        "warning_type": fact.warning_type,
        "warning_class": fact.warning_class,
        "class_id": fact.class_id,
        "description": fact.description,
        "country": fact.country,
        "year": fact.year,
        "efo_term": fact.efo_term,
        "efo_id": fact.efo_id,
        "references": list(fact.references),
    }


def _told(facts: Sequence[WarningRow]) -> str:
    lines = [
        shorten(", ".join(str(part) for part in _parts(fact) if part), _LONGEST_TOLD) for fact in facts[:_MOST_TOLD]
    ]
    more = f"; and {len(facts) - _MOST_TOLD:,} more" if len(facts) > _MOST_TOLD else ""
    return f"{'; '.join(lines)}{more}."


def _parts(fact: WarningRow) -> tuple[object, ...]:
    return fact.warning_type, fact.efo_term or fact.warning_class, fact.country, fact.year


def _left_out(arguments: DrugWarningsArguments, left: int, matched: int) -> Omitted | None:
    if left <= 0:
        return None
    again = {"molecule": arguments.molecule, "most": min(matched, 500)}
    return Omitted(what=f"{left:,} more warning{'s' if left > 1 else ''}", tool="drug_warnings", arguments=again)
