"""`selectivity`: on which targets a compound was measured, and by how much it prefers its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from ....memory.errors import NotFound
from ....memory.records import Evidence
from ...planner.frames import Frame
from ...planner.kinds.words import amount, join, molecule_name
from ..contract import (
    Cell,
    Missing,
    Molecule,
    Part,
    Plot,
    Point,
    Report,
    ResultRow,
    Row,
    Section,
    Sentence,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from .asking import ask, first_of, missing_of, molecule, unique
from .compare_targets import preference_rows

__all__ = ["SelectivityInputs", "selectivity"]

_KINDS = ("IC50", "Ki", "Kd", "EC50")
COLUMNS = (
    *("compound", "chembl_id", "smiles", "own_target", "target", "target_chembl_id", "activity_type", "relation"),
    *("value_nm", "pchembl", "ratio", "ratio_relation", "basis"),
)  # fmt: skip
"""Of the results table: a row for each target that a compound was measured on, of each kind of value."""


class SelectivityInputs(WorkflowInputs):
    """Which compounds, and what is theirs."""

    compounds: tuple[str, ...] = Field(min_length=1, max_length=50, description="names, SMILES or ChEMBL ids")
    target: str | None = Field(
        default=None,
        min_length=1,
        description="the target that others are compared with; that of its mechanism, else the most potent, where absent",
    )


@dataclass(frozen=True)
class _Told:
    section: Section
    rows: tuple[ResultRow, ...]
    found: bool


@workflow(
    name="selectivity",
    title="Selectivity",
    inputs=SelectivityInputs,
    tools=("resolve_molecule", "drug_mechanisms", "compound_activities", "find_target", "selectivity"),
)
async def selectivity(run: WorkflowRun, inputs: SelectivityInputs) -> Report:
    """On which targets compounds were measured, by how much each prefers its own, and what is not known.

    A compound's own target is the one named, else that of its recorded mechanism, else the one with its most potent value. All kinds
    of values are told apart; a ratio is given where one kind was measured on both targets, with whether both are of one publication.
    """
    told = (await run.each(tuple(dict.fromkeys(inputs.compounds)), lambda name: _one(run, name, inputs.target))).results
    return Report(
        f"Selectivity: {join(item.section.title for item in told)}" if told else "Selectivity",
        tuple(item.section for item in told),
        COLUMNS,
        tuple(row for item in told for row in item.rows),
        status="answered" if any(item.found for item in told) else "unknown",
    )


async def _one(run: WorkflowRun, asked: str, wanted: str | None) -> _Told:
    resolved = await run.need("resolve_molecule", molecule=asked)
    known = resolved.evidence[0] if resolved.status in ("ok", "partial") and resolved.evidence else None
    if known is None:
        record = resolved.evidence[0].record if resolved.evidence else {}
        raise NotFound(
            str(record.get("message") or f"No molecule is called {asked!r}."), "Give a SMILES or a ChEMBL id."
        )
    name = molecule_name(known.record).strip("`")
    smiles = str(known.record.get("molecule", known.record).get("smiles") or "")
    results = await run.calls(
        [("compound_activities", {"molecule": asked, "activity_type": kind, "most": 200}) for kind in _KINDS]
    )
    items = [item for result in results if (item := first_of(result, "activities")) is not None]
    parts: list[Part] = [Molecule(smiles, name, (known.id,))] if smiles else []
    mechanisms, _ = await ask(run, Frame("mechanism", "", 1.0, 1.0, molecules=(molecule(asked, name),)))
    parts += mechanisms
    if not items:
        parts += [part for result in results[:1] for part in missing_of(result)]
        return _Told(Section(_id(name), name, unique(parts)), (), False)
    own = wanted or await _own_target(run, asked, items)
    ratios: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
    rows: list[ResultRow] = []
    for item in items:
        parts += _plot(item, name)
        ratios |= await _ratios(run, asked, own, item)
        rows += _rows(item, ratios)
        parts.append(_table(item, ratios))
    if ratios:
        record, evidence = next(iter(ratios.values()))
        gene = record["target"].get("gene") or record["target"].get("name")
        parts.append(
            Sentence(
                f"Ratios are of medians, on the other target over {gene}; the values beside them are the best ones.",
                (evidence,),
            )
        )
    else:
        parts.append(
            Missing("No kind of value was measured on its own target and on another one, so that no ratio is known.")
        )
    return _Told(Section(_id(name), name, unique(parts)), tuple(rows), True)


async def _own_target(run: WorkflowRun, asked: str, items: list[Evidence]) -> str:
    result = await run.call("drug_mechanisms", molecule=asked)
    measured = {str(row["target_chembl_id"]) for item in items for row in item.record["rows"]}
    if result.status in ("ok", "partial"):
        named = [row["target_chembl_id"] for item in result.evidence for row in item.record.get("rows", ())]
        acted_on = next((str(target) for target in named if target in measured), "")
        if acted_on:
            return acted_on
    best = min((row for item in items for row in item.record["rows"]), key=lambda row: float(row["value"]["value"]))
    return str(best["target_chembl_id"])


async def _ratios(
    run: WorkflowRun, asked: str, own: str, item: Evidence
) -> dict[tuple[str, str], tuple[dict[str, Any], str]]:
    """By kind and other target: the record of the ratio and its evidence."""
    kind = str(item.record["activity_type"])
    others = [str(row["target_chembl_id"]) for row in item.record["rows"]]
    calls = [
        ("selectivity", {"target": own, "other": other, "molecule": asked, "activity_type": kind})
        for other in dict.fromkeys(others)
        if other != own
    ]
    found = [first_of(result, "selectivity") for result in await run.calls(calls)]
    return {
        (kind, str(one.record["other"]["chembl_id"])): (one.record, one.id)
        for one in found
        if one is not None and one.record["target"]["chembl_id"] != one.record["other"]["chembl_id"]
    }


def _table(item: Evidence, ratios: dict[tuple[str, str], tuple[dict[str, Any], str]]) -> Table:
    kind = str(item.record["activity_type"])
    rows = []
    for row in item.record["rows"]:
        ratio = ratios.get((kind, str(row["target_chembl_id"])))
        told: tuple[str, str] = ("–", "–")
        cited: tuple[str, ...] = (item.id,)
        if ratio is not None:
            cells, cited = preference_rows(*ratio)[0], (item.id, ratio[1])
            relation = "" if cells["relation"].value == "=" else f"{cells['relation'].value} "
            told = (f"{relation}{cells['ratio'].value}", str(cells["basis"].value))
        where = f"{row['target_name']} ({row['target_chembl_id']})"
        rows.append(Row((where, amount(row["value"]), *told), cited))
    return Table(("target", kind, "ratio", "rests on"), tuple(rows))


def _plot(item: Evidence, name: str) -> list[Part]:
    kind = str(item.record["activity_type"])
    points = tuple(
        Point(str(row.get("gene") or row["target_name"]), float(row["value"]["value"]), (item.id,))
        for row in item.record["rows"]
    )
    return [Plot("dots", f"{kind} of {name}", f"{kind} (nM)", points, logarithmic=True)] if len(points) > 1 else []


def _rows(item: Evidence, ratios: dict[tuple[str, str], tuple[dict[str, Any], str]]) -> list[ResultRow]:
    kind, cited = str(item.record["activity_type"]), (item.id,)
    compound = item.record["molecule"]
    found: list[ResultRow] = []
    for row in item.record["rows"]:
        cells = {
            "compound": Cell(compound.get("name") or compound.get("query"), cited),
            "chembl_id": Cell(compound.get("chembl_id"), cited),
            "smiles": Cell(compound.get("smiles"), cited),
            "target": Cell(row["target_name"], cited),
            "target_chembl_id": Cell(row["target_chembl_id"], cited),
            "activity_type": Cell(kind, cited),
            "relation": Cell(row["value"].get("relation", "="), cited),
            "value_nm": Cell(row["value"]["value"], cited),
            "pchembl": Cell(row.get("pchembl"), cited),
        }
        ratio = ratios.get((kind, str(row["target_chembl_id"])))
        if ratio is not None:
            told = preference_rows(*ratio)[0]
            cells |= {"own_target": told["target"], "ratio": told["ratio"]}
            cells |= {"ratio_relation": told["relation"], "basis": told["basis"]}
        found.append(cells)
    return found


def _id(name: str) -> str:
    return f"selectivity-{name}"
