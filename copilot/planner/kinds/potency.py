"""Measured activities: the best compounds on a target, a compound on a target, what a compound was measured on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ....memory.records import Evidence, ToolResult
from ..contract import Aside, Break, Part, Row, Sentence, Table
from ..frames import Entity, Frame
from .drugs import acts_on, mechanisms_told, verdict_on_target
from .plan import Arguments, Node, Results, Section, Status
from .preference import SELECTIVE, preference_nodes, preference_told, where_it_is_silent
from .properties import molecule_keys
from .selectivity import asks_selectivity, selectivity_nodes, selectivity_told
from .targets import target_nodes, via_told
from .words import amount, capital, code, count_of, join, misses, molecule_name, notes, number, plain_name, target_name

__all__ = ["Measured"]

_ROWS = 10


class Measured:
    """`potency`, `target_activities` and `compound_activities`: one call a pair, a target or a compound."""

    def plan(self, frame: Frame) -> list[Node]:
        if asks_selectivity(frame):
            return selectivity_nodes(frame)
        common = _filters(frame)
        molecules, targets = molecule_keys(frame), _targets(frame)
        preferred = preference_nodes(frame)
        if preferred and not molecules:
            return preferred
        if frame.kind == "target_activities" and targets:
            return target_nodes(frame, "target_activities", **common)
        if frame.kind == "compound_activities" or not targets:
            nodes = [Node(key, "compound_activities", {"molecule": item.value, **common}) for key, item in molecules]
            if common:
                return nodes
            # What a drug acts on is known even where nothing was measured in this source.
            return [*(Node(f"a{key}", "drug_mechanisms", {"molecule": item.value}) for key, item in molecules), *nodes]
        if not molecules:
            return target_nodes(frame, "target_activities", **common)
        pairs = [
            Node(f"{key}{other}", "compound_activities", {"molecule": molecule.value, "target": target.value, **common})
            for key, molecule in molecules
            for other, target in targets
        ]
        if preferred:
            owners = [molecule for _, molecule in molecules for _ in targets]
            known = {molecule.value for molecule in frame.molecules}
            pairs = [
                where_it_is_silent(node, owner) if owner.value in known else node
                for node, owner in zip(pairs, owners, strict=True)
            ]
            return [*preferred, *pairs]
        nodes = list(pairs)
        if _EFFICIENCY.search(frame.clause):
            wanted = {"properties": ["heavy_atoms", "clogp"]}
            nodes += [
                Node(f"e{key}", "molecule_properties", {"molecule": item.value, **wanted}) for key, item in molecules
            ]
        if frame.yes_or_no:  # "does imatinib inhibit ABL1" is answered by its mechanism too
            nodes = [*(Node(f"a{key}", "drug_mechanisms", {"molecule": item.value}) for key, item in molecules), *pairs]
        if frame.to_unit and frame.to_unit != "nM":
            nodes += [
                Node(f"u{node.key}", "convert_concentration", _median_in(node.key, frame.to_unit), (node.key,))
                for node in pairs
            ]
        return nodes

    def compose(self, frame: Frame, results: Results) -> Section:
        if asks_selectivity(frame):
            return selectivity_told(frame, results)
        parts: list[Part] = []
        missed: dict[str, ToolResult] = {}
        silent: dict[str, ToolResult] = {}
        """Ratios that were asked for and are not known: told first, then what is known of either target."""
        found: list[Evidence] = []
        acts: set[str] = set()
        for node in self.plan(frame):
            result = results.get(node.key)
            if result is None:
                continue
            if node.tool == "selectivity":
                if results.found(node.key, "selectivity") is None:
                    silent[node.key] = result
                continue
            if node.tool == "drug_mechanisms":
                if node.key.startswith("v") and results.found(node.key) is None:
                    missed[node.key] = result
                parts += self._mechanisms(node.key, result, frame, results, acts)
                continue
            if node.tool in ("convert_concentration", "molecule_properties"):
                continue
            item = results.found(node.key, "activities")
            if item is None:
                missed[node.key] = result
                continue
            found.append(item)
            parts += [*([Break()] if parts else []), *_verdict(item, frame), *_told(item, result, frame)]
            converted = results.found(f"u{node.key}")
            if converted is not None:
                shown = amount(converted.record["to"])
                parts.append(Sentence(f"In the unit asked for, that median is {shown}.", (converted.id,)))
        preferred = preference_told(frame, results)
        gaps = misses(silent.values())
        efficiency = _efficiency(frame, results)
        lead = [
            *efficiency,
            *preferred,
            *gaps,
            *([Break()] if gaps and parts else []),
            *_compared(found),
            *via_told(frame, results),
        ]
        told = misses(missed.values())
        if told and not found and _TESTED.search(frame.clause):
            lead, told = [*told, *lead], []  # whether it was measured is what was asked
        if not found and not preferred and frame.kind == "target_activities" and frame.targets:
            gene = frame.targets[0].name or frame.targets[0].text
            told.append(
                Aside(f"Drugs with a recorded mechanism may be there all the same: ask “Which drugs act on {gene}?”")
            )
        answered = (
            bool(parts or preferred)
            and not silent
            and not efficiency
            and all(any(key.startswith(known) for known in acts) for key in missed)
        )
        some = bool(parts or preferred)
        status: Status = "answered" if answered else "partial" if some else "unknown"
        if status == "answered" and not frame.molecules and len(frame.targets) == 1 and SELECTIVE.search(frame.clause):
            gene = frame.targets[0].name or frame.targets[0].text
            asked = Aside(
                f"Selectivity is a ratio between two targets: name the other one, as in “{gene} inhibitors that spare …”. These are the most potent:"
            )
            return Section((asked, *lead, *parts, *told), "partial")
        return Section((*lead, *parts, *told), status)

    def _mechanisms(self, key: str, result: ToolResult, frame: Frame, results: Results, acts: set[str]) -> list[Part]:
        """What a drug acts on: told where nothing narrower was asked, or where it settles a yes or no."""
        if results.found(key) is None or key.startswith("v"):
            return []
        told: list[Part] = []
        for item in result.evidence:
            verdict = acts_on(item, frame)
            measured = any(results.found(f"{key[1:]}{other}", "activities") for other, _ in _targets(frame))
            if (
                verdict in (None, "yes", "otherwise") or not measured
            ):  # a measured value says more than a mechanism that is not recorded
                acts.add(key[1:])
                told += [*verdict_on_target(item, frame), *mechanisms_told(item)]
        return told


_TESTED = re.compile(r"\b(?:tested|measured|assayed|profiled|screened)\b", re.IGNORECASE)
_EFFICIENCY = re.compile(
    r"\b(?:ligand|lipophilic(?:ity)?|binding)(?:[\s-]+ligand)?[\s-]+efficienc(?:y|ies)\b|\bLLE\b|\bLipE\b"
)


def _efficiency(frame: Frame, results: Results) -> list[Part]:
    """That efficiencies are not computed here, and what they are made of."""
    found = [item for key, _ in molecule_keys(frame) if (item := results.found(f"e{key}")) is not None]
    if not found:
        return []
    said: list[Part] = [
        Aside(
            "Efficiencies are not computed here. Ligand efficiency is 1.37 × pIC50 ÷ heavy atoms (kcal/mol an atom),"
            " lipophilic efficiency pIC50 − logP; these are their parts:"
        )
    ]
    for item in found:
        atoms, logp = (amount(item.record["properties"][key]) for key in ("heavy_atoms", "clogp"))
        text = f"{capital(molecule_name(item.record))} has {atoms} heavy atoms and a Crippen cLogP of {logp}."
        said.append(Sentence(text, (item.id,)))
    return [*said, Break()]


def _median_in(key: str, unit: str) -> Callable[[Results], Arguments | None]:
    """The conversion of a found median; None where there is none."""

    def arguments(results: Results) -> Arguments | None:
        item = results.found(key, "activities")
        median = item.record["statistics"].get("median") if item else None
        return {"value": median["value"], "unit": median["unit"], "to_unit": unit} if median else None

    return arguments


def _verdict(item: Evidence, frame: Frame) -> list[Part]:
    """Yes where a value keeps to the threshold of a question that yes or no answers."""
    if not frame.yes_or_no or not any(
        quantity.relation or quantity.unit.startswith("p") for quantity in frame.quantities
    ):
        return []
    name = _pair(item.record)
    return [Sentence(f"Yes: values of {name} within that limit were measured.", (item.id,))]


def _compared(found: list[Evidence]) -> list[Part]:
    """Which of several is the more potent, where one type was measured of all of them."""
    ranked = [item for item in found if item.record["statistics"].get("median")]
    if len(ranked) < 2 or len({item.record["activity_type"] for item in ranked}) > 1:
        return []
    ranked.sort(key=lambda item: float(item.record["statistics"]["median"]["value"]))
    kind = ranked[0].record["activity_type"]
    first, *others = [f"{_pair(item.record)} ({amount(item.record['statistics']['median'])})" for item in ranked]
    text = (
        f"By median {kind}, the most potent is {first}, then {join(others)}; assays differ, so small gaps mean little."
    )
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


_IN_NM = {"nM": 1.0, "µM": 1e3, "pM": 1e-3, "mM": 1e6, "M": 1e9}


def _filters(frame: Frame) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if frame.activity_types:
        chosen["activity_type"] = frame.activity_types[0]
    for quantity in frame.quantities:
        if quantity.number is None:
            continue
        if quantity.unit in _IN_NM:
            limit = "above_nm" if quantity.relation in (">", ">=") else "threshold_nm"
            chosen[limit] = quantity.number * _IN_NM[quantity.unit]
        elif quantity.unit.startswith("p") and quantity.relation in ("<", "<="):
            chosen["above_nm"] = 10 ** (9 - quantity.number)
        elif quantity.unit.startswith("p"):
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
        parts.append(Aside(f"Shown: {number(result.returned)} of {number(result.matched)}."))
    parts += notes(item, 3)
    return parts


def _headline(record: Mapping[str, Any]) -> str:
    statistics, kind = record["statistics"], record["activity_type"]
    measured = count_of(statistics["n"], f"measured {kind} value")
    there = "There is" if statistics["n"] == 1 else "There are"
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
            f"{there} {measured} of {who} without a bound." if not statistics["n"] else f"{there} {measured} of {who}."
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
