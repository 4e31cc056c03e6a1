"""The `selectivity` tool: compounds measured on two targets, and by how much they prefer the first."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from pydantic import Field

from ...memory.activity_statistics import CONCENTRATION_TYPES, Measurement, select
from ...memory.chembl_rows import ActivityRow
from ...memory.errors import InvalidArguments
from ...memory.records import Omitted, Quantity, Relation
from ..activity_record import fetch_activities
from ..chemistry.identify import identify
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .identify_target import Target, identify_target

__all__ = ["selectivity"]

_BOUNDS: Mapping[str, tuple[Relation, Relation]] = {"=": ("=", "="), ">": ("=", ">"), "<": (">", "=")}
"""How a ratio's relation comes about: a value above what was tested, on the other target or on the first."""
_SAME = "values of the same publication"
_DIFFERENT = "medians over different publications"


class SelectivityArguments(ToolArguments):
    """Between which targets, and of which compounds."""

    target: str = Field(
        min_length=1, description="the preferred target: gene symbol, name, UniProt accession or ChEMBL id"
    )
    other: str = Field(min_length=1, description="the target to spare")
    molecule: str | None = Field(
        default=None, min_length=1, description="only this compound: name, SMILES or ChEMBL id"
    )
    activity_type: Literal["IC50", "Ki", "Kd", "EC50"] | None = Field(
        default=None, description="the type; the one with most compounds on both where absent"
    )
    most: int = Field(default=10, ge=1, le=200, description="how many compounds to give")


@dataclass(frozen=True)
class _Preference:
    """A compound's values on both targets in nM, and their ratio; `paired` where both are of one publication."""

    row: ActivityRow
    on_target: float
    on_other: float
    relation: Literal["=", ">", "<"]
    documents: tuple[str, ...]

    @property
    def paired(self) -> bool:
        return bool(self.documents)

    @property
    def ratio(self) -> float:
        return self.on_other / self.on_target


@tool(
    title="Selectivity",
    cost="fast",
    examples=(
        {"target": "DRD2", "other": "HTR2A", "activity_type": "Ki", "most": 5},
        {"target": "DRD2", "other": "HTR2A", "molecule": "haloperidol"},
    ),
)
async def selectivity(arguments: SelectivityArguments, context: ToolContext) -> Findings:
    """Compare compounds between two targets: how many times more potent each is on the first than on the second.

    Use it for "selective for X over Y" and "how selective is Z between X and Y". Not for one target (`target_activities`) or all
    targets of a compound (`compound_activities`). Comes back: a row a compound with its value on each target in nM, their ratio
    (above 1: prefers the first) and on what it rests: values of one publication come first, since assays differ, then medians over
    different publications. One activity type at a time, salts with their parent, medians on the log scale. A bound gives a bound of
    the ratio; two bounds give none. A compound that was measured on one target only is not in the list. Fails where both are the
    same target.
    """
    one, two = identify_target(arguments.target, context), identify_target(arguments.other, context)
    if one.main is not None and two.main is not None and one.main.tid == two.main.tid:
        raise InvalidArguments(f"{one.label} and {two.label} are the same target.", "Name two different ones.")
    molecule = None if arguments.molecule is None else await identify(arguments.molecule, context)
    family: list[str] = []
    if molecule is not None:
        family = context.bench.chembl.family_of(molecule.chembl_id) if molecule.chembl_id else ["none"]
    rows = [
        await fetch_activities(context, tids=tids, molecules=family) if (tids := _tids(item)) else []
        for item in (one, two)
    ]
    kind = arguments.activity_type or _kind_of_most(rows[0], rows[1])
    chosen = [select(part, kind) for part in rows]
    found = _preferences(chosen[0].measurements, chosen[1].measurements)
    shown = found[: arguments.most]
    record: dict[str, Any] = {
        "type": "selectivity",
        "target": one.record(),
        "other": two.record(),
        "molecule": molecule.record() if molecule else None,
        "activity_type": kind,
        "unit": "nM",
        "counts": {
            "compounds_on_target": len({item.row.parent_chembl_id for item in chosen[0].measurements}),
            "compounds_on_other": len({item.row.parent_chembl_id for item in chosen[1].measurements}),
            "compounds_on_both": len(found),
            "paired": sum(item.paired for item in found),
        },
        "rows": [_row(item, kind) for item in shown],
        "excluded": dict(sorted((chosen[0].excluded + chosen[1].excluded).items())),
        "notes": ["A ratio between values of different publications may owe more to the assays than to the compound."]
        if any(not item.paired for item in shown)
        else [],
    }
    chembl, between = context.bench.chembl, f"{one.label} over {two.label}"
    if not found:
        whom = molecule.label if molecule else "one compound"
        where = f"both {one.label} and {two.label} are in {chembl.source.release}"
        record["type"] = "no_activities"
        record["message"] = f"No {kind} values of {whom} on {where}."
        draft = Draft(record, chembl.source, chembl.backend, record["message"])
        return Findings((draft,), matched=0, returned=0, filters={"activity_type": kind}, empty=True)
    told = ", ".join(f"{item.row.name or item.row.parent_chembl_id} {_said(item)}" for item in shown[:5])
    left = len(found) - len(shown)
    return Findings(
        (Draft(record, chembl.source, chembl.backend, f"{between}, {kind}, times: {told}"),),
        matched=len(found),
        returned=len(shown),
        filters={"activity_type": kind},
        omitted=Omitted(
            what=f"{left:,} less selective compounds",
            tool="selectivity",
            arguments={**arguments.model_dump(mode="json", exclude_none=True), "most": 200},
        )
        if left > 0
        else None,
    )


def _tids(target: Target) -> list[int]:
    return [target.main.tid] if target.main else [row.tid for row in target.targets]


def _kind_of_most(one: Sequence[ActivityRow], two: Sequence[ActivityRow]) -> str:
    """The type of which most compounds have values on both targets."""
    found = Counter(
        {
            kind: len(
                {row.parent_chembl_id for row in one if row.activity_type == kind}
                & {row.parent_chembl_id for row in two if row.activity_type == kind}
            )
            for kind in CONCENTRATION_TYPES
        }
    )
    return found.most_common(1)[0][0]


def _preferences(one: Sequence[Measurement], two: Sequence[Measurement]) -> list[_Preference]:
    """Every compound with a value on both; paired ones first, the most selective first."""
    by_compound: list[Mapping[str, list[Measurement]]] = []
    for measurements in (one, two):
        groups: dict[str, list[Measurement]] = defaultdict(list)
        for item in measurements:
            groups[item.row.parent_chembl_id].append(item)
        by_compound.append(groups)
    both = sorted(by_compound[0].keys() & by_compound[1].keys())
    found = [_preference(by_compound[0][compound], by_compound[1][compound]) for compound in both]
    known = [item for item in found if item is not None]
    return sorted(
        known, key=lambda item: (not item.paired, item.relation == "<", -item.ratio, item.row.parent_chembl_id)
    )


def _preference(one: Sequence[Measurement], two: Sequence[Measurement]) -> _Preference | None:
    row = min((item.row for item in one), key=lambda item: (item.name is None, item.activity_id))
    exact = [[item for item in group if item.relation in ("=", "~")] for group in (one, two)]
    shared = sorted(_documents(exact[0]) & _documents(exact[1]))
    if shared:
        pairs = [[_middle(_of(group, document)) for group in exact] for document in shared]
        return _Preference(
            row, _middle([pair[0] for pair in pairs]), _middle([pair[1] for pair in pairs]), "=", tuple(shared)
        )
    if exact[0] and exact[1]:
        return _Preference(row, _middle(_values(exact[0])), _middle(_values(exact[1])), "=", ())
    above = [[item.value_nm for item in group if item.relation == ">"] for group in (one, two)]
    if exact[0] and above[1]:
        return _Preference(row, _middle(_values(exact[0])), max(above[1]), ">", ())
    if exact[1] and above[0]:
        return _Preference(row, max(above[0]), _middle(_values(exact[1])), "<", ())
    return None


def _documents(group: Sequence[Measurement]) -> set[str]:
    return {item.row.document_chembl_id for item in group if item.row.document_chembl_id}


def _of(group: Sequence[Measurement], document: str) -> list[float]:
    return [item.value_nm for item in group if item.row.document_chembl_id == document]


def _values(group: Sequence[Measurement]) -> list[float]:
    return [item.value_nm for item in group]


def _middle(values: Sequence[float]) -> float:
    """Median on the log scale."""
    return float(10 ** median(math.log10(value) for value in values))


def _row(item: _Preference, kind: str) -> dict[str, Any]:
    basis = _SAME if item.paired else _DIFFERENT
    values = [
        Quantity(
            value=float(f"{value:.3g}"), unit="nM", relation=relation, kind=kind, convention=f"median, {basis}"
        ).model_dump(mode="json")
        for value, relation in zip((item.on_target, item.on_other), _BOUNDS[item.relation], strict=True)
    ]
    return {
        "molecule_chembl_id": public_id(item.row.parent_chembl_id),
        "name": item.row.name,
        "smiles": item.row.smiles,
        "on_target": values[0],
        "on_other": values[1],
        "relation": item.relation,
        "ratio": float(f"{item.ratio:.3g}"),
        "basis": basis,
        "documents": list(item.documents[:10]),
    }


def _said(item: _Preference) -> str:
    return f"{item.relation.replace('=', '')}{item.ratio:.3g} ({'paired' if item.paired else 'unpaired'})"
