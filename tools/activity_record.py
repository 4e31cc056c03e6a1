"""How measured activities become a record: one type chosen, statistics, the best rows, what was left out and why.

Shared by `target_activities` and `compound_activities`, which differ only in what they ask the store for.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..memory.activity_statistics import CONCENTRATION_TYPES, Measurement, select, statistics_of
from ..memory.chembl_rows import ActivityRow
from ..memory.records import Omitted, Quantity
from .contract import Draft, Findings, ToolContext

__all__ = ["ActivityQuestion", "activity_findings", "fetch_activities"]

_BACK_COMPUTED = "assay value as pChEMBL, computed back to nM as 10^(9 − pChEMBL)"
_AS_GIVEN = "assay value as ChEMBL standardised it"


@dataclass(frozen=True)
class ActivityQuestion:
    """What was asked, as the tools' arguments say it."""

    tool: str
    arguments: dict[str, Any]
    activity_type: str | None
    threshold_nm: float | None
    min_pchembl: float | None
    approved_only: bool
    most: int
    above_nm: float | None = None
    """Only values surely above this: the weak ones."""

    @property
    def limit_nm(self) -> float | None:
        """The loosest value that still counts, in nM."""
        limits = [self.threshold_nm] if self.threshold_nm is not None else []
        if self.min_pchembl is not None:
            limits.append(10 ** (9 - self.min_pchembl))
        return min(limits) if limits else None


async def fetch_activities(
    context: ToolContext, *, tids: Sequence[int] = (), molecules: Sequence[str] = ()
) -> list[ActivityRow]:
    """The store's activities, read in a thread; cancelling the call stops the query."""
    chembl = context.bench.chembl
    threads: list[int] = []

    def read() -> list[ActivityRow]:
        threads.append(threading.get_ident())
        return chembl.activities(tids=tids, molecules=molecules)

    try:
        return await asyncio.to_thread(read)
    except asyncio.CancelledError:
        for thread in threads:
            chembl.interrupt(thread)
        raise


def activity_findings(
    rows: Sequence[ActivityRow],
    question: ActivityQuestion,
    heads: dict[str, Any],
    label: str,
    context: ToolContext,
) -> Findings:
    """The findings over these rows.

    Args:
        rows: activities of the target, the compound, or both.
        question: the filters.
        heads: the record's `target` and `molecule` (None where not asked for).
        label: what the digest calls the subject.
        context: gives the source.
    """
    chembl = context.bench.chembl
    counts = Counter(row.activity_type for row in rows)
    kind = question.activity_type or _most_frequent(counts)
    pool = [row for row in rows if not question.approved_only or row.max_phase == 4]
    selection = select(pool, kind)
    measurements = [item for item in selection.measurements if _within(item, question)]
    ranked = _best_per_group(measurements, by_target=heads.get("target") is None, single=None not in heads.values())
    shown = ranked[: question.most]
    record = {
        "type": "activities",
        **heads,
        "activity_type": kind,
        "unit": "nM",
        "statistics": _statistics(measurements, kind),
        "rows": [_row(item) for item in shown],
        "other_types": {name: count for name, count in sorted(counts.items()) if name != kind},
        "excluded": dict(selection.excluded),
        "notes": [
            *_notes(question, kind, counts, shown, selection.excluded, chembl.backend == "starter"),
            *_notes_on_measurements(measurements),
        ],
    }
    filters = {"activity_type": kind, **_filters(question)}
    if not measurements:
        return _nothing(record, filters, label, question, context)
    return Findings(
        (Draft(record, chembl.source, chembl.backend, _told(record, len(measurements), label)),),
        matched=len(ranked),
        returned=len(shown),
        filters=filters,
        omitted=_omitted(question, len(ranked) - len(shown), record["other_types"]),
    )


def _told(record: dict[str, Any], count: int, label: str) -> str:
    """The digest's line: how many values, their median where there is one, and the first rows."""
    kind, median = record["activity_type"], record["statistics"]["median"]
    told = f"{label}: {count} {kind} {'value' if count == 1 else 'values'}"
    if median:
        told += f", median {median['value']:g} nM" if count > 1 else f", {median['value']:g} nM"
    if count == 1 or (record.get("target") and record.get("molecule")):
        return told
    return f"{told}; most potent, in nM: {', '.join(_named(row, record) for row in record['rows'][:5])}"


def _named(row: dict[str, Any], record: dict[str, Any]) -> str:
    """A row's target (with its organism where that is not human) or compound, and its value in nM."""
    value = f"{row['value']['relation'].replace('=', '')}{row['value']['value']:g}"
    if record.get("target") is not None:
        return f"{row['name'] or row['molecule_chembl_id']} {value}"
    organism = "" if row["target_organism"] in (None, "Homo sapiens") else f" ({row['target_organism']})"
    return f"{row['target_name']}{organism} {value}"


def _most_frequent(counts: Counter[str]) -> str:
    known = {kind: counts[kind] for kind in CONCENTRATION_TYPES if counts[kind]}
    return max(known, key=lambda kind: (known[kind], -CONCENTRATION_TYPES.index(kind))) if known else "IC50"


def _within(item: Measurement, question: ActivityQuestion) -> bool:
    """Whether the value is surely within the limits: a bound `>` is never below one, a bound `<` never above."""
    limit_nm, above_nm = question.limit_nm, question.above_nm
    below = limit_nm is None or (item.relation != ">" and item.value_nm <= limit_nm * (1 + 1e-9))
    return below and (above_nm is None or _surely_above(item, above_nm))


def _surely_above(item: Measurement, above_nm: float) -> bool:
    if item.relation == ">":
        return item.value_nm >= above_nm * (1 - 1e-9)
    return item.relation != "<" and item.value_nm > above_nm * (1 + 1e-9)


def _best_per_group(measurements: Sequence[Measurement], *, by_target: bool, single: bool) -> list[Measurement]:
    """The most potent measurement of each compound (or target); every one where both are given. Bounds come last."""
    ordered = sorted(measurements, key=lambda item: (item.relation == ">", item.value_nm, item.row.activity_id))
    if single:
        return ordered
    best: dict[str, Measurement] = {}
    for item in ordered:
        best.setdefault(item.row.target_chembl_id if by_target else item.row.parent_chembl_id, item)
    return list(best.values())


def _statistics(measurements: Sequence[Measurement], kind: str) -> dict[str, Any]:
    """The summary; over several targets it only counts, since a median over them would mean nothing."""
    found = statistics_of(measurements)
    targets = len({item.row.target_chembl_id for item in measurements})
    counts = {"n": found.n, "n_compounds": found.n_compounds, "n_targets": targets}
    if targets > 1:
        summary = dict.fromkeys(("median", "median_pchembl", "iqr_low", "iqr_high", "min", "max"))
        return {**counts, **summary, "censored": found.bounds}
    convention = f"log-scale summary of {kind} values, duplicates merged"
    return {
        **counts,
        "median": _nm(found.median, kind, f"median, {convention}"),
        "median_pchembl": None if found.median is None else round(9 - math.log10(found.median), 2),
        "iqr_low": _nm(found.low_quartile, kind, f"lower quartile, {convention}"),
        "iqr_high": _nm(found.high_quartile, kind, f"upper quartile, {convention}"),
        "min": _nm(found.least, kind, f"lowest, {convention}"),
        "max": _nm(found.most, kind, f"highest, {convention}"),
        "censored": found.bounds,
    }


def _nm(value: float | None, kind: str, convention: str, relation: Any = "=") -> dict[str, Any] | None:
    if value is None:
        return None
    rounded = float(f"{value:.3g}")
    return Quantity(value=rounded, unit="nM", relation=relation, kind=kind, convention=convention).model_dump(
        mode="json"
    )


def _row(item: Measurement) -> dict[str, Any]:
    row = item.row
    convention = _BACK_COMPUTED if row.value_is_back_computed else _AS_GIVEN
    return {
        "molecule_chembl_id": row.molecule_chembl_id,
        "name": row.name,
        "smiles": row.smiles,
        "target_chembl_id": row.target_chembl_id,
        "target_name": row.target_name,
        "target_organism": row.target_organism,
        "value": _nm(item.value_nm, row.activity_type, convention, item.relation),
        "pchembl": row.pchembl,
        "assay_chembl_id": row.assay_chembl_id,
        "assay_type": row.assay_type,
        "document_chembl_id": row.document_chembl_id,
        "year": row.year,
        "quoted": item.merged,
    }


def _filters(question: ActivityQuestion) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if question.limit_nm is not None:
        chosen["at_most_nm"] = float(f"{question.limit_nm:.4g}")
    if question.above_nm is not None:
        chosen["above_nm"] = float(f"{question.above_nm:.4g}")
    if question.approved_only:
        chosen["approved_only"] = True
    return chosen


def _notes(
    question: ActivityQuestion,
    kind: str,
    counts: Counter[str],
    shown: Sequence[Measurement],
    excluded: Counter[str],
    starter: bool,
) -> list[str]:
    notes = []
    if question.activity_type is None and len(counts) > 1:
        notes.append(f"{kind} was chosen because most values are of that type; types are never mixed.")
    if excluded:
        notes.append(f"Left out: {'; '.join(f'{count} × {reason}' for reason, count in sorted(excluded.items()))}.")
    if any(item.row.value_is_back_computed for item in shown):
        notes.append("Values are computed back from pChEMBL, which has two decimals.")
    if starter:
        notes.append(
            "The starter set is a slice of ChEMBL in which potent compounds are over-represented:"
            " what is absent may well have been measured."
        )
    return notes


_ASSAYS = {"F": "functional (cells or tissue)", "A": "ADME", "T": "toxicity", "P": "physicochemical"}


def _notes_on_measurements(measurements: Sequence[Measurement]) -> list[str]:
    notes = []
    if len({item.row.target_chembl_id for item in measurements}) > 1:
        notes.append("No median is given, because the values are of several targets.")
    kinds = Counter(kind for item in measurements if (kind := _ASSAYS.get(item.row.assay_type or "")))
    if kinds:
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        notes.append(f"Not all are from binding assays: {told}.")
    return notes


def _omitted(question: ActivityQuestion, left: int, other_types: dict[str, int]) -> Omitted | None:
    if left > 0:
        more = {**question.arguments, "most": min(200, question.most * 10)}
        return Omitted(what=f"{left:,} weaker rows", tool=question.tool, arguments=more)
    if other_types:
        kind = max(other_types, key=lambda name: other_types[name])
        return Omitted(
            what=f"values of other types: {', '.join(f'{count} {name}' for name, count in other_types.items())}",
            tool=question.tool,
            arguments={**question.arguments, "activity_type": kind},
        )
    return None


def _nothing(
    record: dict[str, Any], filters: dict[str, Any], label: str, question: ActivityQuestion, context: ToolContext
) -> Findings:
    """No row passes: a finding of its own, with what there is of other types."""
    chembl = context.bench.chembl
    wanted = question.activity_type or "activity"
    limit = f" at or below {filters['at_most_nm']:g} nM" if "at_most_nm" in filters else ""
    limit += f" above {filters['above_nm']:g} nM" if "above_nm" in filters else ""
    approved = " of approved drugs" if question.approved_only else ""
    record["type"] = "no_activities"
    record["filters"] = filters
    record["message"] = f"No {wanted} value{approved}{limit} of {label} is in {chembl.source.release}."
    draft = Draft(record, chembl.source, chembl.backend, record["message"])
    omitted = _omitted(question, 0, record["other_types"])
    return Findings((draft,), matched=0, returned=0, filters=filters, omitted=omitted, empty=True)
