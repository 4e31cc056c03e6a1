"""What `models check --golden` prints: the largest difference of each array, and each exact match."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...memory.text import clean, shorten
from ...tools.model.failures import errors_of_the_model

if TYPE_CHECKING:
    from ...model.biomedgpt.golden import Comparison, GoldenReport

__all__ = ["check_golden"]

_NAME_CHARACTERS = 56


def check_golden(folder: Path, as_json: bool) -> bool:
    """Run a folder and print what came out. Returns whether all of it is as recorded.

    Raises:
        ModelUnavailable: it is no folder of golden vectors, or a file of it is damaged.
        MissingExtra: torch or another package of the model is not installed.
    """
    with errors_of_the_model():
        from ...model.biomedgpt.golden import check_folder

        report = check_folder(folder)
    sys.stdout.write(_as_json(report, folder) if as_json else _as_text(report))
    return report.holds


def _as_json(report: GoldenReport, folder: Path) -> str:
    arrays, exact = _parted(report)
    found = {
        "holds": report.holds,
        "set": report.name,
        "folder": str(folder),
        "arrays": [
            {**_common(item), "largest_difference": _finite(item.difference), "tolerance": item.tolerance}
            for item in arrays
        ],
        "exact": [_common(item) for item in exact],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _common(item: Comparison) -> dict[str, Any]:
    return {"group": item.group, "name": item.name, "holds": item.holds, "remark": item.remark}


def _finite(difference: float) -> float | None:
    """A number that JSON has; None where the arrays are of different shapes."""
    return difference if difference != float("inf") else None


def _as_text(report: GoldenReport) -> str:
    lines = [f"Golden vectors, set {clean(report.name)}"]
    for group, items in groupby(report.comparisons, key=lambda item: item.group):
        lines += ["", clean(group), *(line for item in items for line in _lines(item))]
    arrays, exact = _parted(report)
    missed = [item for item in report.comparisons if not item.holds]
    largest = max((item for item in arrays if item.holds), key=lambda item: item.difference, default=None)
    lines += ["", f"{_holding(arrays)} arrays within tolerance, {_holding(exact)} exact matches."]
    if largest is not None:
        lines.append(f"Largest difference: {largest.difference:.1e} ({clean(largest.group)}, {clean(largest.name)}).")
    if missed:
        lines.append(f"Not as recorded: {len(missed)} of {len(report.comparisons)}.")
    return "\n".join(lines) + "\n"


def _lines(item: Comparison) -> list[str]:
    name = shorten(clean(item.name), _NAME_CHARACTERS)
    found = "exact" if item.exact else f"{item.difference:.1e} of {item.tolerance:.0e}"
    if item.exact and not item.holds:
        found = "different"
    line = f"  {'✓' if item.holds else '✗'} {name:<{_NAME_CHARACTERS}}  {found}"
    return [line, f"      {shorten(clean(item.remark), 300)}"] if item.remark else [line]


def _parted(report: GoldenReport) -> tuple[list[Comparison], list[Comparison]]:
    arrays = [item for item in report.comparisons if not item.exact]
    return arrays, [item for item in report.comparisons if item.exact]


def _holding(items: list[Comparison]) -> str:
    return f"{sum(item.holds for item in items)} of {len(items)}"
