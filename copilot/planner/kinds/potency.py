"""Measured activities: the best compounds on a target, a compound on a target, what a compound was measured on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....memory.records import Evidence, ToolResult
from ..contract import Break, Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .drugs import mechanisms_told
from .plan import Node, Results, Section
from .properties import molecule_keys
from .words import amount, capital, code, count_of, join, misses, molecule_name, notes, number, plain_name, target_name

__all__ = ["Measured"]

_ROWS = 10


class Measured:
    """`potency`, `target_activities` and `compound_activities`: one call a pair, a target or a compound."""

    def plan(self, frame: Frame) -> list[Node]:
        common = _filters(frame)
        molecules, targets = molecule_keys(frame), _targets(frame)
        if frame.kind == "target_activities":
            nodes = [Node(key, "target_activities", {"target": item.value, **common}) for key, item in targets]
            if nodes:
                return nodes
        if frame.kind == "compound_activities" or not targets:
            nodes = [Node(key, "compound_activities", {"molecule": item.value, **common}) for key, item in molecules]
            if common:
                return nodes
            # What a drug acts on is known even where nothing was measured in this source.
            return [*(Node(f"a{key}", "drug_mechanisms", {"molecule": item.value}) for key, item in molecules), *nodes]
        return [
            Node(f"{key}{other}", "compound_activities", {"molecule": molecule.value, "target": target.value, **common})
            for key, molecule in molecules
            for other, target in targets
        ] or [Node(key, "target_activities", {"target": item.value, **common}) for key, item in targets]

    def compose(self, frame: Frame, results: Results) -> Section:
        parts: list[Part] = []
        missed: dict[str, ToolResult] = {}
        found: list[Evidence] = []
        acts: set[str] = set()
        for node in self.plan(frame):
            result = results.get(node.key)
            if result is None:
                continue
            if node.tool == "drug_mechanisms":
                if results.found(node.key) is not None:
                    acts.add(node.key[1:])
                    parts += [part for item in result.evidence for part in mechanisms_told(item)]
                continue
            item = results.found(node.key, "activities")
            if item is None:
                missed[node.key] = result
                continue
            found.append(item)
            parts += [*([Break()] if parts else []), *_told(item, result, frame)]
        lead = _compared(found)
        told = misses(missed.values())
        answered = bool(parts) and all(key in acts for key in missed)
        return Section((*lead, *parts, *told), "answered" if answered else "partial" if parts else "unknown")


def _compared(found: list[Evidence]) -> list[Part]:
    """Which of several is the more potent, where one type was measured of all of them."""
    ranked = [item for item in found if item.record["statistics"].get("median")]
    if len(ranked) < 2 or len({item.record["activity_type"] for item in ranked}) > 1:
        return []
    ranked.sort(key=lambda item: float(item.record["statistics"]["median"]["value"]))
    kind = ranked[0].record["activity_type"]
    first, *others = [f"{_pair(item.record)} ({amount(item.record['statistics']['median'])})" for item in ranked]
    text = f"By median {kind}, the most potent is {first}, then {join(others)}; assays differ, so small gaps mean little."
    return [Sentence(text, tuple(item.id for item in ranked)), Break()]


def _pair(record: Mapping[str, Any]) -> str:
    parts = [molecule_name(record)] if record.get("molecule") else []
    parts += [target_name(record)] if record.get("target") else []
    return " on ".join(parts)


def _targets(frame: Frame) -> list[tuple[str, Entity]]:
    listed = list(frame.targets)
    if not listed and frame.kind == "target_activities":
        listed = list(frame.unknown)
    return [(f"t{index}", entity) for index, entity in enumerate(listed, 1)]


def _filters(frame: Frame) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if frame.activity_types:
        chosen["activity_type"] = frame.activity_types[0]
    for quantity in frame.quantities:
        if quantity.number is not None and quantity.unit in ("nM", "µM", "pM", "mM", "M"):
            chosen["threshold_nm"] = (
                quantity.number * {"nM": 1.0, "µM": 1e3, "pM": 1e-3, "mM": 1e6, "M": 1e9}[quantity.unit]
            )
        elif quantity.number is not None and quantity.unit.startswith("p"):
            chosen["min_pchembl"] = quantity.number
    if frame.most is not None:
        chosen["most"] = frame.most
    if "approved" in frame.aspects:
        chosen["approved_only"] = True
    return chosen


def _told(item: Evidence, result: ToolResult, frame: Frame) -> list[Part]:
    record = item.record
    statistics = record["statistics"]
    parts: list[Part] = [Sentence(_headline(record), (item.id,))]
    if statistics["n"] > 1 and statistics.get("iqr_low"):
        spread = (
            f"Half of these values lie between {amount(statistics['iqr_low'])} and {amount(statistics['iqr_high'])};"
            f" the extremes are {amount(statistics['min'])} and {amount(statistics['max'])}."
        )
        parts.append(Sentence(spread, (item.id,)))
    parts += _censored(item)
    if record.get("other_types"):
        counts = join(f"{number(n)} {kind}" for kind, n in record["other_types"].items())
        parts.append(Sentence(f"Not mixed in: {counts} of other kinds.", (item.id,)))
    single = bool(record.get("molecule")) and bool(record.get("target"))
    if record["rows"] and not (single and len(record["rows"]) == 1 and statistics["n"] == 1):
        parts.append(_table(item, by_target=not record.get("target"), by_molecule=not record.get("molecule")))
    if result.matched is not None and result.returned is not None and result.returned < result.matched:
        parts.append(Sentence(f"Shown: {number(result.returned)} of {number(result.matched)}.", (item.id,)))
    parts += notes(item, 3)
    return parts


def _headline(record: Mapping[str, Any]) -> str:
    statistics, kind = record["statistics"], record["activity_type"]
    measured = count_of(statistics["n"], f"measured {kind} value")
    molecule, target = record.get("molecule"), record.get("target")
    if molecule and target:
        who = f"{molecule_name(record)} on {target_name(record)}"
    elif target:
        compounds = count_of(statistics["n_compounds"], "compound")
        return capital(
            f"{target_name(record)} has {measured} of {compounds}, with a median of {amount(statistics['median'])}."
        )
    else:
        who = molecule_name(record)
    if not statistics["n"] or not statistics.get("median"):
        return (
            f"There is {measured} of {who} without a bound."
            if not statistics["n"]
            else f"There is {measured} of {who}."
        )
    lead = f"The {kind} of {who} is {amount(statistics['median'])}"
    if statistics["n"] == 1:
        return f"{lead} (pChEMBL {number(statistics['median_pchembl'], 2)}, 1 measurement)."
    return f"{lead} as the median of {number(statistics['n'])} measurements (pChEMBL {number(statistics['median_pchembl'], 2)})."


def _censored(item: Evidence) -> list[Part]:
    censored = item.record["statistics"].get("censored") or {}
    count = sum(value for value in censored.values() if isinstance(value, int))
    if not count:
        return []
    text = join(
        f"{number(value)} with “{relation}”" for relation, value in censored.items() if isinstance(value, int) and value
    )
    return [Sentence(f"Bounds, kept out of the median: {text}.", (item.id,))]


def _table(item: Evidence, *, by_target: bool, by_molecule: bool) -> Table:
    kind = item.record["activity_type"]
    header = [*(["compound"] if by_molecule else []), *(["target"] if by_target else []), kind, "pChEMBL", "assay"]
    rows = []
    for row in item.record["rows"][:_ROWS]:
        cells = []
        if by_molecule:
            cells.append(_compound(row))
        if by_target:
            cells.append(f"{row.get('gene') or row.get('target_name')} ({row['target_chembl_id']})")
        pchembl = row.get("pchembl")
        cells += [
            amount(row["value"]),
            number(pchembl, 2) if pchembl is not None else "–",
            str(row.get("assay_chembl_id") or "–"),
        ]
        rows.append(Row(tuple(cells), (item.id,)))
    return Table(tuple(header), tuple(rows))


def _compound(row: Mapping[str, Any]) -> str:
    name = row.get("name")
    if name:
        return f"{plain_name(name)} ({row['molecule_chembl_id']})"
    return str(row["molecule_chembl_id"] or code(row["smiles"]))
