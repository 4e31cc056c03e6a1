"""The measured chemistry of a target: how much, how potent, and its best compounds looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ....memory.records import Evidence, ToolResult
from ...planner.kinds.properties import property_cell, property_words
from ...planner.kinds.words import amount, capital, code, join, plain_name
from ..contract import CellValue, Missing, Molecule, Part, Plot, Point, Row, Sentence, Table, WorkflowRun
from .asking import Target, about, ask, first_of

__all__ = ["Compound", "Measured", "measured_chemistry"]

PROPERTIES = ("molecular_weight", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "fsp3", "qed", "sa_score")
_SHOWN = ("molecular_weight", "clogp", "tpsa", "qed", "sa_score")
_CATALOGUES = ("PAINS", "BRENK")
_MOST_READ = 200
_MOST_DRAWN = 4
_OTHERS = 4


@dataclass
class Compound:
    """One of the best compounds, with what was computed of it and measured elsewhere."""

    row: dict[str, Any]
    """As `target_activities` gives it."""
    activity_type: str
    measured: str
    """The evidence that holds the row."""
    computed: dict[str, tuple[CellValue, str]] = field(default_factory=dict)
    """Column to value and evidence."""
    properties: Evidence | None = None
    alerts: Evidence | None = None
    elsewhere: Evidence | None = None

    @property
    def label(self) -> str:
        """What a table calls it."""
        name = self.row.get("name")
        return plain_name(str(name)) if name else str(self.row.get("molecule_chembl_id") or code(self.row["smiles"]))

    @property
    def key(self) -> str:
        """What tools are called with."""
        return str(self.row.get("molecule_chembl_id") or self.row["smiles"])


@dataclass
class Measured:
    """What was measured on a target."""

    parts: list[Part] = field(default_factory=list)
    questions: list[Part] = field(default_factory=list)
    compounds: list[Compound] = field(default_factory=list)
    item: Evidence | None = None


async def measured_chemistry(run: WorkflowRun, target: Target, most: int) -> Measured:
    """The values measured on the target, and its `most` most potent compounds, and up to as many of its drugs, looked at."""
    parts, results = await ask(run, about("target_activities", target, most=_MOST_READ))
    item = first_of(results.get("t1"), "activities")
    if item is None:
        return Measured(parts, [Missing(f"Which compounds act on {target.gene}? No measured value was found.")])
    kind = str(item.record["activity_type"])
    rows = [row for row in item.record["rows"] if row.get("smiles")]
    drugs = await run.call("drugs_for_target", target=target.key)
    known = {row["chembl_id"] for found in drugs.evidence for row in found.record.get("rows", ()) if row["chembl_id"]}
    further = [row for row in rows[most:] if row.get("molecule_chembl_id") in known]
    chosen = [Compound(row, kind, item.id) for row in (*rows[:most], *further[:most])]
    looked_at = await run.each(chosen, lambda one: _look_at(run, one), label=lambda one: one.label)
    compounds = list(looked_at.results)
    return Measured(
        [
            *parts,
            *_plots(item, compounds),
            *_side_by_side(compounds),
            *_selectivity(compounds, target),
            *(_drawn(one) for one in _to_draw(compounds, most)),
        ],
        _questions(compounds, target),
        compounds,
        item,
    )


async def _look_at(run: WorkflowRun, compound: Compound) -> Compound:
    properties, alerts, elsewhere = await run.calls(
        [
            ("molecule_properties", {"molecule": compound.key}),
            ("structural_alerts", {"molecule": compound.key, "catalogues": list(_CATALOGUES)}),
            ("compound_activities", {"molecule": compound.key, "most": 50}),
        ]
    )
    compound.properties = first_of(properties, "molecule_properties") or _only(properties)
    compound.alerts = first_of(alerts, "structural_alerts")
    compound.elsewhere = first_of(elsewhere, "activities")
    if compound.properties is not None:
        found = compound.properties.record["properties"]
        compound.computed.update(
            {key: (found[key]["value"], compound.properties.id) for key in PROPERTIES if key in found}
        )
    if compound.alerts is not None:
        counts = compound.alerts.record["counts"]
        compound.computed.update(
            {f"{name.lower()}_alerts": (counts.get(name, 0), compound.alerts.id) for name in _CATALOGUES}
        )
    return compound


def _only(result: ToolResult) -> Evidence | None:
    return result.evidence[0] if result.status in ("ok", "partial") and result.evidence else None


def _plots(item: Evidence, compounds: Sequence[Compound]) -> list[Part]:
    """How potent, of what kind, and how drug-like."""
    kind = item.record["activity_type"]
    counts = {kind: item.record["statistics"]["n"], **item.record.get("other_types", {})}
    plots: list[Part] = [_distribution(item, kind)]
    plots.append(
        Plot(
            "bars",
            "Measured values by kind",
            "values",
            tuple(Point(str(name), float(count), (item.id,)) for name, count in counts.items()),
        )
    )
    best = [one for one in compounds if one.row["value"]["value"] > 0]
    points = tuple(Point(one.label, float(one.row["value"]["value"]), (one.measured,)) for one in best)
    plots.append(
        Plot("dots", "The most potent compounds and the drugs", f"lowest {kind} (nM)", points, logarithmic=True)
    )
    for key, axis in (("molecular_weight", "g/mol"), ("clogp", "cLogP")):
        known = [(one, one.computed[key]) for one in compounds if key in one.computed]
        points = tuple(
            Point(one.label, float(value), (evidence,))
            for one, (value, evidence) in known
            if isinstance(value, int | float)
        )
        plots.append(Plot("dots", f"{capital(property_words(key))} of these compounds", axis, points))
    return [plot for plot in plots if isinstance(plot, Plot) and len(plot.points) > 1]


def _distribution(item: Evidence, kind: str) -> Plot:
    """How many of the rows at hand fall within each unit of pChEMBL."""
    bins: dict[int, int] = {}
    for row in item.record["rows"]:
        if row.get("pchembl") is not None:
            bins[int(row["pchembl"])] = bins.get(int(row["pchembl"]), 0) + 1
    points = tuple(Point(f"{low} to {low + 1}", float(bins[low]), (item.id,)) for low in sorted(bins))
    return Plot("bars", f"Compounds by p{kind}", "compounds", points)


def _side_by_side(compounds: Sequence[Compound]) -> list[Part]:
    """Properties and alerts of the best compounds, a row each."""
    rows = []
    for one in compounds:
        if one.properties is None or one.alerts is None:
            continue
        found = one.properties.record["properties"]
        cells = [property_cell(found[key], key) if key in found else "–" for key in _SHOWN]
        named = [f"{alert['catalogue']} {alert['name']}" for alert in one.alerts.record["alerts"]]
        alerts = ", ".join(dict.fromkeys(named)) or "none"
        rows.append(Row((one.label, *cells, alerts), (one.properties.id, one.alerts.id)))
    heads = ("compound", "MW", "cLogP", "TPSA", "QED", "SA score", f"alerts ({' and '.join(_CATALOGUES)})")
    return [Table(heads, tuple(rows))] if rows else []


def _others(compound: Compound, target: Target) -> list[dict[str, Any]]:
    rows = compound.elsewhere.record["rows"] if compound.elsewhere is not None else []
    return [row for row in rows if row["target_chembl_id"] != target.chembl_id]


def _selectivity(compounds: Sequence[Compound], target: Target) -> list[Part]:
    """What the best compounds were measured on besides."""
    rows = []
    for one in compounds:
        others = _others(one, target)
        if not others or one.elsewhere is None:
            continue
        shown = "; ".join(
            f"{row.get('gene') or row['target_name']} ({row['target_chembl_id']}): {amount(row['value'])}"
            for row in others[:_OTHERS]
        )
        more = "; and others" if len(others) > _OTHERS else ""
        here = f"{one.activity_type} {amount(one.row['value'])}"
        kind = str(one.elsewhere.record["activity_type"])
        rows.append(Row((one.label, here, f"{kind} on {shown}{more}"), (one.measured, one.elsewhere.id)))
    return [Table(("compound", f"on {target.gene}", "on other targets"), tuple(rows))] if rows else []


def _questions(compounds: Sequence[Compound], target: Target) -> list[Part]:
    told: list[Part] = []
    alone = [one for one in compounds if one.elsewhere is not None and not _others(one, target)]
    if alone:
        cited = tuple(one.elsewhere.id for one in alone if one.elsewhere is not None)
        names = join(one.label for one in alone)
        told.append(Sentence(f"How selective are {names}? This source has no value of them on another target.", cited))
    alerted = [one for one in compounds if one.alerts is not None and one.alerts.record["count"]]
    if alerted:
        cited = tuple(one.alerts.id for one in alerted if one.alerts is not None)
        names = join(one.label for one in alerted)
        told.append(Sentence(f"Do the alerts of {names} matter? An alert is a reason to look, not a verdict.", cited))
    return told


def _to_draw(compounds: Sequence[Compound], most: int) -> Sequence[Compound]:
    """The first of the most potent, and of the drugs behind them."""
    return (*compounds[:most][:_MOST_DRAWN], *compounds[most:][:_MOST_DRAWN])


def _drawn(compound: Compound) -> Molecule:
    cited = (compound.measured, *((compound.properties.id,) if compound.properties else ()))
    return Molecule(str(compound.row["smiles"]), f"{compound.label}, {amount(compound.row['value'])}", cited)
