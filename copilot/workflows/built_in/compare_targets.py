"""`compare-targets`: targets side by side, the drugs that they share, and the compounds that prefer one over another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from pydantic import Field

from ...planner.frames import Frame
from ...planner.kinds.words import join, number, plain_name
from ..contract import (
    Cell,
    Missing,
    Part,
    Report,
    ResultRow,
    Row,
    Section,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from .asking import Target, ask, first_of, missing_of, resolve_target, unique
from .chemistry import Measured
from .dossier_sections import Dossier
from .target_dossier import overview

__all__ = ["CompareInputs", "compare_targets", "preference_rows"]

COLUMNS = (
    *("target", "other", "chembl_id", "name", "activity_type", "on_target_nm", "on_other_nm", "relation", "ratio"),
    "basis",
)
"""Of the results table: a row for each compound with values on both targets of a pair."""


class CompareInputs(WorkflowInputs):
    """Which targets."""

    genes: tuple[str, ...] = Field(
        min_length=2, max_length=12, description="gene symbols, names, UniProt accessions or ChEMBL target ids"
    )
    most: int = Field(default=10, ge=1, le=50, description="how many compounds are told for each pair of targets")


@workflow(
    name="compare-targets",
    title="Targets compared",
    inputs=CompareInputs,
    tools=("find_target", "target_profile", "target_activities", "drugs_for_target", "selectivity"),
)
async def compare_targets(run: WorkflowRun, inputs: CompareInputs) -> Report:
    """Put targets side by side: what they are, their chemistry and drugs, and which compounds prefer one over another.

    Drugs that act on several of the targets are listed. For each pair, in the order in which the targets are named, the compounds with
    values of one kind on both are told with their ratio, and whether both values are of one publication.
    """

    async def one(gene: str) -> tuple[Dossier, Row | None]:
        target = await resolve_target(run, gene)
        profile, activities, drugs = await run.calls(
            [
                ("target_profile", {"target": target.key}),
                ("target_activities", {"target": target.key}),
                ("drugs_for_target", {"target": target.key}),
            ]
        )
        dossier = Dossier(target, measured=Measured(item=first_of(activities, "activities")))
        dossier.drugs = [(row, item.id) for item in drugs.evidence for row in item.record.get("rows", ())]
        item = first_of(profile, "target_profile")
        return dossier, _profile(target, item.record, item.id) if item is not None else None

    looked_up = await run.each(tuple(dict.fromkeys(inputs.genes)), one)
    found = {dossier.target.key: (dossier, profile) for dossier, profile in looked_up.results}
    dossiers = [dossier for dossier, _ in found.values()]
    profiles = [profile for _, profile in found.values() if profile is not None]
    heads = ("target", "family", "where", "length", "diseases in UniProt")
    sections = [
        *overview(dossiers),
        Section(
            "biology", "Biology", (Table(heads, tuple(profiles)),) if profiles else (Missing("No profile was found."),)
        ),
        Section("drugs", "Drugs that act on several of them", _shared(dossiers)),
    ]
    rows: list[ResultRow] = []
    for first, other in combinations([dossier.target for dossier in dossiers], 2):
        parts, more = await preferences(run, first, other, inputs.most)
        sections.append(Section(f"{first.gene}-{other.gene}", f"{first.gene} or {other.gene}", unique(parts)))
        rows += more
    title = f"{join(dossier.target.gene for dossier in dossiers)} compared" if dossiers else "Targets compared"
    return Report(title, tuple(sections), COLUMNS, tuple(rows), status="answered" if len(dossiers) > 1 else "unknown")


async def preferences(run: WorkflowRun, first: Target, other: Target, most: int) -> tuple[list[Part], list[ResultRow]]:
    """The compounds that were measured on both, told and as rows."""
    frame = Frame("target_activities", "selective", 1.0, 1.0, targets=(first.entity, other.entity), most=most)
    result = await run.call("selectivity", target=first.key, other=other.key, most=most)
    if first_of(result, "selectivity") is None:
        return list(missing_of(result, f"{first.gene} and {other.gene}")), []
    parts, _ = await ask(run, frame)
    return parts, [row for item in result.evidence for row in preference_rows(item.record, item.id)]


def preference_rows(record: dict[str, Any], evidence: str) -> list[ResultRow]:
    """Rows of the results table of one `selectivity` record."""
    cited = (evidence,)

    def name(target: dict[str, Any]) -> Cell:
        return Cell(target.get("gene") or target.get("name") or target.get("chembl_id"), cited)

    return [
        {
            "target": name(record["target"]),
            "other": name(record["other"]),
            "chembl_id": Cell(row["molecule_chembl_id"], cited),
            "name": Cell(row["name"], cited),
            "activity_type": Cell(record["activity_type"], cited),
            "on_target_nm": Cell(row["on_target"]["value"], cited),
            "on_other_nm": Cell(row["on_other"]["value"], cited),
            "relation": Cell(row["relation"], cited),
            "ratio": Cell(row["ratio"], cited),
            "basis": Cell(row["basis"], cited),
        }
        for row in record["rows"]
    ]


def _profile(target: Target, record: dict[str, Any], evidence: str) -> Row:
    diseases = [str(item["name"]) for item in record.get("diseases", ())]
    length = record.get("length")
    cells = (
        target.gene,
        str(record.get("family") or "–"),
        ", ".join(map(str, record.get("locations", ())[:4])) or "–",
        number(length["value"]) if length else "–",
        ", ".join(diseases[:4]) or "–",
    )
    return Row(cells, (evidence,))


def _shared(dossiers: Sequence[Dossier]) -> tuple[Part, ...]:
    by_drug: dict[str, list[tuple[str, str]]] = {}
    for dossier in dossiers:
        for row, evidence in dossier.drugs:
            known = by_drug.setdefault(plain_name(str(row["name"] or row["chembl_id"])), [])
            if dossier.target.gene not in [gene for gene, _ in known]:
                known.append((dossier.target.gene, evidence))
    shared = {drug: on for drug, on in sorted(by_drug.items()) if len(on) > 1}
    if not shared:
        cited = tuple(dict.fromkeys(evidence for dossier in dossiers for _, evidence in dossier.drugs))
        return (Missing("No drug is recorded for more than one of them.", cited),)
    rows = [
        Row((drug, ", ".join(gene for gene, _ in on)), tuple(dict.fromkeys(evidence for _, evidence in on)))
        for drug, on in shared.items()
    ]
    return (Table(("drug", "acts on"), tuple(rows)),)
