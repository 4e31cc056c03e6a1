"""How mechanisms and indications become rows of a record, and evidence drafts by the source of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ...memory.chembl_rows import IndicationRow, MechanismRow
from ..contract import Draft, ToolContext
from ..identifiers import public_id

__all__ = ["by_source", "in_years", "mechanism_row", "split_drafts", "years_told"]

_Fact = TypeVar("_Fact", MechanismRow, IndicationRow)


_OF_USES = ("indications", "drugs_for_indication")
_CAVEATS = {
    "drugtarget-2017": "These are the uses of every product that holds the drug, combinations among them, approved or not, to 2016."
}
"""What a reader should know of a source's facts about uses."""


def by_source(facts: Iterable[_Fact]) -> dict[str, list[_Fact]]:
    """Facts by the label of their source, in the order in which the labels first come."""
    found: dict[str, list[_Fact]] = {}
    for fact in facts:
        found.setdefault(fact.source, []).append(fact)
    return found


def in_years(facts: Iterable[_Fact], first: int | None, last: int | None) -> list[_Fact]:
    """Those whose first approval is known to lie in these years, both included; all where neither is given."""
    if first is None and last is None:
        return list(facts)
    lowest, highest = first or 0, last or 9999
    return [fact for fact in facts if fact.first_approval and lowest <= fact.first_approval <= highest]


def years_told(first: int | None, last: int | None) -> str:
    """`first approved from 2018 until 2020`, for a sentence; empty where no year was given."""
    if first is None and last is None:
        return ""
    if first == last:
        return f"first approved in {first}"
    span = (f"from {first}" if first else "", f"until {last}" if last else "")
    return " ".join(part for part in ("first approved", *span) if part)


def mechanism_row(fact: MechanismRow) -> dict[str, Any]:
    """A mechanism as a record's row."""
    return {
        "name": fact.molecule_name,
        "chembl_id": public_id(fact.molecule_chembl_id),
        "approved": fact.max_phase == 4,
        "first_approval": fact.first_approval,
        "mechanism": fact.mechanism,
        "action": fact.action,
        "target_name": fact.target_name,
        "target_chembl_id": public_id(fact.target_chembl_id or ""),
        "genes": list(fact.target_genes),
        "accessions": list(fact.target_accessions),
        "references": list(fact.references),
    }


def split_drafts(
    record: dict[str, Any], groups: Mapping[str, Sequence[dict[str, Any]]], label: str, context: ToolContext
) -> tuple[Draft, ...]:
    """One draft a source: the record with that source's rows, so that each fact names where it is from."""
    chembl = context.bench.chembl
    drafts = []
    for source, rows in groups.items():
        own = {**record, "rows": list(rows), "count": len(rows)}
        if source in _CAVEATS and record["type"] in _OF_USES:
            own["notes"] = [*record["notes"], _CAVEATS[source]]
        drafts.append(Draft(own, chembl.fact_source(source), chembl.backend, f"{label}: {_told(rows)}"))
    return tuple(drafts)


def _told(rows: Sequence[dict[str, Any]]) -> str:
    return "; ".join(str(row.get("mechanism") or row.get("name") or row.get("indication")) for row in rows[:8])
