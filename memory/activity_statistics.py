"""Measured activities of one type, made comparable: one unit, duplicates merged, bounds kept apart, medians on the log scale.

Values of different types (IC50, Ki, …) never meet here: the caller chooses one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from .chembl_rows import ActivityRow
from .records import Relation

__all__ = ["CONCENTRATION_TYPES", "Measurement", "Selection", "Statistics", "quantile", "select", "statistics_of"]

CONCENTRATION_TYPES = ("IC50", "Ki", "Kd", "EC50")
"""Types that are concentrations, which is all that is summarised."""

_TO_NM = {"pM": 1e-3, "nM": 1.0, "uM": 1e3, "µM": 1e3, "μM": 1e3, "mM": 1e6, "M": 1e9}
_HARMLESS_REMARKS = frozenset(("Manually validated",))
"""Validity comments of ChEMBL's that speak for a value."""

_BOUNDS: dict[str, Relation] = {">": ">", ">=": ">", ">>": ">", "<": "<", "<=": "<", "<<": "<"}


@dataclass(frozen=True)
class Measurement:
    """One activity in nM. `relation` is `=`, `~`, or a bound: `>` also stands for ≥, `<` for ≤."""

    row: ActivityRow
    value_nm: float
    relation: Relation
    merged: int = 1
    """How many identical rows it stands for."""


@dataclass
class Selection:
    """What is summarised, and what was left out and why."""

    measurements: list[Measurement] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Statistics:
    """Summary of exact values in nM; None where there is none. Bounds are counted, not averaged."""

    n: int
    n_compounds: int
    median: float | None
    low_quartile: float | None
    high_quartile: float | None
    least: float | None
    most: float | None
    bounds: dict[str, int]


def select(rows: Iterable[ActivityRow], activity_type: str, *, variants: bool = False) -> Selection:
    """The comparable measurements of one type.

    Rows without a value, in a unit that is no molar concentration, with a validity comment, or on a variant (unless
    `variants`) are left out and counted. Rows of one compound that give the same relation and value are one
    measurement quoted again.
    """
    chosen = Selection()
    seen: dict[tuple[str, str, str, float], int] = {}
    for row in rows:
        if row.activity_type != activity_type:
            continue
        reason = _reason_against(row, variants)
        if reason:
            chosen.excluded[reason] += 1
            continue
        value = float(row.value or 0) * _TO_NM[row.unit or ""]
        relation = _BOUNDS.get(row.relation or "=", "~" if row.relation == "~" else "=")
        key = (row.parent_chembl_id, row.target_chembl_id, relation, round(math.log10(value), 4))
        if key in seen:
            place = seen[key]
            kept = chosen.measurements[place]
            chosen.measurements[place] = Measurement(kept.row, kept.value_nm, kept.relation, kept.merged + 1)
            chosen.excluded["the same value quoted again"] += 1
            continue
        seen[key] = len(chosen.measurements)
        chosen.measurements.append(Measurement(row, value, relation))
    return chosen


def _reason_against(row: ActivityRow, variants: bool) -> str:
    if row.value is None or row.value <= 0:
        return "no value"
    if row.unit not in _TO_NM:
        return "not a molar concentration"
    if row.validity_comment and row.validity_comment not in _HARMLESS_REMARKS:
        return "a validity comment in the source"
    if row.variant and not variants:
        return "measured on a variant"
    return ""


def statistics_of(measurements: Sequence[Measurement]) -> Statistics:
    """Median and quartiles on the log scale over exact values, one value a measurement."""
    exact = sorted(item.value_nm for item in measurements if item.relation in ("=", "~"))
    logs = [math.log10(value) for value in exact]
    compounds = {item.row.parent_chembl_id for item in measurements}
    bounds = Counter(str(item.relation) for item in measurements if item.relation in ("<", ">"))
    if not exact:
        return Statistics(0, len(compounds), None, None, None, None, None, dict(bounds))
    return Statistics(
        n=len(exact),
        n_compounds=len(compounds),
        median=10 ** median(logs),
        low_quartile=10 ** quantile(logs, 0.25) if len(exact) > 1 else None,
        high_quartile=10 ** quantile(logs, 0.75) if len(exact) > 1 else None,
        least=exact[0],
        most=exact[-1],
        bounds=dict(bounds),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear interpolation between the order statistics of an ordered list (Hyndman and Fan's type 7)."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
