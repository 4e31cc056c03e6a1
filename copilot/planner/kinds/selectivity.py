"""How selective one compound is for its target: its ratios to the other targets that it was measured on, type by type.

Not for two targets that are both named (`preference.py`) nor for many compounds (the workflow `selectivity`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....memory.activity_statistics import CONCENTRATION_TYPES
from ....memory.records import Evidence
from ..contract import Aside, Part, Row, Sentence, Table
from ..frames import Frame
from .plan import Arguments, Node, Results, Section
from .several import notes_once
from .words import amount, capital, join, misses, molecule_name, number, target_name

__all__ = ["asks_selectivity", "selectivity_nodes", "selectivity_told"]

_ASKED = re.compile(r"\bselectiv\w*|\boff[\s-]targets?\b|\bspecific(?:ity)?\s+(?:for|to|towards?)\b", re.IGNORECASE)
_KINDS = ("potency", "compound_activities", "mechanism")
_OWN = "own"
_ACTS = "acts"
_OTHERS = 10
"""Other targets of one type that a ratio is looked up for, the most potent first."""
_SELECTIVE = 10.0
_TOLD = 5
_ROWS = 12


def asks_selectivity(frame: Frame) -> bool:
    """Whether it asks how selective one compound is, for one target or at all."""
    named = len(frame.molecules) == 1 and len(frame.targets) < 2 and not frame.unknown
    return named and frame.kind in _KINDS and _ASKED.search(frame.clause) is not None


def selectivity_nodes(frame: Frame) -> list[Node]:
    """What it was measured on by each type, which target is its own, and a ratio for each of the others."""
    molecule = frame.molecules[0].value
    measured = [
        Node(kind, "compound_activities", {"molecule": molecule, "activity_type": kind, "most": 200})
        for kind in CONCENTRATION_TYPES
    ]
    if frame.targets and not frame.targets[0].via:
        own = [Node(_OWN, "find_target", {"target": frame.targets[0].value})]
    else:
        own = [
            Node(_ACTS, "drug_mechanisms", {"molecule": molecule}),
            Node(_OWN, "find_target", _its_own, (_ACTS, *CONCENTRATION_TYPES)),
        ]
    ratios = [
        Node(f"{kind}{place}", "selectivity", _ratio(molecule, kind, place), (kind, _OWN))
        for kind in CONCENTRATION_TYPES
        for place in range(_OTHERS)
    ]
    return [*measured, *own, *ratios]


def selectivity_told(frame: Frame, results: Results) -> Section:
    """First what is more potent and what less; then a table a type."""
    items = {kind: item for kind in CONCENTRATION_TYPES if (item := results.found(kind, "activities")) is not None}
    own = results.found(_OWN)
    if not items:
        first = [results.get(key) for key in (CONCENTRATION_TYPES[0], _OWN)]
        return Section(tuple(misses(first)), "unknown")
    if own is None:
        return Section((*(_table(item, {}) for item in items.values()), *misses([results.get(_OWN)])), "partial")
    ratios = {kind: _ratios(kind, results) for kind in items}
    lead = [part for kind, item in items.items() for part in _lead(item, own, ratios[kind])]
    if lead and frame.yes_or_no and isinstance(lead[0], Sentence):
        verdict = _verdict([_times(ratio) for of in ratios.values() for ratio in of.values()])
        lead[0] = (
            Sentence(f"{verdict}{lead[0].text[0].lower()}{lead[0].text[1:]}", lead[0].evidence) if verdict else lead[0]
        )
    parts = lead or _no_ratio(items, own)
    parts += [_table(item, ratios[kind]) for kind, item in items.items()]
    every = [*items.values(), *(ratio for of in ratios.values() for ratio in of.values())]
    return Section((*parts, *notes_once(every)), "answered" if lead else "partial")


def _verdict(times: Sequence[float]) -> str:
    """Yes from ten times on over each, the usual mark; no where another target is hit as well or better; else neither."""
    return "Yes: " if min(times) >= _SELECTIVE else "No: " if min(times) <= 1 else ""


def _its_own(results: Results) -> Arguments | None:
    """The target of its mechanism that it was measured on, else the one on which it is most potent."""
    rows = [row for kind in CONCENTRATION_TYPES for row in _rows(results.found(kind, "activities"))]
    if not rows:
        return None
    measured = {row["target_chembl_id"] for row in rows}
    acts = results.get(_ACTS)
    named = [row for item in acts.evidence for row in item.record.get("rows", ())] if acts is not None else []
    own = next((row["target_chembl_id"] for row in named if row["target_chembl_id"] in measured), None)
    best = min(rows, key=lambda row: (row["value"]["relation"] == ">", float(row["value"]["value"])))
    return {"target": own or best["target_chembl_id"]}


def _rows(item: Evidence | None) -> Sequence[Mapping[str, Any]]:
    return item.record["rows"] if item is not None else ()


def _ratio(molecule: str, kind: str, place: int) -> Callable[[Results], Arguments | None]:
    """The ratio to that other target, counted from the most potent; None where there is none, or no value on its own."""

    def arguments(results: Results) -> Arguments | None:
        own = results.found(_OWN)
        if own is None:
            return None
        mine = own.record["target"]["chembl_id"]
        listed = [row["target_chembl_id"] for row in _rows(results.found(kind, "activities"))]
        others = [target for target in listed if target != mine]
        if mine not in listed or place >= len(others):
            return None
        return {"target": mine, "other": others[place], "molecule": molecule, "activity_type": kind}

    return arguments


def _ratios(kind: str, results: Results) -> dict[str, Evidence]:
    """By the other target's ChEMBL id, the records of this type's ratios."""
    found = [results.found(f"{kind}{place}", "selectivity") for place in range(_OTHERS)]
    return {str(item.record["other"]["chembl_id"]): item for item in found if item is not None}


def _lead(item: Evidence, own: Evidence, ratios: Mapping[str, Evidence]) -> list[Part]:
    """On what it is less potent than on its own target, and on what it is more potent; the closest first."""
    kind, name, gene = item.record["activity_type"], molecule_name(item.record), target_name(own.record)
    sides: dict[str, list[Evidence]] = {"less potent": [], "as potent": [], "more potent": []}
    for ratio in sorted(ratios.values(), key=_times):
        row = ratio.record["rows"][0]
        bound = {">": 1, "<": -1}.get(str(row["relation"]), 0)
        side = (
            "more potent"
            if _times(ratio) > 1 and bound >= 0
            else "less potent"
            if _times(ratio) < 1 and bound <= 0
            else ""
        )
        sides[side or ("as potent" if not bound else "more potent" if bound > 0 else "less potent")].append(ratio)
    parts: list[Part] = []
    for side, listed in sides.items():
        if not listed:
            continue
        told = join(f"{_named(one.record['other'])} (ratio {_said(one)})" for one in listed[:_TOLD])
        than = "on" if side == "as potent" else "than on"
        text = f"By {kind}, {name} is {side} on {gene} {'as ' if side == 'as potent' else ''}{than} {told}."
        parts.append(Sentence(text, (own.id, *(one.id for one in listed[:_TOLD]))))
        if len(listed) > _TOLD:
            parts.append(Aside(f"The table has {len(listed) - _TOLD} more."))
    return parts


def _named(target: Mapping[str, Any]) -> str:
    """A target's gene, with the organism where it is not the human one."""
    organism = target.get("organism")
    return target_name(target) if organism in (None, "Homo sapiens") else f"{target_name(target)} of {organism}"


def _times(item: Evidence) -> float:
    return float(item.record["rows"][0]["ratio"])


def _said(item: Evidence) -> str:
    row = item.record["rows"][0]
    return f"{'' if row['relation'] == '=' else row['relation'] + ' '}{number(row['ratio'])}"


def _no_ratio(items: Mapping[str, Evidence], own: Evidence) -> list[Part]:
    """Why no ratio is known: it was measured on its own target alone, or not on it."""
    name, gene = molecule_name(next(iter(items.values())).record), target_name(own.record)
    mine = own.record["target"]["chembl_id"]
    on_own = [kind for kind, item in items.items() if mine in {row["target_chembl_id"] for row in _rows(item)}]
    ids = (own.id, *(item.id for item in items.values()))
    if not on_own:
        return [Sentence(f"No value of {name} on {gene} is in this source, so no ratio to it is known.", ids)]
    text = f"Values of {name} on {gene} are in this source, and none of the same kind on another target: so how selective it is, is not known here."
    parts: list[Part] = [Sentence(text, ids)]
    best = [
        f"{amount(row['value'])} by {kind}"
        for kind in on_own
        for row in _rows(items[kind])
        if row["target_chembl_id"] == mine
    ]
    return [
        *parts,
        Sentence(f"Its best value on {gene} is {join(best)}.", (own.id, *(items[kind].id for kind in on_own))),
    ]


def _table(item: Evidence, ratios: Mapping[str, Evidence]) -> Table:
    kind = item.record["activity_type"]
    rows = []
    for row in _rows(item)[:_ROWS]:
        ratio = ratios.get(str(row["target_chembl_id"]))
        told = (_said(ratio), str(ratio.record["rows"][0]["basis"])) if ratio is not None else ("–", "–")
        ids = (item.id,) if ratio is None else (item.id, ratio.id)
        human = row["target_organism"] in (None, "Homo sapiens")
        where = capital(str(row["target_name"])) + ("" if human else f" ({row['target_organism']})")
        rows.append(Row((where, amount(row["value"]), *told), ids))
    return Table(("target", f"best {kind}", "ratio", "rests on"), tuple(rows))
